import type { Constraints } from "@meshwork/contract";
import type { Cursor } from "./cursor.ts";
import type { Token } from "./tokens.ts";

/** What a condition says of one column, where a contract has a word for it. */
export interface ColumnCondition {
  readonly column: string;
  readonly constraints: Constraints;
  readonly notNull?: true | undefined;
}

type Value = string | number | boolean;
interface Operand {
  readonly column?: string | undefined;
  /** `length(column)`. */
  readonly length?: string | undefined;
  readonly value?: Value | undefined;
}

const deepestBrackets = 60;

/**
 * The conditions of a `CHECK`, where each is one about a single column: bounds, accepted values, lengths, patterns, not
 * null, joined by AND. Undefined where it says anything else: half a condition would be another one.
 */
export function readCondition(cursor: Cursor): ColumnCondition[] | undefined {
  const found = new ConditionReader(cursor).all(0);
  return found !== undefined && cursor.done ? merged(found) : undefined;
}

/** Two bounds of the same column are one rule; the same key twice is not ours to judge. */
function merged(found: readonly ColumnCondition[]): ColumnCondition[] | undefined {
  const byColumn = new Map<string, ColumnCondition>();
  for (const each of found) {
    const before = byColumn.get(each.column);
    if (before !== undefined && Object.keys(each.constraints).some((key) => key in before.constraints))
      return undefined;
    byColumn.set(each.column, {
      column: each.column,
      constraints: { ...before?.constraints, ...each.constraints },
      notNull: each.notNull ?? before?.notNull,
    });
  }
  return [...byColumn.values()];
}

const flipped: Readonly<Record<string, string>> = { "<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=" };
const patternFunctions = new Set([
  "regexp_matches",
  "regexp_like",
  "regexp_contains",
  "rlike",
  "regexp",
  "regexp_full_match",
]);
const lengthFunctions = new Set(["length", "char_length", "character_length", "len"]);
const castTypes = new Set(["date", "timestamp", "timestamptz", "datetime", "time"]);

class ConditionReader {
  readonly #cursor: Cursor;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  all(depth: number): ColumnCondition[] | undefined {
    const found: ColumnCondition[] = [];
    do {
      const one = this.#one(depth);
      if (one === undefined) return undefined;
      found.push(...one);
    } while (this.#cursor.words("and"));
    return found;
  }

  #one(depth: number): ColumnCondition[] | undefined {
    if (depth > deepestBrackets) return undefined;
    const cursor = this.#cursor;
    const from = cursor.at;
    if (cursor.mark("(")) {
      const inner = this.all(depth + 1);
      if (inner !== undefined && cursor.mark(")") && this.#atEnd()) return inner;
      cursor.at = from;
    }
    return this.#pattern() ?? this.#comparison(depth);
  }

