import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic, TextEdit } from "@meshwork/diagnostics";
import { LineIndex } from "@meshwork/diagnostics";

/**
 * Applies every fix that has one right answer. Fixes whose places overlap one that was taken are left for the next
 * run: after the first edit their text is another. Returns how many findings were fixed.
 */
export function applyFixes(root: string, diagnostics: readonly Diagnostic[]): number {
  const byFile = new Map<string, { start: number; end: number; text: string }[]>();
  const texts = new Map<string, { text: string; lines: LineIndex }>();
  let fixed = 0;
  for (const d of diagnostics) {
    const fix = d.fixes?.find((f) => f.safe);
    if (!fix || fix.edits.length === 0) continue;
    const edits = fix.edits.map((e) => ({ file: e.file ?? d.span?.file, edit: e }));
    if (edits.some((e) => e.file === undefined)) continue;
    const placed = edits.map(({ file, edit }) => ({
      file: file!,
      ...offsets(textOf(root, file!, texts), edit),
      text: edit.text,
    }));
    const free = placed.every(
      (p) =>
        !(byFile.get(p.file) ?? []).some((o) => p.start < o.end && o.start < p.end) &&
        !(byFile.get(p.file) ?? []).some((o) => o.start === p.start && o.end === p.end),
    );
    if (!free) continue;
    for (const p of placed) byFile.set(p.file, [...(byFile.get(p.file) ?? []), p]);
    fixed++;
  }
  for (const [file, edits] of byFile) {
    let { text } = texts.get(file)!;
    for (const e of edits.sort((a, b) => b.start - a.start)) text = text.slice(0, e.start) + e.text + text.slice(e.end);
    const path = join(root, file);
    writeFileSync(`${path}.${process.pid}.tmp`, text);
    renameSync(`${path}.${process.pid}.tmp`, path);
  }
  return fixed;
}

function textOf(root: string, file: string, texts: Map<string, { text: string; lines: LineIndex }>) {
  let known = texts.get(file);
  if (!known) {
    const text = readFileSync(join(root, file), "utf8");
    texts.set(file, (known = { text, lines: new LineIndex(text) }));
  }
  return known;
}

const offsets = ({ lines }: { lines: LineIndex }, e: TextEdit) => ({
  start: lines.offset(e.line, e.column),
  end: lines.offset(e.endLine, e.endColumn),
});
