import type { ResourceEntry } from "./properties.ts";

/** The latest of a model's versions: `latest_version`, else the largest number, else the last by name. */
export function latestOf(entry: ResourceEntry, written: string | undefined): string {
  if (written !== undefined) return written;
  const all = entry.versions.map((v) => v.version);
  const numbers = all.map(Number);
  if (numbers.every((n) => !Number.isNaN(n))) return all[numbers.indexOf(Math.max(...numbers))]!;
  return [...all].sort().at(-1)!;
}