  #atEnd(): boolean {
    return this.#cursor.done || this.#cursor.isMark(")") || this.#cursor.isWords("and");
  }

  /** `regexp_matches(column, 'pattern')` in any of its names. */
  #pattern(): ColumnCondition[] | undefined {
    const cursor = this.#cursor;
    const from = cursor.at;
    if (cursor.peek().kind === "word" && patternFunctions.has(cursor.word()) && cursor.isMark("(", 1)) {
      const name = cursor.word();
      cursor.next();
      cursor.next();
      const subject = this.#operand(0);
      const pattern = cursor.mark(",") ? this.#operand(0)?.value : undefined;
      // MySQL's third argument: case matters, as everywhere else.
      const flags = cursor.mark(",") ? this.#operand(0)?.value : "c";
      if (
        subject?.column !== undefined &&
        typeof pattern === "string" &&
        flags === "c" &&
        cursor.mark(")") &&
        this.#atEnd() &&
        name !== "regexp_full_match"
      )
        return [{ column: subject.column, constraints: { pattern } }];
    }
    cursor.at = from;
    return undefined;
  }

  #comparison(depth: number): ColumnCondition[] | undefined {
    const cursor = this.#cursor;
    const left = this.#operand(depth);
    if (left === undefined) return undefined;
    const column = left.column;
    if (cursor.words("is", "not", "null"))
      return column === undefined ? undefined : this.#ended([{ column, constraints: {}, notNull: true }]);
    if (cursor.words("in")) {
      const values = this.#list(depth);
      return column === undefined || values === undefined
        ? undefined
        : this.#ended([{ column, constraints: { enum: values } }]);
    }
    if (cursor.words("between")) {
      const low = this.#operand(depth)?.value;
      const high = cursor.words("and") ? this.#operand(depth)?.value : undefined;
      if (low === undefined || high === undefined) return undefined;
      const both = [bound(left, ">=", low), bound(left, "<=", high)];
      return both[0] === undefined || both[1] === undefined ? undefined : this.#ended([...both[0], ...both[1]]);
    }
    if (cursor.isMark("~") || cursor.isWords("rlike") || cursor.isWords("regexp")) {
      cursor.next();
      const pattern = this.#operand(depth)?.value;
      return column === undefined || typeof pattern !== "string"
        ? undefined
        : this.#ended([{ column, constraints: { pattern } }]);
    }
    const operator = cursor.peek();
    if (operator.kind !== "mark" || !Object.hasOwn(flipped, operator.text)) return undefined;
    cursor.next();
    if (operator.text === "=" && cursor.isWords("any") && cursor.isMark("(", 1)) {
      cursor.next();
      const values = this.#array();
      return column === undefined || values === undefined
        ? undefined
        : this.#ended([{ column, constraints: { enum: values } }]);
    }
    const right = this.#operand(depth);
    if (right === undefined) return undefined;
    const found =
      right.value !== undefined
        ? bound(left, operator.text, right.value)
        : left.value === undefined
          ? undefined
          : bound(right, flipped[operator.text]!, left.value);
    return found === undefined ? undefined : this.#ended(found);
  }

  #ended(found: ColumnCondition[]): ColumnCondition[] | undefined {
    return this.#atEnd() ? found : undefined;
  }

  #list(depth: number): Value[] | undefined {
    const cursor = this.#cursor;
    if (!cursor.mark("(")) return undefined;
    const values = this.#values(depth);
    return cursor.mark(")") ? values : undefined;
  }

  #values(depth: number): Value[] | undefined {
    const values: Value[] = [];
    do {
      const value = this.#operand(depth)?.value;
      if (value === undefined) return undefined;
      values.push(value);
    } while (this.#cursor.mark(","));
    return values;
  }

  /** Postgres keeps `IN` as `= ANY (ARRAY['a'::text, 'b'::text])`, casts and brackets around it included. */
  #array(): Value[] | undefined {
    const cursor = this.#cursor;
    let open = 0;
    while (cursor.mark("(")) open++;
    if (!cursor.words("array") || !cursor.mark("[")) return undefined;
    const values = this.#values(0);
    if (!cursor.mark("]")) return undefined;
    for (; open > 0; open--) {
      this.#casts();
      if (!cursor.mark(")")) return undefined;
    }
    this.#casts();
    return values;
  }

  /** A column, its length, or a literal; casts and brackets around it are looked through. */
  #operand(depth: number): Operand | undefined {
    if (depth > deepestBrackets) return undefined;
    const cursor = this.#cursor;
    let found: Operand | undefined;
    if (cursor.mark("(")) {
      found = this.#operand(depth + 1);
      if (found === undefined || !cursor.mark(")")) return undefined;
    } else found = this.#simple(depth);
    this.#casts();
    return found;
  }

  #casts(): void {
    const cursor = this.#cursor;
    while (cursor.mark("::")) {
      cursor.next();
      while (["varying", "precision", "with", "without", "time", "zone"].includes(cursor.word())) cursor.next();
      cursor.group();
      while (cursor.isMark("[")) cursor.group();
      while (["with", "without", "time", "zone"].includes(cursor.word())) cursor.next();
    }
  }

  #simple(depth: number): Operand | undefined {
    const cursor = this.#cursor;
    const token = cursor.next();
    switch (token.kind) {
      case "text":
        return { value: token.text };
      case "number":
        return { value: numberOf(token, "") };
      case "name":
        return cursor.isMark(".") || cursor.isMark("(") ? undefined : { column: token.text };
      case "mark": {
        if (token.text !== "-" && token.text !== "+") return undefined;
        const digits = cursor.mark("(") ? this.#bracketed() : cursor.next();
        return digits?.kind === "number" ? { value: numberOf(digits, token.text) } : undefined;
      }
      case "word":
        return this.#word(token, depth);
      case "end":
        return undefined;
    }
  }

  #bracketed(): Token | undefined {
    const token = this.#cursor.next();
    return this.#cursor.mark(")") ? token : undefined;
  }

  #word(token: Token, depth: number): Operand | undefined {
    const cursor = this.#cursor;
    const word = token.text.toLowerCase();
    if (word === "true" || word === "false") return { value: word === "true" };
    if (castTypes.has(word) && cursor.peek().kind === "text") return { value: cursor.next().text };
    if (!cursor.isMark("("))
      return word === "not" || word === "null" || word === "case" || cursor.isMark(".")
        ? undefined
        : { column: token.text };
    if (word === "cast" || word === "try_cast") {
      cursor.next();
      const inner = this.#operand(depth + 1);
      if (!cursor.words("as")) return undefined;
      while (!cursor.done && !cursor.isMark(")")) if (!cursor.group()) cursor.next();
      cursor.next();
      return inner;
    }
    if (lengthFunctions.has(word)) {
      cursor.next();
      const inner = this.#operand(depth + 1);
      return inner?.column !== undefined && cursor.mark(")") ? { length: inner.column } : undefined;
    }
    return undefined;
  }
}

/** Digits that a double does not keep stay text. */
function numberOf(token: Token, sign: string): Value {
  const text = `${sign === "-" ? "-" : ""}${token.text}`;
  const value = Number(text);
  const plain = text.replace(/^(-?)0+(?=\d)/, "$1");
  if (/[.e]/i.test(plain)) return plain.replaceAll(/[^\d]/g, "").replace(/^0+/, "").length > 15 ? text : value;
  return Number.isSafeInteger(value) ? value : text;
}

function bound(of: Operand, operator: string, value: Value): ColumnCondition[] | undefined {
  if (of.length !== undefined) {
    if (typeof value !== "number" || !Number.isInteger(value) || value < 0) return undefined;
    const { length: column } = of;
    switch (operator) {
      case ">=":
        return [{ column, constraints: { minLength: value } }];
      case "<=":
        return [{ column, constraints: { maxLength: value } }];
      case ">":
        return [{ column, constraints: { minLength: value + 1 } }];
      case "<":
        return value === 0 ? undefined : [{ column, constraints: { maxLength: value - 1 } }];
      default:
        return [{ column, constraints: { minLength: value, maxLength: value } }];
    }
  }
  const { column } = of;
  if (column === undefined) return undefined;
  if (operator === "=") return [{ column, constraints: { enum: [value] } }];
  if (typeof value === "boolean") return undefined;
  const key = { ">=": "min", "<=": "max", ">": "exclusiveMin", "<": "exclusiveMax" }[operator];
  return key === undefined ? undefined : [{ column, constraints: { [key]: value } }];
}
