import { LineIndex } from "@meshwork/diagnostics";
import type { Path, Span } from "@meshwork/diagnostics";

/** A JSON text with the places of what stands in it, worked out when somebody asks. */
export interface JsonDocument {
  readonly file: string;
  readonly value: unknown;
  /** The place of a value; the nearest one above it where the path leads nowhere. */
  spanOf(path: Path): Span;
  /** The characters of a value, as written: numbers beyond 2^53 keep their digits. */
  textAt(path: Path): string | undefined;
}

export type JsonRead =
  | { readonly ok: true; readonly document: JsonDocument }
  | { readonly ok: false; readonly reason: string; readonly span: Span };

/** Reads JSON. Nesting costs no stack: neither here nor in the engine's parser. */
export function readJson(file: string, text: string): JsonRead {
  const lines = (): LineIndex => (index ??= new LineIndex(text));
  let index: LineIndex | undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const at = offsetOf(error, text);
    const found = text.slice(at, at + 1);
    const reason = found === "" ? "it ends too early" : `${JSON.stringify(found)} is not expected here`;
    return { ok: false, reason, span: lines().span(file, at, Math.min(at + 1, text.length)) };
  }
  return {
    ok: true,
    document: {
      file,
      value,
      spanOf(path) {
        const { start, end } = locate(text, path);
        return lines().span(file, start, Math.min(end, lineEnd(text, start)));
      },
      textAt(path) {
        const { start, end, whole } = locate(text, path);
        return whole ? text.slice(start, end) : undefined;
      },
    },
  };
}

const lineEnd = (text: string, from: number): number => {
  const at = text.indexOf("\n", from);
  return at === -1 ? text.length : at;
};

/** V8 tells the place in its message; where it does not, the text ended. */
function offsetOf(error: unknown, text: string): number {
  const message = error instanceof Error ? error.message : "";
  const at = /position (\d+)/.exec(message)?.[1];
  if (at !== undefined) return Number(at);
  const odd = /^Unexpected token (?:'(.)'|(.))/s.exec(message);
  const char = odd?.[1] ?? odd?.[2];
  return char !== undefined && text.trimStart().startsWith(char) ? text.length - text.trimStart().length : text.length;
}

interface Place {
  readonly start: number;
  readonly end: number;
  /** The whole path was followed. */
  readonly whole: boolean;
}

/** Follows a path through a text that is known to be JSON. */
function locate(text: string, path: Path): Place {
  let at = skipSpace(text, 0);
  for (const [i, step] of path.entries()) {
    const next =
      text[at] === "{" && typeof step === "string"
        ? memberAt(text, at, step)
        : text[at] === "[" && typeof step === "number"
          ? itemAt(text, at, step)
          : undefined;
    if (next === undefined) return { start: at, end: endOfValue(text, at), whole: false };
    at = next;
    if (i === path.length - 1) break;
  }
  return { start: at, end: endOfValue(text, at), whole: true };
}

/** Of equal keys the last counts, as for `JSON.parse`. */
function memberAt(text: string, open: number, name: string): number | undefined {
  let at = skipSpace(text, open + 1);
  let found: number | undefined;
  while (text[at] === '"') {
    const end = endOfString(text, at);
    const value = skipSpace(text, skipSpace(text, end) + 1);
    if (JSON.parse(text.slice(at, end)) === name) found = value;
    at = skipSpace(text, endOfValue(text, value));
    if (text[at] !== ",") break;
    at = skipSpace(text, at + 1);
  }
  return found;
}

function itemAt(text: string, open: number, index: number): number | undefined {
  let at = skipSpace(text, open + 1);
  for (let i = 0; text[at] !== "]"; i++) {
    if (i === index) return at;
    at = skipSpace(text, endOfValue(text, at));
    if (text[at] !== ",") break;
    at = skipSpace(text, at + 1);
  }
  return undefined;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && " \t\r\n".includes(text[at]!)) at++;
  return at;
}

function endOfString(text: string, open: number): number {
  let at = open + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function endOfValue(text: string, from: number): number {
  if (text[from] === '"') return endOfString(text, from);
  let at = from;
  if (text[at] !== "{" && text[at] !== "[") {
    while (at < text.length && !",]} \t\r\n".includes(text[at]!)) at++;
    return at;
  }
  let depth = 0;
  do {
    const char = text[at]!;
    if (char === '"') {
      at = endOfString(text, at);
      continue;
    }
    if (char === "{" || char === "[") depth++;
    else if (char === "}" || char === "]") depth--;
    at++;
  } while (depth > 0 && at < text.length);
  return at;
}

/** A mapping, or nothing: for looking into what others wrote. */
export const mapping = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
export const texts = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value : undefined;
export const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
