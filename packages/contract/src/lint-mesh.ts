import { defineArea, didYouMean } from "@meshwork/diagnostics";
import type { CodeDefinition, Diagnostic, Path } from "@meshwork/diagnostics";
import type { Domain, Mesh } from "./model.ts";
import { shown } from "./names.ts";
import { isOver } from "./rule-settings.ts";
import type { Read } from "./source.ts";

type Code<P> = CodeDefinition<P>;

/** What the rules about `mesh.yaml` and `domain.yaml` report; a file that cannot be read has the codes of `contract/`. */
export const meshArea = defineArea(
  "mesh",
  { directory: new URL("./mesh-rules/", import.meta.url), suffix: ".rule.md" },
  {
    "unknown-target": {
      severity: "error",
      message: (p: { target: string; suggestion: string }) =>
        `default_target names "${p.target}", and there is no such target.${p.suggestion}`,
      help: "name one of spec.targets, or add it there",
    } satisfies Code<{ target: string; suggestion: string }>,
    "secret-in-file": {
      severity: "error",
      message: (p: { key: string }) => `"${p.key}" stands in the file as it is, and secrets never do.`,
      help: (p: { key: string }) => `put it into the environment and write ${p.key}: { env: NAME }`,
    } satisfies Code<{ key: string }>,
    "bad-naming": {
      severity: "error",
      message: (p: { template: string; reason: string }) => `The naming "${p.template}" ${p.reason}.`,
      help: "known placeholders are {domain}, {port} and {major}; a relation needs {port} and {major}",
    } satisfies Code<{ template: string; reason: string }>,
    "ignore-expired": {
      severity: "warning",
      message: (p: { rule: string; until: string }) => `The ignore entry for "${p.rule}" was over on ${p.until}.`,
      help: "remove it, or give it a new date and say why again",
    } satisfies Code<{ rule: string; until: string }>,
    "unknown-rule": {
      severity: "warning",
      message: (p: { rule: string; suggestion: string }) => `"${p.rule}" is no code of a rule.${p.suggestion}`,
      help: "mesh explain lists all codes",
    } satisfies Code<{ rule: string; suggestion: string }>,
    "duplicate-policy": {
      severity: "warning",
      message: (p: { policy: string }) => `The policy "${p.policy}" is listed twice for the same domains.`,
      help: "keep one of the two; the stricter one is enforced",
    } satisfies Code<{ policy: string }>,
    "owner-required": {
      severity: "warning",
      message: (p: { domain: string }) => `Nobody owns the domain "${p.domain}".`,
      help: "add spec.owner with the team's e-mail address",
    } satisfies Code<{ domain: string }>,
  },
);

export interface LintMeshContext {
  /** `YYYY-MM-DD`. */
  readonly today: string;
  /** Every code of every area, where the caller knows them: settings for others are then reported. */
  readonly codes?: ReadonlySet<string> | undefined;
  /** Names of groups of codes that may stand in a code's place. */
  readonly categories?: readonly string[] | undefined;
}

/** Everything that is wrong with a `mesh.yaml`: what reading found, then the rules. */
export function lintMesh(read: Read<Mesh>, context: LintMeshContext): readonly Diagnostic[] {
  const { value: mesh, source, diagnostics } = read;
  if (mesh === undefined) return diagnostics;
  const found: Diagnostic[] = [];
  const at = (path: Path, part?: "key" | "value") => ({ path, span: () => source.spanOf(path, part) });
  const names = mesh.targets.map((target) => target.name);
  const unread = diagnostics.some((d) => d.severity === "error" && d.path?.[1] === "targets");
  if (!names.includes(mesh.defaultTarget) && !unread) {
    const params = { target: shown(mesh.defaultTarget), suggestion: didYouMean(mesh.defaultTarget, names) };
    found.push(meshArea.create("unknown-target", params, at(["spec", "default_target"])));
  }
  for (const [key, needed] of [
    ["relation", ["port", "major"]],
    ["schema", []],
  ] as const) {
    const template = mesh.naming[key];
    const reason = namingProblem(template, needed);
    const place = at(["spec", "naming", key]);
    if (reason !== undefined) found.push(meshArea.create("bad-naming", { template: shown(template), reason }, place));
  }
  for (const each of mesh.targets)
    for (const path of secrets(each.settings, each.at)) found.push(secret(path, at(path)));
  for (const each of mesh.publish) {
    if (typeof each.key === "string") found.push(secret([...each.at, "key"], at([...each.at, "key"])));
    for (const path of secrets(each.settings, each.at)) found.push(secret(path, at(path)));
  }
  for (const entry of mesh.ignore) {
    if (!isOver(entry, context.today)) continue;
    const params = { rule: shown(entry.rule), until: entry.until! };
    found.push(meshArea.create("ignore-expired", params, at([...entry.at, "until"])));
  }
  found.push(...duplicatePolicies(mesh.policies, at), ...unknownRules(mesh, context, at));
  return [...diagnostics, ...found];
}

