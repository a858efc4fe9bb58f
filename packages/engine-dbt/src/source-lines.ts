import { LineIndex } from "@meshwork/diagnostics";
import type { Span } from "@meshwork/diagnostics";

/**
 * Places in an author's file, of which only the text is known: dbt's artifacts carry no positions. A line of compiled
 * SQL belongs to the author's line that reads the same; lines that a macro wrote belong to the file.
 */
export class SourceLines {
  readonly #file: string;
  readonly #text: string;
  #index: LineIndex | undefined;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  span(start: number, end: number): Span {
    return (this.#index ??= new LineIndex(this.#text)).span(this.#file, start, end);
  }

  top(): Span {
    return { file: this.#file, line: 1, column: 1, endLine: 1, endColumn: 1 };
  }

  /** Where a name stands as an argument of `ref` or `source`. */
  argument(call: "ref" | "source", name: string): Span | undefined {
    const quoted = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    const found = new RegExp(String.raw`\b${call}\s*\([^)]{0,200}?(['"])(${quoted})\1`).exec(this.#text);
    if (found === null) return undefined;
    const start = found.index + found[0].length - 1 - found[2]!.length;
    return this.span(start, start + found[2]!.length);
  }

  /** The place of a stretch of compiled text, where its line stands in the file once. */
  ofCompiled(compiled: string, offset: number, length: number): Span | undefined {
    const start = compiled.lastIndexOf("\n", offset - 1) + 1;
    const newline = compiled.indexOf("\n", offset);
    const line = compiled.slice(start, newline === -1 ? undefined : newline);
    const trimmed = line.trim();
    if (trimmed.length < 3) return undefined;
    const at = this.#text.indexOf(trimmed);
    if (at === -1 || this.#text.includes(trimmed, at + 1)) return undefined;
    const inside = Math.max(0, offset - start - (line.length - line.trimStart().length));
    return this.span(at + inside, at + Math.min(inside + length, trimmed.length));
  }
}
