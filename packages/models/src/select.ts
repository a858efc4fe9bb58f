import { nearest } from "@meshwork/diagnostics";
import type { Diagnostic } from "@meshwork/diagnostics";
import type { SelectableType, Selected, Selection } from "./model.ts";
import { selectItems } from "./select-items.ts";
import type { Catalogue, SelectItem } from "./select-items.ts";
import { matcherOf } from "./select-methods.ts";
import { readUnion } from "./selector-spec.ts";
import type { Criteria, IndirectSelection, Spec, SpecGroup } from "./selector-spec.ts";
import type { NamedSelector } from "./selectors-file.ts";
import { sqlCodes } from "./sql.codes.ts";
import type { StateComparison } from "./state-comparison.ts";

interface SelectorNeeds {
  readonly catalogue: Catalogue;
  /** Of `selectors.yml`; none where nothing is given. */
  readonly named?: ReadonlyMap<string, NamedSelector> | undefined;
  /** Against a manifest of another time; nothing where no state was given. */
  readonly state?: ((selection: Selection) => StateComparison | undefined) | undefined;
}

const defaultIncludes = ["fqn:*", "source:*", "exposure:*", "metric:*", "semantic_model:*"];

/** What `dbt ls` lists where no type is asked for. */
export const listedTypes: readonly SelectableType[] = [
  ...(["model", "seed", "snapshot", "test", "source", "exposure", "metric", "semantic_model"] as const),
  "saved_query",
  "unit_test",
];

/** Selects as dbt's `--select`, `--exclude` and `--selector` do. */
export function selectNodes(needs: SelectorNeeds, selection: Selection): Selected {
  const selector = new Selector(needs, selection);
  const ids = selector.select();
  const { catalogue } = needs;
  const wanted = wantedTypes(selection);
  const chosen = [...ids].filter((id) => wanted.has(selector.items.get(id)!.type)).sort();
  return {
    nodes: catalogue.graph.order(chosen.filter((id) => catalogue.nodes.has(id))).map((id) => catalogue.nodes.get(id)!),
    sources: chosen.flatMap((id) => catalogue.sources.get(id) ?? []),
    analyses: chosen.flatMap((id) => catalogue.analyses.get(id) ?? []),
    unitTests: chosen.flatMap((id) => catalogue.unitTests.get(id) ?? []),
    declared: chosen.flatMap((id) => catalogue.declared.get(id) ?? []),
    ids: chosen,
    diagnostics: selector.diagnostics,
  };
}

function wantedTypes(selection: Selection): Set<SelectableType> {
  const all: readonly SelectableType[] = [...listedTypes, "analysis"];
  const types = selection.resourceTypes ?? [];
  const wanted = new Set<SelectableType>(
    types.length === 0 ? listedTypes : types.flatMap((t) => (t === "all" ? all : t === "default" ? listedTypes : [t])),
  );
  for (const type of selection.excludeResourceTypes ?? []) {
    for (const one of type === "all" ? all : type === "default" ? listedTypes : [type]) wanted.delete(one);
  }
  return wanted;
}

/** What a selection holds, and the tests that would come along if their other parents came too. */
interface Found {
  readonly direct: ReadonlySet<string>;
  readonly indirect: ReadonlySet<string>;
}

const none: Found = { direct: new Set(), indirect: new Set() };

class Selector {
  readonly items: ReadonlyMap<string, SelectItem>;
  readonly diagnostics: Diagnostic[] = [];
  readonly #needs: SelectorNeeds;
  readonly #named: ReadonlyMap<string, NamedSelector>;
  readonly #selection: Selection;
  readonly #open: string[] = [];

  constructor(needs: SelectorNeeds, selection: Selection) {
    this.#needs = needs;
    this.#named = needs.named ?? new Map();
    this.#selection = selection;
    this.items = selectItems(needs.catalogue);
  }

