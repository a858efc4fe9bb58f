import type { Palette } from "@meshwork/diagnostics";
import { table } from "./table.ts";

interface Line {
  readonly level: string;
  readonly code: string;
  readonly message: string;
}

const weight = { major: 0, minor: 1, patch: 2, none: 3 } as Readonly<Record<string, number>>;

/** Changes, the gravest first. */
export function changeLines(changes: readonly Line[], c: Palette): string[] {
  const word = (level: string) => (level === "major" ? c.bad(level) : level === "minor" ? c.warn(level) : c.dim(level));
  const sorted = [...changes].sort((a, b) => (weight[a.level] ?? 9) - (weight[b.level] ?? 9));
  return table(sorted.map((line) => [`  ${word(line.level)}`, line.code, line.message]));
}
