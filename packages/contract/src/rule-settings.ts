import type { Diagnostic } from "@meshwork/diagnostics";
import type { IgnoreEntry, Mesh } from "./model.ts";

/**
 * Findings as an organisation wants them: `rules` of mesh.yaml sets another severity or turns a code off, `ignore`
 * leaves out what is accepted until its day. An entry that is over holds nothing back and is reported by `lintMesh`.
 * Errors of reading (`contract/not-yaml` …) can be graded like any other.
 */
export function applyRuleSettings(
  diagnostics: readonly Diagnostic[],
  mesh: Pick<Mesh, "rules" | "ignore">,
  today: string,
): readonly Diagnostic[] {
  const live = mesh.ignore.filter((entry) => !isOver(entry, today));
  const kept: Diagnostic[] = [];
  for (const found of diagnostics) {
    if (live.some((entry) => holds(entry, found))) continue;
    const grade = gradeOf(found.code, mesh.rules);
    if (grade === "off") continue;
    // The finding's place is a getter: changing the severity must not work it out.
    kept.push(grade === undefined || grade === found.severity ? found : regraded(found, grade));
  }
  return kept;
}

export const isOver = (entry: IgnoreEntry, today: string): boolean => entry.until !== undefined && entry.until < today;

function holds(entry: IgnoreEntry, found: Diagnostic): boolean {
  if (entry.rule !== found.code && entry.rule !== `${areaOf(found.code)}/*`) return false;
  return entry.product === undefined || entry.product === found.product || isDomainOf(entry.product, found.product);
}

/** `orders` and `orders.*` mean every product of the domain. */
function isDomainOf(asked: string, product: string | undefined): boolean {
  if (product === undefined) return false;
  const domain = product.slice(0, product.indexOf("."));
  return asked === domain || asked === `${domain}.*`;
}

/** `contract/*` grades an area, the code itself wins. */
function gradeOf(code: string, rules: Mesh["rules"]): Mesh["rules"][string] | undefined {
  for (const key of [code, `${areaOf(code)}/*`]) if (Object.hasOwn(rules, key)) return rules[key];
  return undefined;
}

const areaOf = (code: string): string => code.slice(0, Math.max(0, code.indexOf("/")));

function regraded(found: Diagnostic, severity: Diagnostic["severity"]): Diagnostic {
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(found)) as Diagnostic;
  return Object.defineProperty(copy, "severity", { value: severity, enumerable: true });
}
