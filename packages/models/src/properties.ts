import { nearest } from "@meshwork/diagnostics";
import type { Diagnostic, Span } from "@meshwork/diagnostics";
import { columnKeys, fileKeys, resourceKeys, sourceKeys, tableKeys, testConfigKeys } from "./properties-keys.ts";
import type { SourceText } from "./source-text.ts";
import { renameFix } from "./rename-fix.ts";
import { sqlCodes } from "./sql.codes.ts";
import { entryOf, textOf } from "./yaml.ts";
import type { YamlEntry, YamlNode } from "./yaml.ts";

/** One data test as written in a properties file. */
export interface TestCall {
  /** `not_null`, `dbt_utils.unique_combination_of_columns` */
  readonly test: string;
  /** The author's own name for it. */
  readonly name: string | undefined;
  readonly arguments: readonly YamlEntry[];
  readonly config: readonly YamlEntry[];
  readonly column: { readonly name: string; readonly quote: boolean } | undefined;
  readonly description: YamlNode | undefined;
  readonly source: SourceText;
  readonly place: Span;
}

export interface ColumnEntry {
  readonly name: string;
  readonly node: YamlNode;
  readonly place: Span;
}

/** What a properties file says about one model, seed, snapshot or macro. */
export interface ResourceEntry {
  readonly kind: "model" | "seed" | "snapshot" | "macro" | "test";
  readonly name: string;
  readonly node: YamlNode;
  readonly source: SourceText;
  readonly place: Span;
  readonly columns: readonly ColumnEntry[];
  readonly tests: readonly TestCall[];
}

export interface TableEntry {
  readonly sourceName: string;
  readonly name: string;
  readonly sourceNode: YamlNode;
  readonly node: YamlNode;
  readonly source: SourceText;
  readonly place: Span;
  readonly columns: readonly ColumnEntry[];
  readonly tests: readonly TestCall[];
}

export interface Properties {
  readonly resources: readonly ResourceEntry[];
  readonly tables: readonly TableEntry[];
  readonly diagnostics: readonly Diagnostic[];
}

const sections = {
  models: "model",
  seeds: "seed",
  snapshots: "snapshot",
  macros: "macro",
  tests: "test",
  data_tests: "test",
} as const;

/** Reads the parsed YAML of one properties file. */
export function readProperties(source: SourceText, root: YamlNode | undefined): Properties {
  return root === undefined ? { resources: [], tables: [], diagnostics: [] } : new Reader(source).read(root);
}

class Reader {
  readonly #source: SourceText;
  readonly #resources: ResourceEntry[] = [];
  readonly #tables: TableEntry[] = [];
  readonly #diagnostics: Diagnostic[] = [];

  constructor(source: SourceText) {
    this.#source = source;
  }

