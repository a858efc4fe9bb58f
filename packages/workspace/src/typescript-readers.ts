import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Span } from "@meshwork/diagnostics";
import { LineIndex } from "@meshwork/diagnostics";
import type { ColumnReader, ReadKind } from "./column-readers.ts";
import type { ScriptToken } from "./typescript-tokens.ts";
import { scriptTokens } from "./typescript-tokens.ts";
import type { TypeScriptConsumer } from "./typescript-consumers.ts";
import { consumerFiles } from "./typescript-consumers.ts";
import type { FormerTexts, Product } from "./workspace.ts";

/** What a TypeScript package does with the rows of a product. */
export interface TypeScriptReading {
  /** `model` is the file within the package. */
  readonly reads: readonly ColumnReader[];
  /** Where rows are taken as a whole (`JSON.stringify`, a spread, keys): then a column that is not named may be read, too. */
  readonly whole: readonly { readonly what: string; readonly place: Span }[];
}

interface FileReading {
  /** By name in lower case: columns are SQL's, and properties are spelled like them. */
  readonly mentions: ReadonlyMap<string, { kinds: Set<ReadKind>; at: number }>;
  readonly whole: readonly { readonly what: string; readonly at: number }[];
}

/**
 * Which columns of a product a package's code names: properties that it takes, keys that it writes, texts that hold the
 * name. Any of them counts, whatever object it is of, because only a type checker could tell: a column that is not
 * among them is read nowhere, unless rows are taken as a whole. Generated types are no code of the package.
 */
export function typeScriptReading(
  root: string,
  consumer: TypeScriptConsumer,
  product: Product,
  texts: FormerTexts = new Map(),
): TypeScriptReading {
  const columns = new Map(
    (product.contract?.ports ?? []).flatMap((p) => p.columns.map((c) => [c.name.toLowerCase(), c.name])),
  );
  const reads: ColumnReader[] = [];
  const whole: { what: string; place: Span }[] = [];
  for (const file of consumerFiles(root, consumer.directory, texts)) {
    const source = texts.has(file) ? texts.get(file) : readFileSync(join(root, file), "utf8");
    if (source === undefined) continue;
    const found = readingOfFile(source, isTest(file));
    const lines = new LineIndex(source);
    const placeAt = (at: number, length: number): Span => {
      const { line, column } = lines.position(at);
      return { file, line, column, endLine: line, endColumn: column + length };
    };
    for (const [name, { kinds, at }] of found.mentions) {
      const column = columns.get(name);
      if (column === undefined) continue;
      const model = file.slice(consumer.directory.length + 1);
      reads.push({
        product: consumer.name,
        model,
        column,
        kinds: [...kinds].sort(),
        place: placeAt(at, column.length),
      });
    }
    for (const { what, at } of found.whole) whole.push({ what, place: placeAt(at, 1) });
  }
  return {
    reads: reads.sort((a, b) => (a.model === b.model ? (a.column < b.column ? -1 : 1) : a.model < b.model ? -1 : 1)),
    whole,
  };
}

const isTest = (file: string): boolean => /(?:\.(?:test|spec)\.[cm]?[jt]sx?|\/__tests__\/.*)$/.test(file);

const takesAll = new Set(["keys", "entries", "values", "assign", "fromEntries", "getOwnPropertyNames"]);

function readingOfFile(source: string, test: boolean): FileReading {
  const tokens = scriptTokens(source);
  const mentions = new Map<string, { kinds: Set<ReadKind>; at: number }>();
  const whole: { what: string; at: number }[] = [];
  const mention = (name: string, kind: ReadKind, at: number) => {
    const key = name.toLowerCase();
    const known = mentions.get(key);
    if (known) known.kinds.add(test ? "test" : kind);
    else mentions.set(key, { kinds: new Set([test ? "test" : kind]), at });
  };
  // Indexing a row by a name that is not written out needs one of these, or no types at all.
  const untyped = tokens.some((t) => t.kind === "word" && /^(?:keyof|any|Record|unknown)$/.test(t.text));
  tokens.forEach((token, i) => {
    const [before, after] = [tokens[i - 1], tokens[i + 1]];
    if (token.kind === "string" || token.kind === "template") {
      for (const name of token.text.matchAll(/[\p{L}_$][\p{L}\p{N}_$]*/gu))
        mention(name[0], "name", token.start + 1 + name.index - (token.kind === "template" ? 1 : 0));
      return;
    }
    const what = test ? undefined : takenWhole(token, before, after, tokens[i - 2], untyped);
    if (what !== undefined) whole.push({ what, at: token.start });
    if (token.kind !== "word") return;
    const accessed = before?.kind === "mark" && (before.text === "." || before.text === "?.");
    if (accessed) mention(token.text, "property", token.start);
    else if (isKey(token, before, after)) mention(token.text, "name", token.start);
  });
  return { mentions, whole };
}

/** A key of an object, of a destructuring or of a type: in braces, before or after what stands at the edge of one. */
function isKey(token: ScriptToken, before: ScriptToken | undefined, after: ScriptToken | undefined): boolean {
  if (token.within !== "{") return false;
  if (after === undefined || /^(?:const|let|var)$/.test(before?.text ?? "")) return false;
  const opens =
    before === undefined || /^[{,;}]$/.test(before.text) || /^(?:readonly|get|set|async|static|\*)$/.test(before.text);
  if (opens) return /^[:,}=?(;!]$/.test(after.text);
  // Members of a type may be parted by line breaks alone.
  return !/^[?=&|]$/.test(before.text) && /^[:?]$/.test(after.text);
}

function takenWhole(
  token: ScriptToken,
  before: ScriptToken | undefined,
  after: ScriptToken | undefined,
  object: ScriptToken | undefined,
  untyped: boolean,
): string | undefined {
  if (token.text === "..." && token.within === "{") return "a spread";
  if (token.text === "in" && before?.kind === "word" && token.within === "(") return "for … in";
  if (before?.text === "." && object?.text === "Object" && takesAll.has(token.text)) return `Object.${token.text}`;
  if (before?.text === "." && object?.text === "JSON" && token.text === "stringify") return "JSON.stringify";
  if (token.text === "structuredClone") return token.text;
  const indexed = token.text === "[" && before !== undefined && (before.kind === "word" || /^[)\]]$/.test(before.text));
  const literal = after === undefined || after.kind === "string" || after.text === "]" || /^\d+$/.test(after.text);
  const declared =
    before?.kind === "word" && /^(?:const|let|var|return|of|in|case|type|await|yield|typeof)$/.test(before.text);
  return indexed && !literal && !declared && untyped ? "an index that is not written out" : undefined;
}
