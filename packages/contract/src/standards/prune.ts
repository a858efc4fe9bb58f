import type { Path } from "@meshwork/diagnostics";
import { parseYaml } from "../yaml/parse-yaml.ts";
import { writeYaml } from "../yaml/write-yaml.ts";
import { standardProblems } from "./check-standard.ts";
import type { StandardName } from "./check-standard.ts";

export interface Pruned {
  readonly text: string;
  /** What was left out, with the place that it had. */
  readonly dropped: readonly { readonly path: Path; readonly what: string }[];
}

type Plain = Record<string, unknown>;
const ROUNDS = 50;

/**
 * Writes a document so that the standard's schema accepts it: what it does not accept is left out and told. Where the
 * schema of a later version counts too, nothing is left out of what that one accepts.
 */
export function writePruned(document: Plain, name: StandardName, later?: StandardName): Pruned {
  const copy = clone(document) as Plain;
  const dropped: { path: Path; what: string }[] = [];
  for (let round = 0; ; round++) {
    const text = writeYaml(copy);
    const [root] = parseYaml(text).documents;
    const problems = root?.kind === "map" && round < ROUNDS ? standardProblems(root, name) : [];
    const ahead = round === 0 && problems.length > 0 && later !== undefined && root?.kind === "map";
    if (ahead && standardProblems(root, later).length === 0) return { text, dropped };
    if (problems.length === 0) return { text, dropped };
    let removed = 0;
    // From the end, so that places in lists stay what they are.
    for (const problem of [...problems].sort((a, b) => comparePaths(b.path, a.path))) {
      const { path } = problem;
      if (path.length > 0 && remove(copy, path)) {
        removed++;
        dropped.push({ path, what: String(path.findLast((step) => typeof step === "string") ?? "document") });
      }
    }
    if (removed === 0) return { text, dropped };
  }
}

function comparePaths(a: Path, b: Path): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (x === y) continue;
    return typeof x === "number" && typeof y === "number" ? x - y : String(x) < String(y) ? -1 : 1;
  }
  return a.length - b.length;
}

function remove(root: Plain, path: Path): boolean {
  let node: unknown = root;
  for (const step of path.slice(0, -1)) {
    if (typeof node !== "object" || node === null || !Object.hasOwn(node, step)) return false;
    node = (node as Plain)[step as string];
  }
  const last = path.at(-1)!;
  if (typeof node !== "object" || node === null || !Object.hasOwn(node, last)) return false;
  if (Array.isArray(node) && typeof last === "number") node.splice(last, 1);
  else delete (node as Plain)[String(last)];
  return true;
}

const clone = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(clone);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, clone(each)]));
};
