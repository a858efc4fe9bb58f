import { defineArea, didYouMean, nearest } from "@meshwork/diagnostics";
import type { Diagnostic, Fix, Path, RelatedPlace, Span } from "@meshwork/diagnostics";
import { shown } from "../names.ts";
import { readingCodes } from "../reading-codes.ts";
import type { ReadingCode, ReadingParams } from "../reading-codes.ts";
import { entryOf, exact, FEW_KEYS, toValue } from "./yaml-node.ts";
import type { YamlEntry, YamlMap, YamlNode, YamlScalar } from "./yaml-node.ts";
import type { YamlSource } from "./yaml-source.ts";

// Reading reports under `contract/`; the area that is exported adds the rules to the same codes and pages.
const codes = defineArea(
  "contract",
  { directory: new URL("../rules/", import.meta.url), suffix: ".rule.md" },
  readingCodes,
);

export interface ReportExtra {
  readonly help?: string | undefined;
  readonly severity?: Diagnostic["severity"] | undefined;
  /** A text that is right in the place of the value. */
  readonly replace?: { readonly title: string; readonly text: string; readonly safe: boolean } | undefined;
  readonly related?: () => readonly RelatedPlace[];
}

/** Findings of one file that are told: nobody reads more, and a generated file may have a hundred thousand. */
export const MAX_FINDINGS = 1000;
export const tooMany = `More than ${MAX_FINDINGS} things are wrong with it, and the first of them are told`;

/** Collects what is wrong while a file is read. */
export class Reader {
  readonly source: YamlSource;
  readonly diagnostics: Diagnostic[] = [];
  /** `domain.product`, as soon as it is known. */
  product: string | undefined;

  constructor(source: YamlSource) {
    this.source = source;
  }

  report<C extends ReadingCode>(
    code: C,
    params: ReadingParams<C>,
    path: Path,
    place: () => Span | undefined,
    extra: ReportExtra = {},
  ): void {
    if (this.diagnostics.length > MAX_FINDINGS) return;
    if (this.diagnostics.length === MAX_FINDINGS && (code as string) !== "too-large") {
      this.report("too-large", { what: tooMany }, [], () => this.source.span(0, 0));
      return;
    }
    const { help, severity, replace, related } = extra;
    const create = codes.create as (code: string, params: unknown, extra: object) => Diagnostic;
    const made = create(code, params, {
      path,
      span: () => place() ?? this.source.span(0, 0),
      ...(this.product === undefined ? {} : { product: this.product }),
      ...(help === undefined ? {} : { help }),
      ...(severity === undefined ? {} : { severity }),
    });
    if (replace !== undefined) lazily(made, "fixes", () => replacing(place(), replace));
    if (related !== undefined) lazily(made, "related", related);
    this.diagnostics.push(made);
  }
}

/** Fixes and related places need lines and columns: they wait, like the place itself, until somebody asks. */
function lazily<K extends "fixes" | "related">(made: Diagnostic, key: K, work: () => Diagnostic[K]): void {
  let known: { value: Diagnostic[K] } | undefined;
  Object.defineProperty(made, key, { enumerable: true, get: () => (known ??= { value: work() }).value });
}

function replacing(span: Span | undefined, fix: { title: string; text: string; safe: boolean }): readonly Fix[] {
  if (span === undefined) return [];
  const { file: _, ...range } = span;
  return [{ title: fix.title, edits: [{ ...range, text: fix.text }], safe: fix.safe }];
}

type MapOf<T> = Extract<NonNullable<T>, Readonly<Record<string, unknown>>>;
type EntryOf<T> = MapOf<T> extends Readonly<Record<string, infer V>> ? V : never;
type ItemOf<T> = Extract<NonNullable<T>, readonly unknown[]>[number];

/** A value of the file that may be missing or of another type than `T` says; asking reports what is wrong, once. */
export class Item<T> {
  readonly reader: Reader;
  readonly node: YamlNode | undefined;
  readonly key: YamlScalar | undefined;
  // A contract asks for a thousand keys and reports on few: where something stands is put together when asked for.
  private above: Path;
  private step: string | number | undefined;

  /** Of a part, `path` is that of the whole and `step` leads from there. */
  constructor(
    reader: Reader,
    node: YamlNode | undefined,
    key: YamlScalar | undefined,
    path: Path,
    step?: string | number,
  ) {
    this.reader = reader;
    this.node = node;
    this.key = key;
    this.above = path;
    this.step = step;
  }

  get path(): Path {
    if (this.step !== undefined) {
      this.above = [...this.above, this.step];
      this.step = undefined;
    }
    return this.above;
  }

  /** Something is written here; `~` and an empty value are nothing. */
  get exists(): boolean {
    return this.node !== undefined && !(this.node.kind === "scalar" && this.node.value === null);
  }

  get isMap(): boolean {
    return this.node?.kind === "map";
  }

  /** The name by which messages call it. */
  get name(): string {
    for (let i = this.path.length - 1; i >= 0; i--) {
      const step = this.path[i]!;
      if (typeof step === "string") return step;
    }
    return "document";
  }

