import { nearest } from "@meshwork/diagnostics";
import type { Diagnostic, Span } from "@meshwork/diagnostics";
import {
  columnKeys,
  fileKeys,
  otherKeys,
  resourceKeys,
  sectionWords,
  sourceKeys,
  tableKeys,
  testConfigKeys,
  versionKeys,
} from "./properties-keys.ts";
import { argumentsBeside } from "./deprecations.ts";
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
  readonly column: { readonly name: string; readonly quote: boolean; readonly tags: readonly string[] } | undefined;
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
  readonly kind: "model" | "seed" | "snapshot" | "macro" | "test" | "analysis";
  readonly name: string;
  readonly node: YamlNode;
  readonly source: SourceText;
  readonly place: Span;
  readonly columns: readonly ColumnEntry[];
  readonly tests: readonly TestCall[];
  /** Folders between the resource path and the file. */
  readonly folders: readonly string[];
  readonly versions: readonly VersionEntry[];
  /** `latest_version` as written. */
  readonly latest: string | undefined;
  /** Of one version of a model: its own item below `versions:`. */
  readonly version?: VersionEntry | undefined;
}

/** One item below `versions:` of a model. */
export interface VersionEntry {
  readonly version: string;
  readonly node: YamlNode;
  readonly place: Span;
  readonly definedIn: string | undefined;
  /** Which columns of the model it keeps, as `include:` and `exclude:` say. */
  readonly keeps: (column: string) => boolean;
  readonly columns: readonly ColumnEntry[];
  /** Its own tests in place of the model's; nothing where it names none. */
  readonly tests: readonly TestCall[] | undefined;
  readonly columnTests: readonly TestCall[];
}

/** An entry of a section that describes no file: a unit test, an exposure, a metric … */
export interface PropertiesEntry {
  readonly section: OtherSection;
  readonly name: string;
  readonly node: YamlNode;
  readonly source: SourceText;
  readonly place: Span;
  readonly folders: readonly string[];
}

export type OtherSection = "unit_tests" | "exposures" | "metrics" | "semantic_models" | "saved_queries" | "groups";

export interface TableEntry {
  readonly sourceName: string;
  readonly name: string;
  readonly sourceNode: YamlNode;
  readonly node: YamlNode;
  readonly source: SourceText;
  readonly place: Span;
  readonly columns: readonly ColumnEntry[];
  readonly tests: readonly TestCall[];
  readonly folders: readonly string[];
}

export interface Properties {
  readonly resources: readonly ResourceEntry[];
  readonly tables: readonly TableEntry[];
  readonly others: readonly PropertiesEntry[];
  readonly diagnostics: readonly Diagnostic[];
}

const sections = {
  models: "model",
  seeds: "seed",
  snapshots: "snapshot",
  macros: "macro",
  tests: "test",
  data_tests: "test",
  analyses: "analysis",
} as const;

const others = ["unit_tests", "exposures", "metrics", "semantic_models", "saved_queries", "groups"] as const;

/** Reads the parsed YAML of one properties file; `folders` lie between the resource path and the file. */
export function readProperties(
  source: SourceText,
  root: YamlNode | undefined,
  folders: readonly string[] = [],
): Properties {
  return root === undefined
    ? { resources: [], tables: [], others: [], diagnostics: [] }
    : new Reader(source, folders).read(root);
}

class Reader {
  readonly #source: SourceText;
  readonly #resources: ResourceEntry[] = [];
  readonly #tables: TableEntry[] = [];
  readonly #others: PropertiesEntry[] = [];
  readonly #folders: readonly string[];
  readonly #diagnostics: Diagnostic[] = [];

  constructor(source: SourceText, folders: readonly string[]) {
    this.#source = source;
    this.#folders = folders;
  }

