import { LineIndex } from "@meshwork/diagnostics";
import type { Span } from "@meshwork/diagnostics";

/** A file of the project: its text, and the place of any offset in it. Lines are counted on the first question. */
export class SourceText {
  /** Relative to the project's root (or its package's), with `/`. */
  readonly path: string;
  /** Relative to the workspace. */
  readonly file: string;
  readonly text: string;
  #lines: LineIndex | undefined;

  constructor(path: string, file: string, text: string) {
    this.path = path;
    this.file = file;
    this.text = text;
  }

  span(start: number, end: number): Span {
    this.#lines ??= new LineIndex(this.text);
    return this.#lines.span(this.file, start, Math.max(end, start));
  }

  top(): Span {
    return { file: this.file, line: 1, column: 1, endLine: 1, endColumn: 1 };
  }
}