/** Everything that is wrong with a `domain.yaml`. */
export function lintDomain(read: Read<Domain>): readonly Diagnostic[] {
  const { value: domain, source, diagnostics } = read;
  if (domain === undefined) return diagnostics;
  const at = (path: Path, part?: "key" | "value") => ({ path, span: () => source.spanOf(path, part) });
  const found = duplicatePolicies(domain.policies, at);
  if (domain.owner === undefined) {
    found.push(meshArea.create("owner-required", { domain: domain.name }, at(["spec", "owner"], "key")));
  }
  return [...diagnostics, ...found];
}

type At = (path: Path, part?: "key" | "value") => { path: Path; span: () => Diagnostic["span"] };

function duplicatePolicies(policies: Mesh["policies"], at: At): Diagnostic[] {
  const seen = new Set<string>();
  return policies.flatMap((policy) => {
    const key = JSON.stringify([policy.name, [...policy.domains].sort()]);
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [meshArea.create("duplicate-policy", { policy: shown(policy.name) }, at([...policy.at, "name"]))];
  });
}

function unknownRules(mesh: Mesh, { codes, categories = [] }: LintMeshContext, at: At): Diagnostic[] {
  if (codes === undefined) return [];
  const areas = new Set([...codes].map((code) => `${code.split("/")[0]!}/*`));
  const known = (rule: string): boolean => codes.has(rule) || areas.has(rule) || categories.includes(rule);
  const report = (rule: string, place: ReturnType<At>): Diagnostic =>
    meshArea.create(
      "unknown-rule",
      { rule: shown(rule), suggestion: didYouMean(rule, [...codes, ...categories]) },
      place,
    );
  return [
    ...Object.keys(mesh.rules)
      .filter((rule) => !known(rule))
      .map((rule) => report(rule, at(["spec", "rules", rule], "key"))),
    ...mesh.ignore.filter(({ rule }) => !known(rule)).map((entry) => report(entry.rule, at([...entry.at, "rule"]))),
    ...Object.keys(mesh.compatibility.levels)
      .filter((rule) => !known(rule))
      .map((rule) => report(rule, at(["spec", "compatibility", "levels", rule], "key"))),
    ...mesh.compatibility.approvals
      .filter(({ rule }) => !known(rule))
      .map((entry) => report(entry.rule, at([...entry.at, "rule"]))),
  ];
}

const secret = (path: Path, place: ReturnType<At>): Diagnostic =>
  meshArea.create("secret-in-file", { key: shown(String(path.at(-1))) }, place);

const SECRET = /(?:^|[_-])(?:password|passwd|secret|token|api[_-]?key|private[_-]?key|access[_-]?key)(?:$|[_-])/i;

/** Settings that are called like a secret and hold a value instead of a reference. */
function* secrets(settings: unknown, at: Path): Generator<Path> {
  if (typeof settings !== "object" || settings === null) return;
  for (const [key, value] of Object.entries(settings)) {
    const path = [...at, Array.isArray(settings) ? Number(key) : key];
    if (typeof value === "string" && value !== "" && SECRET.test(key)) yield path;
    // A URL with a password in it is one too.
    else if (typeof value === "string" && /^\w+:\/\/[^/\s:@]+:[^/\s@]+@/.test(value)) yield path;
    else yield* secrets(value, path);
  }
}

function namingProblem(template: string, needed: readonly string[]): string | undefined {
  const used = [...template.matchAll(/\{([^}]*)\}/g)].map((match) => match[1]!);
  const strange = used.find((name) => !["domain", "port", "major"].includes(name));
  if (strange !== undefined) return `has the unknown placeholder {${shown(strange)}}`;
  const missing = needed.find((name) => !used.includes(name));
  if (missing !== undefined) return `lacks {${missing}}, so two relations would have one name`;
  return template.trim() === "" ? "is empty" : undefined;
}
