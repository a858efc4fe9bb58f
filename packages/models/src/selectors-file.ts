import { nearest } from "@meshwork/diagnostics";
import type { Diagnostic, Span } from "@meshwork/diagnostics";
import type { ConfigValue, FileHost } from "./model.ts";
import { yamlDiagnostics } from "./project-file.ts";
import { renameFix } from "./rename-fix.ts";
import { methodTrouble, readTerm } from "./selector-spec.ts";
import type { IndirectSelection, Spec } from "./selector-spec.ts";
import { SourceText } from "./source-text.ts";
import { sqlCodes } from "./sql.codes.ts";
import { entryOf, itemsOf, parseYaml, textOf, valueOf } from "./yaml.ts";
import type { YamlNode } from "./yaml.ts";

/** A named selector of `selectors.yml`. */
export interface NamedSelector {
  readonly name: string;
  readonly description: string | undefined;
  /** Taken when a command names no selection. */
  readonly default: boolean;
  /** Of the modes of indirect selection, those that are written win; `mode` is the command's. */
  spec(mode: IndirectSelection): Spec;
  /** As dbt's manifest has it: terms on the command line's way become mappings. */
  readonly manifest: ConfigValue;
  readonly place: Span;
}

export interface Selectors {
  readonly named: ReadonlyMap<string, NamedSelector>;
  readonly diagnostics: readonly Diagnostic[];
}

const modes = ["eager", "cautious", "buildable", "empty"] as const;
const keys =
  "method value children parents children_depth parents_depth childrens_parents exclude indirect_selection".split(" ");
const maximumDepth = 30;

/** Reads `selectors.yml` beside `dbt_project.yml`. */
export function readSelectors(files: FileHost, root: string, display: (path: string) => string): Selectors {
  const text = files.read(`${root}/selectors.yml`);
  if (text === undefined) return { named: new Map(), diagnostics: [] };
  const source = new SourceText("selectors.yml", display("selectors.yml"), text);
  const document = parseYaml(text);
  const reader = new SelectorsReader(source, [...yamlDiagnostics(source, document)]);
  for (const item of itemsOf(entryOf(document.root, "selectors")?.value)) reader.read(item);
  reader.check();
  return reader;
}

type Definition = (mode: IndirectSelection) => Spec;

class SelectorsReader implements Selectors {
  readonly named = new Map<string, NamedSelector>();
  readonly diagnostics: Diagnostic[];
  readonly #source: SourceText;
  /** The selectors that each names, with the place. */
  readonly #named = new Map<string, { readonly name: string; readonly place: Span }[]>();
  #reading = "";

  constructor(source: SourceText, diagnostics: Diagnostic[]) {
    this.#source = source;
    this.diagnostics = diagnostics;
  }

