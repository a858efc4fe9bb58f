import type { Diagnostic } from "@meshwork/diagnostics";
import type { IgnoreEntry, Mesh } from "./model.ts";

/**
 * Findings as an organisation wants them: `rules` of mesh.yaml sets another severity or turns off a code, a category
 * (`naming`) or an area (`contract/*`), of which the first named here wins; `ignore`
 * leaves out what is accepted until its day. An entry that is over holds nothing back and is reported by `lintMesh`.
 * Errors of reading (`contract/not-yaml` …) can be graded like any other.
 */
export function applyRuleSettings(
  diagnostics: readonly Diagnostic[],
  mesh: Pick<Mesh, "rules" | "ignore">,
  today: string,
  extra: {
    /** The category of a code, which may be graded and ignored like the code itself. */
    readonly categoryOf?: ((code: string) => string) | undefined;
    /** Codes that are off unless `rules` grades the code itself. */
    readonly optIn?: ReadonlySet<string> | undefined;
    /** Entries of `ignore` that hold something back are added here. */
    readonly used?: Set<IgnoreEntry> | undefined;
  } = {},
): readonly Diagnostic[] {
  const namesOf = (code: string): readonly string[] => [
    code,
    ...(extra.categoryOf ? [extra.categoryOf(code)] : []),
    `${areaOf(code)}/*`,
  ];
  const live = mesh.ignore.filter((entry) => !isOver(entry, today));
  const graded = Object.keys(mesh.rules).length > 0;
  const kept: Diagnostic[] = [];
  for (const found of diagnostics) {
    const names = live.length > 0 || graded || extra.optIn?.has(found.code) ? namesOf(found.code) : [];
    const holding = live.filter((entry) => holds(entry, found, names));
    for (const entry of holding) extra.used?.add(entry);
    if (holding.length > 0) continue;
    const grade = names.find((name) => Object.hasOwn(mesh.rules, name));
    const severity = grade === undefined ? undefined : mesh.rules[grade];
    if (severity === "off" || (grade !== found.code && extra.optIn?.has(found.code))) continue;
    // The finding's place is a getter: changing the severity must not work it out.
    kept.push(severity === undefined || severity === found.severity ? found : regraded(found, severity));
  }
  return kept;
}

export const isOver = (entry: IgnoreEntry, today: string): boolean => entry.until !== undefined && entry.until < today;

function holds(entry: IgnoreEntry, found: Diagnostic, names: readonly string[]): boolean {
  if (!names.includes(entry.rule)) return false;
  return entry.product === undefined || entry.product === found.product || isDomainOf(entry.product, found.product);
}

/** `orders` and `orders.*` mean every product of the domain. */
function isDomainOf(asked: string, product: string | undefined): boolean {
  if (product === undefined) return false;
  const domain = product.slice(0, product.indexOf("."));
  return asked === domain || asked === `${domain}.*`;
}

const areaOf = (code: string): string => code.slice(0, Math.max(0, code.indexOf("/")));

function regraded(found: Diagnostic, severity: Diagnostic["severity"]): Diagnostic {
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(found)) as Diagnostic;
  return Object.defineProperty(copy, "severity", { value: severity, enumerable: true });
}
