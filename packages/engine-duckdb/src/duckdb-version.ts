import { createRequire } from "node:module";

/** The engine's version, `1.5.5`, without loading it: its package is versioned `1.5.5-r.5`. */
export function duckdbVersion(): string {
  const { version } = createRequire(import.meta.url)("@duckdb/node-api/package.json") as { version: string };
  return version.replace(/-.*$/, "");
}
