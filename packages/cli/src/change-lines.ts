import type { Diagnostic, Palette } from "@meshwork/diagnostics";
import { table } from "./table.ts";

interface Line {
  readonly level: string;
  readonly code: string;
  readonly message: string;
}

const weight = { major: 0, minor: 1, patch: 2, none: 3 } as Readonly<Record<string, number>>;

/** Changes, the gravest first; under each the place of its finding, where it has one. */
export function changeLines(changes: readonly Line[], found: readonly Diagnostic[], c: Palette): string[] {
  const word = (level: string) => (level === "major" ? c.bad(level) : level === "minor" ? c.warn(level) : c.dim(level));
  const sorted = [...changes].sort((a, b) => (weight[a.level] ?? 9) - (weight[b.level] ?? 9));
  const lines = table(sorted.map((line) => [`  ${word(line.level)}`, line.code, line.message]));
  return lines.flatMap((line, i) => {
    const change = sorted[i]!;
    const span = found.find((d) => d.code === change.code && d.message === change.message)?.span;
    return span ? [line, `         ${c.place(`${span.file}:${span.line}:${span.column}`)}`] : [line];
  });
}

/** Findings about changes stand in the lines above; others, of a contract that cannot be read, do not. */
export const isChange = (d: Diagnostic): boolean => d.code.startsWith("compat/");