  read(item: YamlNode): void {
    const nameEntry = entryOf(item, "name")?.value;
    const name = textOf(nameEntry);
    const definition = entryOf(item, "definition")?.value;
    if (name === undefined || nameEntry === undefined || definition === undefined) {
      this.#bad(item, name ?? "?", "a selector has a name and a definition.");
      return;
    }
    const place = this.#span(nameEntry);
    const before = this.named.get(name);
    if (before !== undefined) {
      const params = { kind: "selectors", name, other: this.#source.file };
      const related = [{ message: "the other one is here", span: before.place }];
      this.diagnostics.push(sqlCodes.create("duplicate-model", params, { span: place, related }));
      return;
    }
    this.#reading = name;
    const spec = this.#definition(definition, 0);
    if (spec === undefined) return;
    const isDefault = entryOf(item, "default")?.value;
    const other = [...this.named.values()].find((s) => s.default);
    const taken = isDefault?.kind === "scalar" && isDefault.value === true;
    if (taken && other !== undefined) this.#bad(isDefault, name, `"${other.name}" is the default already.`);
    const described = textOf(entryOf(item, "description")?.value);
    const written = valueOf(item) as Record<string, ConfigValue>;
    this.named.set(name, {
      name,
      description: described,
      default: taken,
      spec,
      manifest: { ...written, definition: normal(written["definition"] ?? null) },
      place,
    });
  }

  /** Selectors that name one that is not there, or themselves through others. */
  check(): void {
    for (const [from, targets] of this.#named) {
      for (const { name, place } of targets) {
        if (!this.named.has(name)) {
          const candidates = nearest(name, this.named.keys());
          const reason = `there is no selector "${name}" in selectors.yml.`;
          const fixes = renameFix(name, candidates, place, (n) => n);
          this.diagnostics.push(sqlCodes.create("bad-selector", { selector: from, reason }, { span: place, fixes }));
        } else if (this.#reaches(name, from, new Set())) {
          const reason = `it comes back to itself through "${name}".`;
          this.diagnostics.push(sqlCodes.create("bad-selector", { selector: from, reason }, { span: place }));
          this.named.delete(from);
        }
      }
    }
  }

  #reaches(from: string, target: string, seen: Set<string>): boolean {
    if (from === target) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return (this.#named.get(from) ?? []).some((n) => this.#reaches(n.name, target, seen));
  }

  #definition(node: YamlNode, depth: number): Definition | undefined {
    if (depth > maximumDepth)
      return this.#bad(node, this.#reading, `definitions are nested deeper than ${maximumDepth}.`);
    const text = textOf(node);
    if (text !== undefined) {
      const term = readTerm(text, "eager");
      if (typeof term === "string") return this.#bad(node, text, term);
      this.#note(term.method, term.value, node);
      return (mode) => ({ ...term, indirect: mode });
    }
    if (node.kind !== "map") return this.#bad(node, this.#reading, "a definition is a text or a mapping.");
    for (const kind of ["union", "intersection"] as const) {
      const entry = entryOf(node, kind);
      if (entry === undefined) continue;
      if (node.entries.length > 1) return this.#bad(node, this.#reading, `"${kind}" stands alone in a definition.`);
      return this.#group(kind, entry.value, depth);
    }
    return this.#mapping(node, depth);
  }

