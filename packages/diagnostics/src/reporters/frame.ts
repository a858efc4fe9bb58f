import type { Diagnostic } from "../diagnostic.ts";
import type { Palette } from "./colors.ts";

/** Frames must not let a file's bytes steer the terminal. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
export const printable = (text: string): string =>
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "�");

interface Label {
  readonly line: number;
  readonly column: number;
  readonly end: number;
  readonly text: string;
  readonly main: boolean;
}

/** The line of a finding with at most two around it, a mark under the place, and a second label where one is related. */
export function frame(d: Diagnostic, lines: readonly string[], width: number, c: Palette): string[] {
  const span = d.span;
  if (!span || span.line > lines.length) return [];
  const endOf = (line: number, endLine: number, endColumn: number) =>
    endLine === line ? endColumn : (lines[line - 1]?.length ?? 0) + 1;
  const labels: Label[] = [
    { line: span.line, column: span.column, end: endOf(span.line, span.endLine, span.endColumn), text: "", main: true },
  ];
  for (const r of (d.related ?? []).slice(0, 1)) {
    if (r.span.file !== span.file || r.span.line > lines.length) continue;
    labels.push({
      line: r.span.line,
      column: r.span.column,
      end: endOf(r.span.line, r.span.endLine, r.span.endColumn),
      text: r.message,
      main: false,
    });
  }
  labels.sort((a, b) => a.line - b.line || a.column - b.column);
  const shown = new Set<number>();
  for (const label of labels) shown.add(label.line);
  const before = span.line - 1;
  // One line of context above, when it says something: the key that the value belongs to.
  if (before >= 1 && lines[before - 1]!.trim() !== "") shown.add(before);
  const gutter = String(Math.max(...shown)).length + 4;
  // A line that is cut has an ellipsis at each end.
  const room = Math.max(20, width - gutter - 5);
  const out: string[] = [];
  for (const line of [...shown].sort((a, b) => a - b)) {
    const text = printable(lines[line - 1]!.replace(/\r$/, "")).replaceAll("\t", " ");
    const here = labels.filter((l) => l.line === line);
    // A long line is cut around its mark, so that the mark is always on the screen.
    const focus = here[0]?.column ?? 1;
    const from = focus > room - 10 ? Math.max(0, focus - Math.floor(room / 2)) : 0;
    const cut = text.slice(from, from + room);
    const head = line === span.line ? `> ${line}` : `${line}`;
    out.push(
      `${c.dim(head.padStart(gutter))} ${c.dim("|")} ${from > 0 ? "…" : ""}${cut}${from + room < text.length ? "…" : ""}`,
    );
    for (const label of here) {
      const start = label.column - 1 - from + (from > 0 ? 1 : 0);
      const length = Math.max(1, Math.min(label.end - label.column, room - start));
      const mark = label.main ? c.mark(d.severity, "^".repeat(length)) : c.dim("-".repeat(length));
      out.push(
        `${" ".repeat(gutter)} ${c.dim("|")} ${" ".repeat(Math.max(0, start))}${mark}${label.text ? ` ${label.text}` : ""}`,
      );
    }
  }
  return out;
}