  select(): ReadonlySet<string> {
    const { select, exclude, selector, indirectSelection } = this.#selection;
    const mode: IndirectSelection = indirectSelection ?? "eager";
    if (selector !== undefined) {
      const named = this.#named.get(selector);
      if (named !== undefined) return this.#find(named.spec(mode)).direct;
      this.#unknownSelector(selector, selector);
      return new Set();
    }
    const chosen = select !== undefined && select.length > 0;
    const excluded = exclude !== undefined && exclude.length > 0;
    const fallback = [...this.#named.values()].find((s) => s.default);
    if (!chosen && !excluded && fallback !== undefined) return this.#find(fallback.spec(mode)).direct;
    const report = (text: string, reason: string): void => this.#bad(text, reason);
    const included: Spec = chosen
      ? readUnion(select, mode, report)
      : { ...readUnion(defaultIncludes, mode, report), parts: silent(readUnion(defaultIncludes, mode, report).parts) };
    const without = readUnion(exclude ?? [], mode, report);
    return this.#find({ kind: "difference", parts: [included, without], indirect: "eager" }).direct;
  }

  #find(spec: Spec): Found {
    if (spec.kind === "criteria") return this.#criteria(spec);
    const found = spec.parts.map((part) => this.#find(part));
    const direct = combined(
      spec,
      found.map((f) => f.direct),
    );
    const indirect = combined(
      spec,
      found.map((f) => union(f.direct, f.indirect)),
    );
    const all = this.#incorporate(direct, indirect, spec.indirect);
    if (spec.expected !== undefined && all.size === 0) this.#nothing(spec);
    return { direct: all, indirect };
  }

  #criteria(term: Criteria): Found {
    const matched = this.#match(term);
    if (matched === undefined) return none;
    const { graph } = this.#needs.catalogue;
    const selected = new Set(matched);
    if (term.at) {
      const below = union(selected, this.#members(graph.reach(matched, "children")));
      for (const id of below) selected.add(id);
      for (const id of this.#members(graph.reach(below, "parents"))) selected.add(id);
    }
    if (term.parents !== undefined)
      for (const id of this.#members(graph.reach(matched, "parents", term.parents))) selected.add(id);
    if (term.children !== undefined)
      for (const id of this.#members(graph.reach(matched, "children", term.children))) selected.add(id);
    if (term.indirect === "empty" || term.method === "selector") return { direct: selected, indirect: new Set() };
    return this.#expand(selected, term.indirect);
  }

  *#members(ids: Iterable<string>): Generator<string> {
    for (const id of ids) if (this.items.has(id)) yield id;
  }

  /** Tests on what is selected: in which cases they come along is the mode's matter. */
  #expand(selected: ReadonlySet<string>, mode: IndirectSelection): Found {
    const { graph } = this.#needs.catalogue;
    const direct = new Set(selected);
    const indirect = new Set<string>();
    const buildable = mode === "buildable" ? this.#withParents(selected) : undefined;
    for (const parent of selected) {
      for (const id of graph.children(parent)) {
        const item = this.items.get(id);
        if (item?.type !== "test" && item?.type !== "unit_test") continue;
        const parents = graph.parents(id);
        const complete = parents.every((p) => selected.has(p));
        if (mode === "eager" || complete) direct.add(id);
        else if (buildable !== undefined && parents.every((p) => buildable.has(p))) direct.add(id);
        else indirect.add(id);
      }
    }
    return { direct, indirect };
  }

  #withParents(selected: ReadonlySet<string>): Set<string> {
    const { graph, sources } = this.#needs.catalogue;
    return union(union(selected, graph.reach(selected, "parents")), sources.keys());
  }

  /** Tests whose other parents another term brought. */
  #incorporate(direct: ReadonlySet<string>, indirect: ReadonlySet<string>, mode: IndirectSelection): Set<string> {
    const selected = new Set(direct);
    if (mode !== "cautious" && mode !== "buildable") return selected;
    const { graph } = this.#needs.catalogue;
    const enough = mode === "cautious" ? direct : union(direct, graph.reach(direct, "parents"));
    for (const id of indirect) {
      if (this.items.get(id)?.node !== undefined && graph.parents(id).every((p) => enough.has(p))) selected.add(id);
    }
    return selected;
  }

