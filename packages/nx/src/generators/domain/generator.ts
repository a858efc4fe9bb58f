import type { GeneratorCallback, Tree } from "@nx/devkit";
import { runPlan } from "../run-plan.ts";

/** The answers of schema.json. */
export interface DomainSchema {
  readonly name: string;
  readonly owner?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
}

/** `nx g domain shipping`: a team's part of the mesh. */
export default function domainGenerator(tree: Tree, options: DomainSchema): Promise<GeneratorCallback> {
  return runPlan(tree, "domain", options);
}
