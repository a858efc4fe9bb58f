import { nearest } from "@meshwork/diagnostics";
import type { Diagnostic } from "@meshwork/diagnostics";
import type { Graph } from "./graph.ts";
import type { ProjectNode, Selected, Selection, SourceNode } from "./model.ts";
import { sqlCodes } from "./sql.codes.ts";

/** Ids of everything a selection is made from. */
interface Catalogue {
  readonly nodes: ReadonlyMap<string, ProjectNode>;
  readonly sources: ReadonlyMap<string, SourceNode>;
  readonly graph: Graph;
}

/** One term: a method, its value, and how far to walk. */
interface Term {
  readonly text: string;
  readonly method: string;
  readonly value: string;
  readonly parents: number;
  readonly children: number;
  /** `@`: children, and all the parents of those. */
  readonly at: boolean;
}

const methods = [
  "fqn",
  "tag",
  "path",
  "file",
  "source",
  "resource_type",
  "config",
  "package",
  "test_type",
  "test_name",
  "exposure",
  "group",
  "access",
];
const grammar = /^(@)?(?:(\d*)(\+))?(?:([a-z_]+(?:\.[\w.]+)?):)?([^+]*?)(?:(\+)(\d*))?$/;

/** Selects as dbt's `--select` and `--exclude` do: a space is a union, a comma an intersection. */
export function selectNodes(catalogue: Catalogue, selection: Selection): Selected {
  const diagnostics: Diagnostic[] = [];
  const all = [...catalogue.nodes.keys(), ...catalogue.sources.keys()];
  const pick = (specs: readonly string[]): Set<string> => {
    const found = new Set<string>();
    for (const spec of specs.flatMap((s) => s.split(/\s+/)).filter((s) => s !== "")) {
      for (const id of pickUnion(catalogue, spec, all, diagnostics)) found.add(id);
    }
    return found;
  };
  const selected =
    selection.select === undefined || selection.select.length === 0 ? new Set(all) : pick(selection.select);
  for (const id of pick(selection.exclude ?? [])) selected.delete(id);
  const types = selection.resourceTypes;
  const wanted = [...selected].filter((id) => {
    const type = catalogue.nodes.get(id)?.resourceType ?? "source";
    return types === undefined || types.includes(type);
  });
  return {
    nodes: catalogue.graph.order(wanted.filter((id) => catalogue.nodes.has(id))).map((id) => catalogue.nodes.get(id)!),
    sources: wanted
      .filter((id) => catalogue.sources.has(id))
      .sort()
      .map((id) => catalogue.sources.get(id)!),
    diagnostics,
  };
}

/** A test goes along as soon as one thing it reads is chosen: dbt's eager mode. */
function addTests(catalogue: Catalogue, chosen: Set<string>): void {
  for (const id of chosen) {
    for (const child of catalogue.graph.children(id)) {
      const node = catalogue.nodes.get(child);
      if (node?.resourceType === "test") chosen.add(child);
    }
  }
}

function pickUnion(catalogue: Catalogue, spec: string, all: readonly string[], diagnostics: Diagnostic[]): Set<string> {
  let found: Set<string> | undefined;
  for (const part of spec.split(",")) {
    const term = readTerm(part, diagnostics);
    if (term === undefined) return new Set();
    const matched = match(catalogue, term, all);
    if (matched.length === 0) {
      const candidates = nearest(term.value, namesFor(catalogue, term.method));
      diagnostics.push(sqlCodes.create("nothing-selected", { selector: part, candidates }));
    }
    const reached = walk(catalogue.graph, term, matched);
    addTests(catalogue, reached);
    found = found === undefined ? reached : new Set([...found].filter((id) => reached.has(id)));
  }
  return found ?? new Set();
}

function readTerm(text: string, diagnostics: Diagnostic[]): Term | undefined {
  const bad = (reason: string): undefined => {
    diagnostics.push(sqlCodes.create("bad-selector", { selector: text, reason }));
    return undefined;
  };
  const parts = grammar.exec(text);
  if (parts === null || parts[5] === "" || parts[5] === undefined) {
    return bad("it has the form [+]name[+], method:value or @name.");
  }
  const [, at, up, plusBefore, method, value, plusAfter, down] = parts;
  if (at !== undefined && (plusBefore !== undefined || plusAfter !== undefined))
    return bad("@ and + exclude each other.");
  const kind = method ?? (value.includes("/") || /\.(?:sql|csv|ya?ml)$/.test(value) ? "path" : "fqn");
  const name = kind.split(".")[0]!;
  if (!methods.includes(name)) {
    const [near] = nearest(name, methods);
    return bad(
      `there is no method "${name}"${near === undefined ? `; there are ${methods.join(", ")}.` : `, did you mean "${near}"?`}`,
    );
  }
  const steps = (sign: string | undefined, count: string | undefined): number =>
    sign === undefined ? 0 : count === undefined || count === "" ? Infinity : Number(count);
  return {
    text,
    method: kind,
    value,
    parents: steps(plusBefore, up),
    children: steps(plusAfter, down),
    at: at !== undefined,
  };
}