  read(root: YamlNode): Properties {
    if (root.kind !== "map") {
      this.#shape(root, "A properties file is a mapping with keys like models: and sources:.");
    } else {
      this.#keys(root, fileKeys, "A properties file", "what is below it is not read");
      for (const entry of root.entries) {
        if (entry.key === "functions") {
          const what = { what: "functions:", detail: "create them with on-run-start, or write a macro" };
          const extra = { severity: "warning" as const, span: this.#span(entry) };
          this.#diagnostics.push(sqlCodes.create("not-supported", what, extra));
        }
        if (entry.key === "sources") for (const node of this.#list(entry)) this.#readSource(node);
        const kind = Object.hasOwn(sections, entry.key) ? sections[entry.key as keyof typeof sections] : undefined;
        if (kind !== undefined) for (const node of this.#list(entry)) this.#readResource(kind, node);
        const section = others.find((o) => o === entry.key);
        if (section !== undefined) for (const node of this.#list(entry)) this.#readOther(section, node);
      }
    }
    return { resources: this.#resources, tables: this.#tables, others: this.#others, diagnostics: this.#diagnostics };
  }

  #readResource(kind: ResourceEntry["kind"], node: YamlNode): void {
    const name = this.#name(node, `Every ${kind} entry`);
    if (name === undefined) return;
    const label = `${capital(kind)} "${name.text}"`;
    this.#keys(node, resourceKeys[kind], label, "its value is dropped");
    const tested = kind === "model" || kind === "seed" || kind === "snapshot";
    const versions = kind === "model" ? entryOf(node, "versions") : undefined;
    this.#resources.push({
      kind,
      name: name.text,
      node,
      source: this.#source,
      place: name.place,
      columns: tested || kind === "analysis" ? this.#columns(node, label) : [],
      tests: tested ? this.#allTests(node) : [],
      folders: this.#folders,
      latest: textOf(entryOf(node, "latest_version")?.value),
      versions: versions === undefined ? [] : this.#list(versions).flatMap((v) => this.#version(v, label) ?? []),
    });
  }

  #version(node: YamlNode, label: string): VersionEntry | undefined {
    const entry = entryOf(node, "v");
    const version = textOf(entry?.value);
    if (entry === undefined || version === undefined) {
      this.#shape(node, `Every version of ${label} needs a "v".`);
      return undefined;
    }
    this.#keys(node, versionKeys, `Version ${version} of ${label}`, "its value is dropped");
    const columns = entryOf(node, "columns");
    const items = columns === undefined ? [] : this.#list(columns);
    const chosen = items.find((i) => entryOf(i, "include") !== undefined || entryOf(i, "exclude") !== undefined);
    const names = (key: string): string[] => {
      const value = entryOf(chosen, key)?.value;
      return (value?.kind === "list" ? value.items : value === undefined ? [] : [value]).flatMap(
        (v) => textOf(v) ?? [],
      );
    };
    const include = names("include");
    const exclude = names("exclude");
    const all = chosen === undefined || include.length === 0 || include.includes("all") || include.includes("*");
    const own = items.filter((i) => i !== chosen);
    const tests = entryOf(node, "data_tests") ?? entryOf(node, "tests");
    return {
      version,
      node,
      place: this.#source.span(entry.value.start, entry.value.end),
      definedIn: textOf(entryOf(node, "defined_in")?.value),
      keeps: (column) => (all || include.includes(column)) && !exclude.includes(column),
      columns: this.#columnList(own, `version ${version} of ${label}`),
      tests: tests === undefined ? undefined : this.#tests(node, undefined),
      columnTests: own.flatMap((column) => this.#columnTests(column)),
    };
  }

  #readOther(section: OtherSection, node: YamlNode): void {
    const name = this.#name(node, `Every entry of ${section}`);
    if (name === undefined) return;
    this.#keys(node, otherKeys[section], `${capital(sectionWords[section])} "${name.text}"`, "its value is dropped");
    this.#others.push({
      section,
      name: name.text,
      node,
      source: this.#source,
      place: name.place,
      folders: this.#folders,
    });
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
        folders: this.#folders,
      });
    }
  }

  #columns(node: YamlNode, owner: string): ColumnEntry[] {
    const columns = entryOf(node, "columns");
    return columns === undefined ? [] : this.#columnList(this.#list(columns), owner);
  }

  #columnList(columns: readonly YamlNode[], owner: string): ColumnEntry[] {
    const found: ColumnEntry[] = [];
    for (const column of columns) {
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
    for (const column of columns?.kind === "list" ? columns.items : []) calls.push(...this.#columnTests(column));
    return calls;
  }

  #columnTests(column: YamlNode): TestCall[] {
    const name = textOf(entryOf(column, "name")?.value);
    const quote = entryOf(column, "quote")?.value;
    if (name === undefined) return [];
    const tags = [entryOf(column, "tags"), entryOf(entryOf(column, "config")?.value, "tags")].flatMap((entry) => {
      const value = entry?.value;
      return (value?.kind === "list" ? value.items : value === undefined ? [] : [value]).flatMap(
        (t) => textOf(t) ?? [],
      );
    });
    return this.#tests(column, { name, quote: quote?.kind === "scalar" && quote.value === true, tags });
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
    const loose = args.filter((a) => body.kind === "map" && body.entries.includes(a));
    if (loose.length > 0 && named === undefined && entryOf(body, "arguments") === undefined)
      this.#diagnostics.push(argumentsBeside(this.#source, body, loose));
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
      const near = nearest(entry.key, known);
      const fixes = renameFix(entry.key, near, span, (name) => name);
      // A key of the author's own is dropped, as dbt does; one that is a slip away from a known key is a mistake.
      const extra =
        near.length > 0
          ? { span, fixes }
          : { span, severity: "warning" as const, help: "put keys of your own below config: meta:" };
      this.#diagnostics.push(sqlCodes.create("unknown-key", { key: entry.key, of, known, effect }, extra));
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
