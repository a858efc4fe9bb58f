import type { Plan } from "./action.ts";
import { refused } from "./action.ts";
import type { CiAnswers } from "./ci.plan.ts";
import { planCi } from "./ci.plan.ts";
import type { ContractVersionAnswers } from "./contract-version.answers.ts";
import { planContractVersion } from "./contract-version.plan.ts";
import type { DataProductAnswers } from "./data-product.answers.ts";
import { planDataProduct } from "./data-product.plan.ts";
import type { DomainAnswers } from "./domain.plan.ts";
import { planDomain } from "./domain.plan.ts";
import type { RemoveAnswers } from "./remove.plan.ts";
import { planRemove } from "./remove.plan.ts";
import { scaffoldCodes } from "./scaffold-codes.ts";
import { planSync } from "./sync.plan.ts";
import type { WorkspaceView } from "./view.ts";

/** What each generator asks for. */
export interface Answers {
  readonly "data-product": DataProductAnswers;
  readonly domain: DomainAnswers;
  readonly "contract-version": ContractVersionAnswers;
  readonly ci: CiAnswers;
  readonly remove: RemoveAnswers;
  readonly sync: Readonly<Record<string, never>>;
}

export type TemplateName = keyof Answers;

const planners: { readonly [T in TemplateName]: (answers: Answers[T], view: WorkspaceView) => Plan } = {
  "data-product": planDataProduct,
  domain: planDomain,
  "contract-version": planContractVersion,
  ci: planCi,
  remove: planRemove,
  sync: (_, view) => planSync(view),
};

/**
 * The one way in for every host: what a generator would do in a workspace, without doing it.
 * Expected trouble is in `diagnostics`; with an error among them there are no actions.
 */
export function plan<T extends TemplateName>(template: T, answers: Answers[T], view: WorkspaceView): Plan {
  if (view.read("mesh.yaml") === undefined) return refused(template, [scaffoldCodes.create("outside-workspace", {})]);
  return planners[template](answers, view);
}