  get place(): () => Span | undefined {
    return () => this.reader.source.spanOfNode(this.node, this.key);
  }

  report<C extends ReadingCode>(code: C, params: ReadingParams<C>, extra?: ReportExtra): void {
    this.reader.report(code, params, this.path, this.place, extra);
  }

  text(): string | undefined {
    const node = this.node;
    if (!this.exists || node === undefined) return undefined;
    if (node.kind === "scalar" && typeof node.value === "string") return node.value;
    if (node.kind === "scalar") {
      this.#wrong("a text", {
        replace: { title: "put it in quotes", text: JSON.stringify(node.text), safe: true },
        help: `write it in quotes: ${JSON.stringify(shown(node.text))}`,
      });
      return node.text;
    }
    this.#wrong("a text");
    return undefined;
  }

  flag(): boolean | undefined {
    const node = this.node;
    if (!this.exists || node === undefined) return undefined;
    if (node.kind === "scalar" && typeof node.value === "boolean") return node.value;
    // YAML 1.1 took these for booleans, and people still write them.
    const meant = node.kind === "scalar" ? /^(?:(yes|on|true)|no|off|false)$/i.exec(node.text) : null;
    const text = meant === null ? undefined : String(meant[1] !== undefined);
    this.#wrong(
      "true or false",
      text === undefined ? {} : { replace: { title: `write ${text}`, text, safe: true }, help: `write ${text}` },
    );
    return undefined;
  }

  number(range?: { min: number; max: number; integer?: boolean }): number | undefined {
    const node = this.node;
    if (!this.exists || node === undefined) return undefined;
    if (node.kind !== "scalar" || typeof node.value !== "number") {
      const numeric = node.kind === "scalar" && /^-?\d+(?:\.\d+)?$/.test(node.text.trim());
      const text = numeric ? (node as YamlScalar).text.trim() : "";
      this.#wrong(
        range?.integer === true ? "a whole number" : "a number",
        numeric
          ? { replace: { title: "take away the quotes", text, safe: true }, help: `write ${text} without quotes` }
          : {},
      );
      return undefined;
    }
    const { value } = node;
    if (range === undefined) return value;
    if (value >= range.min && value <= range.max && (range.integer !== true || Number.isInteger(value))) return value;
    const kind = range.integer === true ? "a whole number" : "a number";
    const limits = range.max >= Number.MAX_SAFE_INTEGER ? `from ${range.min}` : `from ${range.min} to ${range.max}`;
    this.report("out-of-range", { what: this.name, value: shown(node.text), range: `${kind} ${limits}` });
    return undefined;
  }

  /** A number, or text for dates and for integers beyond what a number holds. */
  bound(): number | string | undefined {
    const node = this.node;
    if (!this.exists || node === undefined) return undefined;
    const value = node.kind === "scalar" ? exact(node) : undefined;
    if (typeof value === "string" || (typeof value === "number" && Number.isFinite(value))) return value;
    this.#wrong("a number, a date or a text");
    return undefined;
  }

  oneOf<V extends string>(values: readonly V[]): V | undefined {
    const node = this.node;
    if (!this.exists || node === undefined) return undefined;
    const text = node.kind === "scalar" ? node.text : undefined;
    const found = values.find((value) => value === text);
    if (found !== undefined) return found;
    const list = values.join(", ");
    if (text === undefined) this.#wrong(`one of ${list}`);
    else {
      const [near] = nearest(text, values);
      this.report(
        "unknown-value",
        { what: this.name, value: shown(text), suggestion: didYouMean(text, values) },
        {
          help: `write one of ${list}`,
          ...(near === undefined ? {} : { replace: { title: `write ${near}`, text: near, safe: false } }),
        },
      );
    }
    return undefined;
  }

  /** One text or a list of them, as a list. */
  texts(): readonly string[] {
    if (this.node?.kind !== "list") {
      const text = this.text();
      return text === undefined ? [] : [text];
    }
    return this.node.items
      .map((node, i) => new Item<string>(this.reader, node, undefined, this.path, i).listed())
      .filter((text) => text !== undefined);
  }

  /** An entry of a list: nothing written there is a slip, not an absence. */
  listed(): string | undefined {
    if (this.exists) return this.text();
    this.#wrong("a text");
    return undefined;
  }

  /** The entries of a list. */
  items(): readonly Item<ItemOf<T>>[] {
    if (!this.exists) return [];
    if (this.node?.kind !== "list") {
      this.#wrong("a list");
      return [];
    }
    return this.node.items.map((node, i) => new Item(this.reader, node, undefined, this.path, i));
  }

  /** The entries of a map whose keys are names of the author's. */
  entries(): readonly (readonly [string, Item<EntryOf<T>>])[] {
    if (!this.exists) return [];
    if (this.node?.kind !== "map") {
      this.#wrong("a map of keys and values");
      return [];
    }
    return this.node.entries
      .filter((entry) => allowed(this, entry.name, entry.key))
      .map((e) => [e.name, new Item(this.reader, e.value, e.key, this.path, e.name)] as const);
  }

  /** Opens a map of known keys; `where` names it in messages ("The check"). */
  section(where: string): Section<MapOf<T>> | undefined {
    if (!this.exists) return undefined;
    if (this.node?.kind === "map") return new Section<MapOf<T>>(this as Item<unknown>, this.node, where);
    this.#wrong("a map of keys and values");
    return undefined;
  }

  /** Whatever is written, as plain values. */
  value(): unknown {
    return this.node === undefined ? undefined : toValue(this.node);
  }

  wrong(wanted: string, extra?: ReportExtra): void {
    this.#wrong(wanted, extra);
  }

  #wrong(wanted: string, extra: ReportExtra = {}): void {
    this.report(
      "wrong-type",
      { what: this.name, wanted, found: describe(this.node) },
      { help: `write ${wanted}`, ...extra },
    );
  }
}