  #group(kind: "union" | "intersection", node: YamlNode, depth: number): Definition | undefined {
    if (node.kind !== "list") return this.#bad(node, this.#reading, `"${kind}" holds a list.`);
    const parts: Definition[] = [];
    let exclude: Definition | undefined;
    for (const item of node.items) {
      const excluded = item.kind === "map" && item.entries.length === 1 ? entryOf(item, "exclude") : undefined;
      if (excluded === undefined) {
        const part = this.#definition(item, depth + 1);
        if (part === undefined) return undefined;
        parts.push(part);
      } else if (exclude !== undefined) {
        return this.#bad(item, this.#reading, `one "exclude" is allowed in a "${kind}".`);
      } else {
        exclude = this.#excluded(excluded.value, depth);
        if (exclude === undefined) return undefined;
      }
    }
    const joined: Definition = (mode) => ({ kind, parts: parts.map((p) => p(mode)), indirect: "eager" });
    return exclude === undefined ? joined : difference(joined, exclude);
  }

  #excluded(node: YamlNode, depth: number): Definition | undefined {
    if (node.kind !== "list") return this.#bad(node, this.#reading, `"exclude" holds a list.`);
    const parts = node.items.map((i) => this.#definition(i, depth + 1));
    if (parts.some((p) => p === undefined)) return undefined;
    const [first, ...more] = parts as Definition[];
    if (first === undefined) return () => ({ kind: "union", parts: [], indirect: "eager" });
    if (more.length === 0) return first;
    return (mode) => ({ kind: "union", parts: (parts as Definition[]).map((p) => p(mode)), indirect: "eager" });
  }

  #mapping(node: Extract<YamlNode, { kind: "map" }>, depth: number): Definition | undefined {
    const [first] = node.entries;
    const short = node.entries.length === 1 && first !== undefined && first.key !== "method";
    const methodAt = short ? node : entryOf(node, "method")?.value;
    const method = short ? first.key : textOf(methodAt);
    const valueAt = short ? first.value : entryOf(node, "value")?.value;
    const value = valueAt === undefined ? undefined : textOf(valueAt);
    if (method === undefined || value === undefined)
      return this.#bad(node, this.#reading, "a mapping has a method and a value.");
    const trouble = methodTrouble(method);
    if (trouble !== undefined) return this.#bad(methodAt ?? node, method, trouble);
    if (!short) {
      for (const entry of node.entries) {
        if (keys.includes(entry.key)) continue;
        const span = this.#source.span(entry.start, entry.end);
        const params = { key: entry.key, of: `Selector "${this.#reading}"`, known: keys, effect: "nobody reads it" };
        const fixes = renameFix(entry.key, nearest(entry.key, keys), span, (name) => name);
        this.diagnostics.push(sqlCodes.create("unknown-key", params, { span, fixes }));
      }
    }
    const flag = (key: string): boolean => {
      const found = entryOf(node, key)?.value;
      return found?.kind === "scalar" && found.value === true;
    };
    const steps = (key: string): number | undefined => {
      if (!flag(key)) return undefined;
      const depthOf = textOf(entryOf(node, `${key}_depth`)?.value);
      return depthOf === undefined ? Infinity : Number(depthOf);
    };
    const modeAt = entryOf(node, "indirect_selection")?.value;
    const mode = textOf(modeAt);
    const own = modes.find((m) => m === mode);
    if (mode !== undefined && own === undefined)
      return this.#bad(modeAt!, mode, `indirect_selection is one of ${modes.join(", ")}.`);
    this.#note(method, value, valueAt!);
    const base: Definition = (given) => ({
      kind: "criteria",
      raw: `${method}:${value}`,
      method,
      value,
      parents: steps("parents"),
      children: steps("children"),
      at: flag("childrens_parents"),
      indirect: own ?? given,
    });
    const excluded = short ? undefined : entryOf(node, "exclude");
    if (excluded === undefined) return base;
    const without = this.#excluded(excluded.value, depth);
    return without === undefined ? undefined : difference(base, without);
  }

  #note(method: string, value: string, node: YamlNode): void {
    if (method !== "selector" || /[*?[]/.test(value)) return;
    const list = this.#named.get(this.#reading) ?? [];
    this.#named.set(this.#reading, [...list, { name: value, place: this.#span(node) }]);
  }

  #span(node: YamlNode): Span {
    return this.#source.span(node.start, node.kind === "scalar" ? node.end : node.start + 1);
  }

  #bad(node: YamlNode, selector: string, reason: string): undefined {
    this.diagnostics.push(sqlCodes.create("bad-selector", { selector, reason }, { span: this.#span(node) }));
    return undefined;
  }
}

const difference =
  (from: Definition, without: Definition): Definition =>
  (mode) => ({ kind: "difference", parts: [from(mode), without(mode)], indirect: "eager" });

/** dbt writes every definition as mappings. */
function normal(definition: ConfigValue): ConfigValue {
  if (typeof definition === "string") {
    const term = readTerm(definition, "eager");
    if (typeof term === "string") return definition;
    const depth = (steps: number | undefined): ConfigValue =>
      steps === undefined || steps === Infinity ? null : String(steps);
    return Object.fromEntries(
      Object.entries({
        childrens_parents: term.at ? true : null,
        parents: term.parents === undefined ? null : true,
        parents_depth: depth(term.parents),
        method: term.method,
        value: term.value,
        children: term.children === undefined ? null : true,
        children_depth: depth(term.children),
      }).filter(([, v]) => v !== null),
    );
  }
  if (typeof definition !== "object" || definition === null || Array.isArray(definition)) return definition;
  const map = definition as Readonly<Record<string, ConfigValue>>;
  const entries = Object.entries(map);
  for (const kind of ["union", "intersection"]) {
    if (Array.isArray(map[kind])) return { [kind]: (map[kind] as readonly ConfigValue[]).map(normal) };
  }
  if (entries.length !== 1) return map;
  const [key, value] = entries[0]!;
  const inner = Array.isArray(value) ? (value as readonly ConfigValue[]).map(normal) : value;
  return key === "exclude" ? { exclude: inner } : { method: key, value: inner };
}
