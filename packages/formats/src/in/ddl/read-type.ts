import type { NamedPart, Part, PartShape } from "../columns.ts";
import { deepest } from "../columns.ts";
import type { Database } from "./database.ts";
import type { Cursor } from "./cursor.ts";
import { scalarOf } from "./type-words.ts";

export interface FoundType {
  readonly shape: PartShape;
  /** As written, for messages. */
  readonly word: string;
  /** MySQL's `ENUM('a', 'b')`. */
  readonly values?: readonly string[] | undefined;
  /** The model has no word for the type, or for one inside it. */
  readonly unknown?: string | undefined;
  /** Nested deeper than anything is. */
  readonly tooDeep?: boolean | undefined;
}

/** Words that may follow the first one and still belong to the type. */
const following: ReadonlyMap<string, readonly string[]> = new Map([
  ["double", ["precision"]],
  ["character", ["varying", "large object"]],
  ["char", ["varying"]],
  ["national", ["character varying", "character", "char"]],
  [
    "interval",
    [
      "year to month",
      "day to second",
      "day to hour",
      "day to minute",
      "hour to minute",
      "hour to second",
      "minute to second",
      "year",
      "month",
      "day",
      "hour",
      "minute",
      "second",
    ],
  ],
]);
const behind = [
  ["with", "local", "time", "zone"],
  ["with", "time", "zone"],
  ["without", "time", "zone"],
  ["unsigned", "zerofill"],
  ["unsigned"],
  ["signed"],
];

/** Reads a type where one begins; undefined where none does. */
export function readType(cursor: Cursor, database: Database): FoundType | undefined {
  const reader = new TypeReader(cursor, database);
  const from = cursor.peek();
  const shape = reader.type(0);
  if (shape === undefined) return undefined;
  const word = cursor.tokens.source(from, cursor.last);
  return { shape, word, values: reader.values, unknown: reader.unknown, tooDeep: reader.tooDeep };
}

const text: PartShape = { kind: "string" };

class TypeReader {
  readonly #cursor: Cursor;
  readonly #database: Database;
  values: string[] | undefined;
  unknown: string | undefined;
  tooDeep = false;

  constructor(cursor: Cursor, database: Database) {
    this.#cursor = cursor;
    this.#database = database;
  }

  type(depth: number): PartShape | undefined {
    const cursor = this.#cursor;
    const first = cursor.peek();
    if (first.kind !== "word" && first.kind !== "name") return undefined;
    if (depth > deepest) return this.#deeper();
    cursor.next();
    // A type of a schema: `pg_catalog.int4`, `public."Mood"`.
    let word = first.text.toLowerCase();
    while (cursor.isMark(".") && ["word", "name"].includes(cursor.peek(1).kind)) {
      cursor.next();
      word = cursor.next().text.toLowerCase();
    }
    let shape = this.#container(word, depth) ?? this.#plain(word, first);
    for (;;) {
      if (cursor.isMark("[")) {
        const length = cursor.peek(1).kind === "number" ? Number(cursor.peek(1).text) : undefined;
        cursor.group();
        shape = this.#list(shape, length, depth);
      } else if (cursor.isWords("array")) {
        cursor.next();
        cursor.group();
        shape = this.#list(shape, undefined, depth);
      } else return shape;
    }
  }

