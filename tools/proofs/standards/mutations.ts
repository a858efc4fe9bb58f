import { isMap } from "./schemas.ts";
import type { Json } from "./schemas.ts";

export interface Mutation {
  /** What was done, and where with places in lists left out: two of one class try the same thing. */
  readonly kind: string;
  readonly where: string;
  readonly value: Json;
}

type Step = string | number;

const OTHERS: readonly (readonly [string, Json])[] = [
  ["a text", "no-such-value"],
  ["an empty text", ""],
  ["a number", 12345],
  ["a negative fraction", -1.5],
  ["a flag", true],
  ["nothing", null],
  ["a list", []],
  ["a list of the wrong", [{ zz: 1 }, 7, "a"]],
  ["a map", {}],
];

/** Every document with one thing wrong, or only different, at every place of a document. */
export function* mutations(root: Json): Generator<Mutation> {
  for (const { node, path } of nodes(root, [])) {
    const where = `/${path.map((step) => (typeof step === "number" ? "*" : step)).join("/")}`;
    const made = (kind: string, at: readonly Step[], change: (old: Json) => Json | undefined): Mutation => ({
      kind,
      where,
      value: changed(root, at, change),
    });
    if (isMap(node)) {
      yield made("an unknown key", path, (old) => ({ ...(old as Record<string, Json>), zzUnknown: 1 }));
      for (const key of Object.keys(node)) {
        yield { ...made("a key left out", [...path, key], () => undefined), where: `${where}/${key}` };
        yield {
          ...made("a misspelt key", path, (old) => renamed(old as Record<string, Json>, key, `${key}x`)),
          where: `${where}/${key}`,
        };
      }
    }
    if (Array.isArray(node) && node.length > 0) {
      yield made("an entry twice", path, (old) => [...(old as Json[]), (old as Json[])[0]!]);
      yield made("an entry of nothing", path, (old) => [...(old as Json[]), null]);
    }
    if (path.length === 0) continue;
    if (typeof node === "string") {
      yield made("other letters", path, (old) => `${String(old).toUpperCase()} x`);
      yield made("a long text", path, (old) => `${String(old)}${"z".repeat(600)}`);
    }
    for (const [kind, value] of OTHERS)
      if (kindOf(value) !== kindOf(node) || isScalar(node)) yield made(kind, path, () => value);
  }
}

function* nodes(node: Json, path: readonly Step[]): Generator<{ node: Json; path: readonly Step[] }> {
  yield { node, path };
  if (Array.isArray(node)) for (const [i, each] of node.entries()) yield* nodes(each, [...path, i]);
  else if (isMap(node)) for (const [key, each] of Object.entries(node)) yield* nodes(each, [...path, key]);
}

const kindOf = (value: Json): string => (value === null ? "null" : Array.isArray(value) ? "list" : typeof value);
const isScalar = (value: Json): boolean => typeof value !== "object" || value === null;

function renamed(map: Record<string, Json>, from: string, to: string): Json {
  return Object.fromEntries(Object.entries(map).map(([key, each]) => [key === from ? to : key, each]));
}

/** A copy with the value at a path changed; undefined takes it away. Shares what it does not change. */
export function changed(node: Json, path: readonly Step[], change: (old: Json) => Json | undefined): Json {
  const [step, ...rest] = path;
  if (step === undefined) return change(node)!;
  if (Array.isArray(node)) {
    const at = Number(step);
    if (rest.length > 0) return node.with(at, changed(node[at]!, rest, change));
    const next = change(node[at]!);
    return next === undefined ? node.toSpliced(at, 1) : node.with(at, next);
  }
  const map = node as Record<string, Json>;
  if (rest.length > 0) return { ...map, [step]: changed(map[step]!, rest, change) };
  const next = change(map[step]!);
  const { [step]: _, ...others } = map;
  return next === undefined ? others : { ...map, [step]: next };
}
