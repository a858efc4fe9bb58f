/** A type name taken apart: `timestamp(6) with time zone`, `struct("a" integer)[3]`. Each dialect gives it meaning. */
export interface TypeNode {
  /** Unquoted words, lower case, joined by one space; arguments left out. */
  readonly words: string;
  readonly numbers: readonly number[];
  readonly types: readonly TypeNode[];
  readonly fields: readonly { readonly name: string; readonly type: TypeNode }[];
  /** One entry per array suffix, innermost first; `undefined` is a list of any length. */
  readonly arrays: readonly (number | undefined)[];
}

interface Token {
  readonly kind: "word" | "quoted" | "number" | "string" | "mark";
  readonly text: string;
}

const lexeme = /\s+|([A-Za-z_][\w$]*)|"((?:[^"]|"")*)"|(-?\d+)|'((?:[^']|'')*)'|([(),[\]])/gy;
const longest = 20_000;
const deepest = 64;

/** The tokens of a type name, or `undefined` where something is no part of one (an operator, a semicolon). */
function tokens(text: string): Token[] | undefined {
  if (text.length > longest) return undefined;
  const found: Token[] = [];
  lexeme.lastIndex = 0;
  while (lexeme.lastIndex < text.length) {
    const match = lexeme.exec(text);
    if (match === null) return undefined;
    const [, word, quoted, number, string, mark] = match;
    if (word !== undefined) found.push({ kind: "word", text: word });
    else if (quoted !== undefined) found.push({ kind: "quoted", text: quoted.replaceAll('""', '"') });
    else if (number !== undefined) found.push({ kind: "number", text: number });
    else if (string !== undefined) found.push({ kind: "string", text: string });
    else if (mark !== undefined) found.push({ kind: "mark", text: mark });
  }
  return found;
}

/** Words whose arguments are named fields. */
const structs = new Set(["struct", "row"]);

/** Parses a type name; `undefined` where it is none, or nests deeper than any real type does. */
export function parseTypeSyntax(text: string): TypeNode | undefined {
  const list = tokens(text);
  if (list === undefined || list.length === 0) return undefined;
  let at = 0;
  const mark = (expected: string): boolean => {
    const token = list[at];
    if (token?.kind !== "mark" || token.text !== expected) return false;
    at++;
    return true;
  };

  function type(depth: number): TypeNode | undefined {
    if (depth > deepest) return undefined;
    const words: string[] = [];
    const numbers: number[] = [];
    const types: TypeNode[] = [];
    const fields: { name: string; type: TypeNode }[] = [];
    const arrays: (number | undefined)[] = [];
    const word = (): void => {
      for (let token = list![at]; token?.kind === "word"; token = list![++at]) {
        // Postgres spells a list `integer array` too.
        if (words.length > 0 && token.text.toLowerCase() === "array") arrays.push(undefined);
        else words.push(token.text.toLowerCase());
      }
    };
    word();
    if (words.length === 0) return undefined;
    if (mark("(")) {
      if (!mark(")")) {
        do {
          if (!argument(words[0]!, { numbers, types, fields }, depth)) return undefined;
        } while (mark(","));
        if (!mark(")")) return undefined;
      }
      word();
    }
    while (mark("[")) {
      const token = list![at];
      if (token?.kind === "number") {
        at++;
        arrays.push(Number(token.text));
      } else arrays.push(undefined);
      if (!mark("]")) return undefined;
    }
    return { words: words.join(" "), numbers, types, fields, arrays };
  }

  function argument(
    base: string,
    into: { numbers: number[]; types: TypeNode[]; fields: { name: string; type: TypeNode }[] },
    depth: number,
  ): boolean {
    const token = list![at];
    if (token === undefined) return false;
    if (structs.has(base)) {
      if (token.kind !== "word" && token.kind !== "quoted") return false;
      at++;
      const inner = type(depth + 1);
      if (inner === undefined) return false;
      into.fields.push({ name: token.text, type: inner });
      return true;
    }
    if (token.kind === "number") {
      at++;
      into.numbers.push(Number(token.text));
      return true;
    }
    const inner = type(depth + 1);
    if (inner === undefined) return false;
    into.types.push(inner);
    return true;
  }

  const node = type(0);
  return node !== undefined && at === list.length ? node : undefined;
}

/**
 * Whether a text can stand where a type does and do nothing else: words, quoted names, numbers, strings,
 * balanced brackets. Names of opaque types come out of contracts and are printed only when this holds.
 */
export function isTypeText(text: string): boolean {
  const list = tokens(text);
  if (list === undefined || list.length === 0 || (list[0]!.kind !== "word" && list[0]!.kind !== "quoted")) return false;
  const open: string[] = [];
  for (const token of list) {
    if (token.kind !== "mark") continue;
    if (token.text === "(" || token.text === "[") open.push(token.text === "(" ? ")" : "]");
    else if (token.text === ",") {
      if (open.length === 0) return false;
    } else if (open.pop() !== token.text) return false;
  }
  return open.length === 0;
}
