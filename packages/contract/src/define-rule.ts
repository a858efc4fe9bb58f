import { diagnostic } from "@meshwork/diagnostics";
import type { CodeDefinition, Diagnostic, Fix, Path, RelatedPlace, Severity } from "@meshwork/diagnostics";
import type { Contract } from "./model.ts";
import type { ContractSource } from "./source.ts";

export interface RuleContext {
  readonly contract: Contract;
  readonly source: ContractSource;
  /** The day of the run, `YYYY-MM-DD`: rules never look at a clock. Ask where it matters only: what is found then holds for that day. */
  readonly today: string;
}

export interface FindingExtra {
  /** Point at the key instead of the value; where the path leads nowhere, at the nearest key above. */
  readonly part?: "key" | "value" | undefined;
  readonly help?: string | undefined;
  readonly severity?: Severity | undefined;
  readonly related?: readonly { readonly message: string; readonly path: Path }[] | undefined;
  /** What is right in the place that the finding points at. */
  readonly replace?: { readonly title: string; readonly text: string; readonly safe: boolean } | undefined;
}

export type Report<P> = (params: P, path: Path, extra?: FindingExtra) => void;

/** A rule about one contract. Its code, severity and wording are its definition; its page lies beside it. */
interface RuleDefinition<P> extends CodeDefinition<P> {
  readonly code: string;
  /** Off until mesh.yaml grades the code. */
  readonly optIn?: boolean | undefined;
  check(context: RuleContext, report: Report<P>): void;
}

/** A defined rule: what differs between rules, the parameters of the message, is closed over. */
export interface ContractRule extends CodeDefinition<never> {
  readonly code: string;
  readonly optIn: boolean;
  run(context: RuleContext): readonly Diagnostic[];
}

export const defineRule = <P>(rule: RuleDefinition<P>): ContractRule => ({
  code: rule.code,
  optIn: rule.optIn === true,
  severity: rule.severity,
  message: rule.message,
  ...(rule.help === undefined ? {} : { help: rule.help }),
  run: (context) => runRule(rule, context),
});

function runRule<P>(rule: RuleDefinition<P>, context: RuleContext): readonly Diagnostic[] {
  const { contract, source } = context;
  const found: Diagnostic[] = [];
  const product = `${contract.domain}.${contract.product}`;
  rule.check(context, (params, path, extra = {}) => {
    const help = extra.help ?? (typeof rule.help === "function" ? rule.help(params) : rule.help);
    const place = () => source.spanOf(path, extra.part);
    const made = diagnostic({
      code: `contract/${rule.code}`,
      severity: extra.severity ?? rule.severity,
      message: rule.message(params),
      product,
      path: source.authored?.(path) ?? path,
      span: place,
      ...(help === undefined ? {} : { help }),
    });
    const { related, replace } = extra;
    if (related !== undefined) define(made, "related", () => relatedPlaces(source, related));
    if (replace !== undefined) define(made, "fixes", () => replacing(place, replace));
    found.push(made);
  });
  return found;
}

/** Lines and columns are worked out when somebody asks. */
function define<K extends "related" | "fixes">(made: Diagnostic, key: K, work: () => Diagnostic[K]): void {
  let known: { value: Diagnostic[K] } | undefined;
  Object.defineProperty(made, key, { enumerable: true, get: () => (known ??= { value: work() }).value });
}

function relatedPlaces(
  source: ContractSource,
  related: readonly { readonly message: string; readonly path: Path }[],
): readonly RelatedPlace[] {
  return related
    .map(({ message, path }) => ({ message, span: source.spanOf(path) }))
    .filter((place): place is RelatedPlace => place.span !== undefined);
}

function replacing(
  place: () => Diagnostic["span"],
  fix: { readonly title: string; readonly text: string; readonly safe: boolean },
): readonly Fix[] {
  const span = place();
  if (span === undefined) return [];
  const { file: _, ...range } = span;
  return [{ title: fix.title, edits: [{ ...range, text: fix.text }], safe: fix.safe }];
}