  read(root: YamlNode): Properties {
    if (root.kind !== "map") {
      this.#shape(root, "A properties file is a mapping with keys like models: and sources:.");
    } else {
      this.#keys(root, fileKeys, "A properties file", "what is below it is not read");
      for (const entry of root.entries) {
        if (entry.key === "unit_tests") {
          const params = { what: "unit_tests:", detail: "they are not run" };
          const extra = { severity: "warning" as const, span: this.#span(entry) };
          this.#diagnostics.push(sqlCodes.create("not-supported", params, extra));
        }
        if (entry.key === "sources") for (const node of this.#list(entry)) this.#readSource(node);
        const kind = Object.hasOwn(sections, entry.key) ? sections[entry.key as keyof typeof sections] : undefined;
        if (kind !== undefined) for (const node of this.#list(entry)) this.#readResource(kind, node);
      }
    }
    return { resources: this.#resources, tables: this.#tables, diagnostics: this.#diagnostics };
  }

  #readResource(kind: ResourceEntry["kind"], node: YamlNode): void {
    const name = this.#name(node, `Every ${kind} entry`);
    if (name === undefined) return;
    const label = `${capital(kind)} "${name.text}"`;
    this.#keys(node, resourceKeys[kind], label, "its value is dropped");
    const tested = kind === "model" || kind === "seed" || kind === "snapshot";
    this.#resources.push({
      kind,
      name: name.text,
      node,
      source: this.#source,
      place: name.place,
      columns: tested ? this.#columns(node, label) : [],
      tests: tested ? this.#allTests(node) : [],
    });
    const versions = entryOf(node, "versions");
    if (versions !== undefined) {
      const span = this.#span(versions);
      const detail = "ports carry the versions that others read";
      this.#diagnostics.push(sqlCodes.create("not-supported", { what: "versions: of a model", detail }, { span }));
    }
  }

  #readSource(node: YamlNode): void {
    const name = this.#name(node, "Every source");
    if (name === undefined) return;
    this.#keys(node, sourceKeys, `Source "${name.text}"`, "its value is dropped");
    const tables = entryOf(node, "tables");
    for (const table of tables === undefined ? [] : this.#list(tables)) {
      const own = this.#name(table, `Every table of source "${name.text}"`);
      if (own === undefined) continue;
      const label = `Table "${name.text}.${own.text}"`;
      if (table.kind === "map") this.#keys(table, tableKeys, label, "its value is dropped");
      this.#tables.push({
        sourceName: name.text,
        name: own.text,
        sourceNode: node,
        node: table,
        source: this.#source,
        place: own.place,
        columns: this.#columns(table, label),
        tests: this.#allTests(table),
      });
    }
  }

  #columns(node: YamlNode, owner: string): ColumnEntry[] {
    const columns = entryOf(node, "columns");
    const found: ColumnEntry[] = [];
    for (const column of columns === undefined ? [] : this.#list(columns)) {
      const name = this.#name(column, `Every column of ${owner}`);
      if (name === undefined) continue;
      this.#keys(column, columnKeys, `Column "${name.text}" of ${owner}`, "its value is dropped");
      found.push({ name: name.text, node: column, place: name.place });
    }
    return found;
  }

  /** The tests of a resource: its own, then its columns'. */
  #allTests(node: YamlNode): TestCall[] {
    const calls = this.#tests(node, undefined);
    const columns = entryOf(node, "columns")?.value;
    for (const column of columns?.kind === "list" ? columns.items : []) {
      const name = textOf(entryOf(column, "name")?.value);
      const quote = entryOf(column, "quote")?.value;
      if (name === undefined) continue;
      calls.push(...this.#tests(column, { name, quote: quote?.kind === "scalar" && quote.value === true }));
    }
    return calls;
  }

  #tests(node: YamlNode, column: TestCall["column"]): TestCall[] {
    const calls: TestCall[] = [];
    for (const key of ["data_tests", "tests"]) {
      const entry = entryOf(node, key);
      for (const item of entry === undefined ? [] : this.#list(entry)) {
        const call = this.#test(item, column);
        if (call !== undefined) calls.push(call);
      }
    }
    return calls;
  }

  #test(item: YamlNode, column: TestCall["column"]): TestCall | undefined {
    const place = this.#source.span(item.start, item.kind === "scalar" ? item.end : item.start + 1);
    const bare = textOf(item);
    const common = { column, source: this.#source, place };
    if (bare !== undefined)
      return { test: bare, name: undefined, arguments: [], config: [], description: undefined, ...common };
    if (item.kind !== "map" || item.entries.length === 0) {
      this.#shape(item, "A test is a name, or a name with its arguments below it.");
      return undefined;
    }
    const named = textOf(entryOf(item, "test_name")?.value);
    const first = item.entries.find((e) => e.value.kind === "map" || e.value.kind === "scalar")!;
    const body = named === undefined ? first.value : item;
    const test = named ?? first.key;
    const config: YamlEntry[] = [];
    const args: YamlEntry[] = [];
    let name: string | undefined;
    let description: YamlNode | undefined;
    // `- not_null:` with `config:` one level too shallow is what dbt reads too: keys beside the test's own.
    const beside = named === undefined ? item.entries.filter((e) => e !== first) : [];
    for (const entry of [...(body.kind === "map" ? body.entries : []), ...beside]) {
      if (entry.key === "test_name") continue;
      if (entry.key === "name") name = textOf(entry.value);
      else if (entry.key === "description") description = entry.value;
      else if (entry.key === "config") config.push(...(entry.value.kind === "map" ? entry.value.entries : []));
      else if (entry.key === "arguments" && entry.value.kind === "map") args.push(...entry.value.entries);
      else if (testConfigKeys.includes(entry.key)) config.push(entry);
      else args.push(entry);
    }
    const own = named === undefined ? this.#source.span(first.start, first.end) : place;
    return { test, name, arguments: args, config, description, ...common, place: own };
  }

  #name(node: YamlNode, what: string): { text: string; place: Span } | undefined {
    const entry = entryOf(node, "name");
    const text = textOf(entry?.value);
    if (entry !== undefined && text !== undefined) {
      return { text, place: this.#source.span(entry.value.start, entry.value.end) };
    }
    this.#shape(node, `${what} needs a name.`);
    return undefined;
  }

  #list(entry: YamlEntry): readonly YamlNode[] {
    if (entry.value.kind === "list") return entry.value.items;
    if (entry.value.kind === "scalar" && entry.value.value === null) return [];
    this.#shape(entry.value, `"${entry.key}" holds a list: each item begins with "- ".`);
    return [];
  }

  #keys(node: YamlNode, known: readonly string[], of: string, effect: string): void {
    if (node.kind !== "map") return;
    for (const entry of node.entries) {
      if (known.includes(entry.key)) continue;
      const span = this.#span(entry);
      const fixes = renameFix(entry.key, nearest(entry.key, known), span, (name) => name);
      this.#diagnostics.push(sqlCodes.create("unknown-key", { key: entry.key, of, known, effect }, { span, fixes }));
    }
  }

  #shape(node: YamlNode, reason: string): void {
    const span = this.#source.span(node.start, node.kind === "scalar" ? node.end : node.start + 1);
    this.#diagnostics.push(sqlCodes.create("bad-yaml", { reason }, { span }));
  }

  #span(entry: YamlEntry): Span {
    return this.#source.span(entry.start, entry.end);
  }
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