function walk(graph: Graph, term: Term, matched: readonly string[]): Set<string> {
  const found = new Set(matched);
  if (term.at) {
    for (const id of graph.reach(matched, "children")) found.add(id);
    for (const id of graph.reach(found, "parents")) found.add(id);
    return found;
  }
  for (const id of graph.reach(matched, "parents", term.parents)) found.add(id);
  for (const id of graph.reach(matched, "children", term.children)) found.add(id);
  return found;
}

type Item = { readonly id: string; readonly node: ProjectNode | undefined; readonly source: SourceNode | undefined };

function match(catalogue: Catalogue, term: Term, all: readonly string[]): string[] {
  const fits = matcher(term.method, term.value);
  return all.filter((id) => fits({ id, node: catalogue.nodes.get(id), source: catalogue.sources.get(id) }));
}

function matcher(method: string, value: string): (item: Item) => boolean {
  const glob = globOf(value);
  const path = value.replace(/^\.\//, "").replace(/\/$/, "");
  const pathGlob = globOf(path);
  switch (method) {
    case "fqn":
      return ({ node }) => node !== undefined && matchesFqn(node, value, glob);
    case "tag":
      return ({ node, source }) => (node?.config.tags ?? source?.tags ?? []).some(glob);
    case "path":
      return ({ node, source }) => {
        const own = node?.path ?? source!.path;
        return pathGlob(own) || own.startsWith(`${path}/`);
      };
    case "file":
      return ({ node, source }) => {
        const name = (node?.path ?? source!.path).split("/").at(-1)!;
        return glob(name) || glob(name.replace(/\.[^.]*$/, ""));
      };
    case "source":
      return ({ source }) =>
        source !== undefined &&
        (glob(source.source) ||
          glob(`${source.source}.${source.name}`) ||
          glob(`${source.package}.${source.source}.${source.name}`));
    case "resource_type":
      return ({ node }) => glob(node?.resourceType ?? "source");
    case "package":
      return ({ node, source }) => glob(node?.package ?? source!.package);
    case "test_type":
      return ({ node }) => node?.test !== undefined && (glob(node.test.kind) || value === "data");
    case "test_name":
      return ({ node }) =>
        node?.test !== undefined && (glob(node.test.name) || glob(node.test.name.split(".").at(-1)!));
    default: {
      if (!method.startsWith("config.")) return () => false;
      const keys = method.slice("config.".length).split(".");
      return ({ node }) => node !== undefined && configMatches(node, keys, glob);
    }
  }
}

function matchesFqn(node: ProjectNode, value: string, glob: (text: string) => boolean): boolean {
  if (glob(node.name)) return true;
  const asked = value.split(".");
  const starts = (fqn: readonly string[]): boolean =>
    asked.length <= fqn.length && asked.every((part, i) => globOf(part)(fqn[i]!));
  return starts(node.fqn) || starts(node.fqn.slice(1));
}

function configMatches(node: ProjectNode, keys: readonly string[], glob: (text: string) => boolean): boolean {
  const [first, ...rest] = keys;
  let value: unknown =
    first === "materialized"
      ? node.config.materialized
      : first === "tags"
        ? node.config.tags
        : node.config.all.get(first!);
  for (const key of rest) {
    value =
      typeof value === "object" && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined;
  }
  if (Array.isArray(value)) return value.some((v) => glob(String(v)));
  return value !== undefined && value !== null && typeof value !== "object" && glob(String(value));
}

/** `*`, `?` and `[…]` as in shells; a pattern without them is the word itself. */
function globOf(pattern: string): (text: string) => boolean {
  if (!/[*?[]/.test(pattern)) return (text) => text === pattern;
  const source = pattern
    .replace(/[.+^${}()|\\/]/g, "\\$&")
    // Stars side by side mean one star; kept apart they would make the match exponential.
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".")
    .replace(/\[(?![^\]]+\])/g, "\\[");
  let expression: RegExp;
  try {
    expression = new RegExp(`^${source}$`, "s");
  } catch {
    return (text) => text === pattern;
  }
  return (text) => expression.test(text);
}

function namesFor(catalogue: Catalogue, method: string): string[] {
  const nodes = [...catalogue.nodes.values()];
  switch (method) {
    case "tag":
      return nodes.flatMap((n) => n.config.tags);
    case "path":
      return nodes.map((n) => n.path);
    case "source":
      return [...catalogue.sources.values()].flatMap((s) => [s.source, `${s.source}.${s.name}`]);
    case "resource_type":
      return ["model", "seed", "test", "source", "snapshot"];
    default:
      return nodes.filter((n) => n.resourceType !== "test").map((n) => n.name);
  }
}
