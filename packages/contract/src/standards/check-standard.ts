import { readFileSync } from "node:fs";
import { didYouMean, nearest } from "@meshwork/diagnostics";
import type { Path } from "@meshwork/diagnostics";
import type { Reader, ReportExtra } from "../yaml/reader.ts";
import type { YamlMap } from "../yaml/yaml-node.ts";
import { SchemaChecker, nameOf } from "./schema-check.ts";
import type { JsonSchema, SchemaProblem, Spot } from "./schema-check.ts";

/** The schemas that ship with the package, by the name of their file in `schema/`. */
export type StandardName = "odcs/odcs-3.0" | "odcs/odcs-3.1" | "odcs/odcs-3.2" | "odps/odps-1.0" | "dcs/dcs-1.2";

const checkers = new Map<StandardName, SchemaChecker>();

/** Read when a file of that standard is first met: most meshes use one standard or none. */
function checkerOf(name: StandardName): SchemaChecker {
  let checker = checkers.get(name);
  if (checker === undefined) {
    const text = readFileSync(new URL(`../../schema/${name}.schema.json`, import.meta.url), "utf8");
    checkers.set(name, (checker = new SchemaChecker(JSON.parse(text) as JsonSchema)));
  }
  return checker;
}

export interface PlacedProblem {
  readonly problem: SchemaProblem;
  /** Of the value, or of the key in question. */
  readonly path: Path;
}

/** What the standard's own schema has against a document; each place and code once. */
export function standardProblems(document: YamlMap, name: StandardName): readonly PlacedProblem[] {
  const told = new Set<string>();
  const placed: PlacedProblem[] = [];
  for (const problem of checkerOf(name).problems(document)) {
    const own = pathOf(problem.spot);
    const path = problem.key === undefined || problem.code === "missing-key" ? own : [...own, problem.key];
    const id = JSON.stringify([problem.code, path, problem.code === "missing-key" ? problem.key : ""]);
    if (told.has(id)) continue;
    told.add(id);
    placed.push({ problem, path });
  }
  // Of a value of the wrong kind nothing else is worth saying.
  const misfits = new Set(
    placed.filter(({ problem }) => problem.code === "wrong-type").map(({ path }) => JSON.stringify(path)),
  );
  if (misfits.size === 0) return placed;
  return placed.filter(({ problem, path }) => problem.code !== "not-standard" || !misfits.has(JSON.stringify(path)));
}

function pathOf(spot: Spot): Path {
  const path: (string | number)[] = [];
  for (let at: Spot | undefined = spot; at?.step !== undefined; at = at.parent) path.unshift(at.step);
  return path;
}

const OWN_KEYS = "keys of your own go into customProperties";

export interface StandardOptions {
  /** A later version of the standard that still takes the file's version: what it allows is a warning only. */
  readonly later?: { readonly name: StandardName; readonly title: string } | undefined;
  /** Where keys of the author's own belong. */
  readonly ownKeys?: string | undefined;
}

/** Reports what the standard's schema has against a document. */
export function checkStandard(
  reader: Reader,
  document: YamlMap,
  name: StandardName,
  options: StandardOptions = {},
): void {
  const { later, ownKeys = OWN_KEYS } = options;
  const problems = standardProblems(document, name);
  const ahead = problems.length > 0 && later !== undefined && standardProblems(document, later.name).length === 0;
  for (const { problem, path } of problems) {
    const { node, key } = problem.spot;
    const entry = node.kind === "map" ? node.entries.find((each) => each.name === problem.key) : undefined;
    const place = () => {
      const { source } = reader;
      if (entry !== undefined) return source.span(entry.key.start, entry.key.end);
      // A map that lacks something is shown by its key or its first one.
      const head = node.kind === "map" ? (key ?? node.entries[0]?.key) : undefined;
      return head === undefined ? source.spanOfNode(node, key) : source.span(head.start, head.end);
    };
    const { params, extra } = worded(problem, ownKeys);
    const mild: ReportExtra = {
      severity: "warning",
      help: `raise apiVersion to ${later?.title ?? ""}, which allows it`,
    };
    reader.report(problem.code, params as never, path, place, ahead ? { ...extra, ...mild } : extra);
  }
}

function worded(problem: SchemaProblem, ownKeys: string): { readonly params: unknown; readonly extra: ReportExtra } {
  const { params, choices = [], spot, key } = problem;
  if (problem.code === "unknown-key") {
    const [near] = nearest(key ?? "", choices);
    if (near === undefined) return { params, extra: { help: `remove it; ${ownKeys}` } };
    const extra = {
      help: `replace it with ${near}`,
      replace: { title: `replace it with ${near}`, text: near, safe: false },
    };
    return { params: { ...params, suggestion: ` Did you mean "${near}"?` }, extra };
  }
  if (problem.code === "unknown-value") {
    const written = spot.node.kind === "scalar" ? spot.node.text : "";
    const [near] = nearest(written, choices);
    const list = choices.length > 12 ? `${choices.slice(0, 12).join(", ")} …` : choices.join(", ");
    const help = choices.length === 1 ? `write ${list}` : `write one of ${list}`;
    const replace = near === undefined ? undefined : { title: `write ${near}`, text: near, safe: false };
    return {
      params: { ...params, suggestion: didYouMean(written, choices) },
      extra: { help, ...(replace === undefined ? {} : { replace }) },
    };
  }
  if (problem.code === "wrong-type" && spot.node.kind === "scalar") {
    const { node } = spot;
    const { wanted } = params as { wanted: string };
    const meant = unquoted(wanted, node.text.trim());
    if (meant !== undefined)
      return {
        params,
        extra: { help: `write ${meant}`, replace: { title: `write ${meant}`, text: meant, safe: true } },
      };
    if (wanted.startsWith("a text") && node.value !== null) {
      const text = JSON.stringify(node.text);
      return {
        params,
        extra: { help: `write it in quotes: ${text}`, replace: { title: "put it in quotes", text, safe: true } },
      };
    }
    return {
      params,
      extra: { help: node.value === null ? `write ${wanted}, or remove "${nameOf(spot)}"` : `write ${wanted}` },
    };
  }
  return { params, extra: {} };
}

/** A flag or a number that was put in quotes, or a flag in the words of YAML 1.1. */
function unquoted(wanted: string, text: string): string | undefined {
  const flag = /^(?:(yes|on|true)|no|off|false)$/i.exec(text);
  if (wanted === "true or false" && flag !== null) return String(flag[1] !== undefined);
  const number = wanted === "a whole number" ? /^-?\d{1,15}$/ : /^-?\d{1,15}(?:\.\d+)?$/;
  return (wanted === "a number" || wanted === "a whole number") && number.test(text) ? text : undefined;
}