/** An opened map: keys are asked for by name; what nobody asked for is an unknown key or an extension. */
export class Section<T> {
  readonly item: Item<unknown>;
  readonly #map: YamlMap;
  readonly #where: string;
  /** Of a map with many keys, by name. */
  #byName: Map<string, YamlEntry> | undefined;
  readonly #asked: string[] = [];

  constructor(item: Item<unknown>, map: YamlMap, where: string) {
    this.item = item;
    this.#map = map;
    this.#where = where;
  }

  get<K extends keyof T & string>(key: K): Item<T[K]> {
    this.#asked.push(key);
    const entry = this.#entry(key);
    return new Item(this.item.reader, entry?.value, entry?.key, this.item.path, key);
  }

  #entry(name: string): YamlEntry | undefined {
    if (this.#map.entries.length <= FEW_KEYS) return entryOf(this.#map, name);
    this.#byName ??= new Map(this.#map.entries.map((entry) => [entry.name, entry]));
    return this.#byName.get(name);
  }

  /** As `get`; reports when nothing is written. */
  need<K extends keyof T & string>(key: K): Item<T[K]> {
    const item = this.get(key);
    if (!item.exists) {
      const { reader, path } = this.item;
      const place = item.key === undefined ? this.#head : item.place;
      reader.report("missing-key", { key, where: this.#where }, item.key === undefined ? path : item.path, place);
    }
    return item;
  }

  /** Reports keys that nobody asked for and gives the `x-…` ones. Call it last. */
  done(): Readonly<Record<string, unknown>> {
    if (this.#map.entries.length === 0) return NOTHING;
    let extensions: Record<string, unknown> | undefined;
    for (const entry of this.#map.entries) {
      const { name } = entry;
      if (this.#asked.includes(name)) continue;
      if (name.startsWith("x-")) (extensions ??= {})[name] = toValue(entry.value);
      else this.#unknown(name, entry.key);
    }
    return extensions ?? NOTHING;
  }

  /** Keys that nobody asked for, whatever they are called: maps that carry settings of others. */
  rest(): Readonly<Record<string, unknown>> {
    const rest: Record<string, unknown> = {};
    for (const entry of this.#map.entries) {
      const { name } = entry;
      if (this.#asked.includes(name) || !allowed(this.item, name, entry.key)) continue;
      rest[name] = toValue(entry.value);
    }
    return rest;
  }

  /** A map has no good place of its own: its key, or its first key, stands for it. */
  readonly #head = (): Span | undefined => {
    const key = this.item.key ?? this.#map.entries[0]?.key;
    return key === undefined ? this.item.place() : this.item.reader.source.span(key.start, key.end);
  };

  #unknown(name: string, key: YamlScalar): void {
    const free = this.#asked.filter((asked) => this.#entry(asked) === undefined);
    const candidates = nearest(name, free);
    const [near] = candidates;
    const suggestion = near === undefined ? "" : ` Did you mean "${near}"?`;
    const { reader, path } = this.item;
    reader.report(
      "unknown-key",
      { key: shown(name), where: this.#where, suggestion },
      [...path, name],
      () => reader.source.span(key.start, key.end),
      near === undefined
        ? { help: `keys here: ${[...new Set(this.#asked)].join(", ")}; keys of your own start with x-` }
        : {
            help: `replace it with ${near}`,
            replace: { title: `replace it with ${near}`, text: near, safe: candidates.length === 1 },
          },
    );
  }
}

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze({});

/** `__proto__` is a name that JavaScript keeps for itself: nobody means it. */
function allowed(item: Item<unknown>, name: string, key: YamlScalar): boolean {
  if (name !== "__proto__") return true;
  const { reader, path } = item;
  const place = (): Span => reader.source.span(key.start, key.end);
  reader.report("unknown-key", { key: name, where: "No map", suggestion: "" }, [...path, name], place, {
    help: "remove it",
  });
  return false;
}

function describe(node: YamlNode | undefined): string {
  if (node === undefined) return "nothing";
  if (node.kind !== "scalar") return node.kind === "list" ? "a list" : "a map";
  if (node.value === null) return "nothing";
  return typeof node.value === "string" ? `"${shown(node.value)}"` : shown(node.text);
}