  #list(element: PartShape, length: number | undefined, depth: number): PartShape {
    if (depth > deepest) return this.#deeper() ?? text;
    const part: Part = { shape: element, nullable: true };
    // Postgres takes a length and does not keep to it; DuckDB does.
    return length === undefined || this.#database.name !== "duckdb"
      ? { kind: "array", element: part }
      : { kind: "array", element: part, length };
  }

  #deeper(): PartShape | undefined {
    this.tooDeep = true;
    const cursor = this.#cursor;
    cursor.next();
    this.#skipArguments();
    return { kind: "json" };
  }

  #skipArguments(): void {
    const cursor = this.#cursor;
    cursor.group();
    if (!cursor.isMark("<")) return;
    let depth = 0;
    do {
      const token = cursor.next();
      if (token.kind !== "mark") continue;
      if (token.text === "<") depth++;
      if (token.text === ">") depth--;
    } while (depth > 0 && !cursor.done);
  }

  #container(word: string, depth: number): PartShape | undefined {
    const cursor = this.#cursor;
    const close = cursor.isMark("<") ? ">" : cursor.isMark("(") ? ")" : undefined;
    switch (word) {
      case "array":
      case "list": {
        if (close === undefined) return { kind: "array", element: { shape: { kind: "json" }, nullable: true } };
        cursor.next();
        const element = this.#part(depth, close);
        if (element === undefined) return undefined;
        return {
          kind: "array",
          element: this.#database.fullLists === true ? { ...element, nullable: false } : element,
        };
      }
      case "map": {
        if (close === undefined) return undefined;
        cursor.next();
        const key = this.type(depth + 1) ?? text;
        cursor.mark(",");
        const value = this.#part(depth, close) ?? { shape: text, nullable: true };
        const scalar = key.kind !== "array" && key.kind !== "map" && key.kind !== "struct";
        if (!scalar) this.unknown ??= "a key that is no scalar";
        return { kind: "map", key: scalar ? key : { kind: "string" }, value };
      }
      case "struct":
      case "row":
      case "object":
      case "record":
      case "nested":
        if (close === undefined) return { kind: "json" };
        cursor.next();
        return { kind: "struct", fields: this.#fields(depth, close) };
      case "vector":
      case "halfvec":
        return this.#vector(close);
      case "enum":
      case "set":
        return close === ")" ? this.#enumeration(word) : undefined;
      case "nullable":
      case "lowcardinality": {
        if (close === undefined) return undefined;
        cursor.next();
        return this.#part(depth, close)?.shape;
      }
      default:
        return undefined;
    }
  }

  /** The one type in brackets, with what it says of NULL. */
  #part(depth: number, close: string): Part | undefined {
    const shape = this.type(depth + 1);
    const nullable = !this.#cursor.words("not", "null");
    while (!this.#cursor.done && !this.#cursor.isMark(close)) this.#cursor.next();
    this.#cursor.next();
    return shape === undefined ? undefined : { shape, nullable };
  }

  #fields(depth: number, close: string): NamedPart[] {
    const cursor = this.#cursor;
    const fields: NamedPart[] = [];
    while (!cursor.done && !cursor.isMark(close)) {
      const name = cursor.next();
      cursor.mark(":");
      const shape = this.type(depth + 1) ?? text;
      let nullable = true;
      let description: string | undefined;
      while (!cursor.done && !cursor.isMark(",") && !cursor.isMark(close)) {
        if (cursor.words("not", "null")) nullable = false;
        else if (cursor.words("comment") && cursor.peek().kind === "text") description = cursor.next().text;
        else if (cursor.isWords("options") && cursor.isMark("(", 1)) {
          cursor.next();
          description = optionText(cursor, "description") ?? description;
        } else if (!cursor.group()) cursor.next();
      }
      if (this.#database.fullLists === true && shape.kind === "array") nullable = false;
      fields.push({ name: name.text, shape, nullable, description });
      cursor.mark(",");
    }
    cursor.next();
    return fields;
  }

  /** Snowflake: `VECTOR(FLOAT, 3)`; pgvector and DuckDB's kin: `vector(3)`. */
  #vector(close: string | undefined): PartShape {
    const inside = close === ")" ? this.#cursor.inside() : undefined;
    let length: number | undefined;
    let element: PartShape = { kind: "float", bits: 32 };
    for (const token of inside?.each() ?? []) {
      if (token.kind === "number") length = Number(token.text);
      if (inside!.isWords("int")) element = { kind: "integer", bits: 8, signed: true };
    }
    return { kind: "array", element: { shape: element, nullable: false }, length };
  }

  #enumeration(word: string): PartShape {
    const inside = this.#cursor.inside()!;
    const values: string[] = [];
    for (; !inside.done; inside.next()) if (inside.peek().kind === "text") values.push(inside.peek().text);
    if (word === "enum") this.values = values;
    else this.unknown ??= "set";
    return text;
  }

  #plain(first: string, at: { readonly text: string }): PartShape {
    const cursor = this.#cursor;
    let word = first;
    for (const more of following.get(first) ?? []) {
      const parts = more.split(" ");
      if (cursor.words(...parts)) {
        word = `${word} ${more}`;
        break;
      }
    }
    const numbers: number[] = [];
    let max = false;
    const inside = cursor.inside();
    if (inside !== undefined) {
      for (; !inside.done; inside.next()) {
        if (inside.peek().kind === "number") numbers.push(Number(inside.peek().text));
        if (inside.isWords("max")) max = true;
      }
    }
    for (const words of behind) {
      if (cursor.words(...words)) {
        word = `${word} ${words.join(" ")}`;
        break;
      }
    }
    const found = scalarOf(word, max ? [] : numbers, this.#database);
    if (found === undefined) this.unknown ??= first === at.text.toLowerCase() ? at.text : first;
    return found ?? text;
  }
}

/** `OPTIONS (description = '…', labels = […])`: the value of one. */
export function optionText(cursor: Cursor, name: string): string | undefined {
  const inside = cursor.inside();
  let found: string | undefined;
  for (const _ of inside?.each() ?? []) {
    if (inside!.isWords(name) && inside!.isMark("=", 1) && inside!.peek(2).kind === "text")
      found = inside!.peek(2).text;
  }
  return found;
}