  #match(term: Criteria): readonly string[] | undefined {
    const name = term.method.split(".")[0]!;
    if (name === "selector") return this.#ofSelector(term);
    if (name === "state" || name === "result" || name === "source_status") {
      const state = this.#needs.state?.(this.#selection);
      if (state === undefined) return this.#bad(term.raw, "it compares with another run; give --state and its folder.");
      const found = state.match(name, term.value);
      return typeof found === "string" ? this.#bad(term.raw, found) : found.filter((id) => this.items.has(id));
    }
    const fits = matcherOf(term.method, term.value, this.#needs.catalogue);
    if ("reason" in fits) return this.#bad(term.raw, fits.reason);
    return [...this.items.values()].flatMap((item) => (fits(item) ? [item.id] : []));
  }

  #ofSelector(term: Criteria): readonly string[] | undefined {
    const named = this.#named.get(term.value);
    if (named === undefined) {
      this.#unknownSelector(term.raw, term.value);
      return undefined;
    }
    if (this.#open.includes(term.value)) return this.#bad(term.raw, "it comes back to itself.");
    this.#open.push(term.value);
    const found = this.#find(named.spec(this.#selection.indirectSelection ?? "eager")).direct;
    this.#open.pop();
    return [...found];
  }

  #unknownSelector(text: string, name: string): void {
    const [near] = nearest(name, this.#named.keys());
    const hint = near === undefined ? "" : ` Did you mean "${near}"?`;
    this.#bad(text, `there is no selector "${name}" in selectors.yml.${hint}`);
  }

  #bad(selector: string, reason: string): undefined {
    if (!this.diagnostics.some((d) => d.message.includes(`"${selector}"`)))
      this.diagnostics.push(sqlCodes.create("bad-selector", { selector, reason }));
    return undefined;
  }

  #nothing(spec: SpecGroup): void {
    const { expected } = spec;
    if (expected === undefined || this.diagnostics.some((d) => d.code === "sql/bad-selector")) return;
    const terms = spec.parts.flatMap((p) => (p.kind === "criteria" ? [p] : []));
    const candidates = terms.length === 1 ? nearest(terms[0]!.value, this.#namesFor(terms[0]!.method)) : [];
    this.diagnostics.push(sqlCodes.create("nothing-selected", { selector: expected, candidates }));
  }

  #namesFor(method: string): string[] {
    const items = [...this.items.values()];
    switch (method) {
      case "tag":
        return items.flatMap((i) => i.tags);
      case "path":
        return items.map((i) => i.path);
      case "source":
        return items.flatMap((i) => (i.source === undefined ? [] : [i.source.source, `${i.source.source}.${i.name}`]));
      case "group":
        return items.flatMap((i) => i.group ?? []);
      case "package":
        return items.map((i) => i.package);
      case "exposure":
      case "metric":
      case "semantic_model":
      case "saved_query":
      case "unit_test":
        return items.filter((i) => i.type === method).map((i) => i.name);
      default:
        return items.filter((i) => i.type !== "test" && i.type !== "source").map((i) => i.name);
    }
  }
}

/** Parts whose emptiness is no surprise. */
const silent = (parts: readonly Spec[]): readonly Spec[] =>
  parts.map((p) => (p.kind === "criteria" ? p : { ...p, expected: undefined }));

function combined(spec: SpecGroup, sets: readonly ReadonlySet<string>[]): Set<string> {
  const [first, ...rest] = sets;
  const found = new Set(first);
  for (const set of rest) {
    if (spec.kind === "union") for (const id of set) found.add(id);
    else for (const id of found) if (set.has(id) === (spec.kind === "difference")) found.delete(id);
  }
  return found;
}

const union = (a: Iterable<string>, b: Iterable<string>): Set<string> => new Set([...a, ...b]);
