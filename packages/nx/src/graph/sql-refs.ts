import { join } from "node:path";
import { namesIn, textOf } from "./places.ts";

/** A `ref` in a model: of the own domain, or with the domain it names. */
export interface SqlRef {
  readonly domain?: string | undefined;
  readonly name: string;
  /** `v=` of the ref. */
  readonly version?: number | undefined;
}

/**
 * The refs of a dbt model by a static scan: right for literal arguments, which is what a product's border is
 * crossed with. What macros compute, `typecheck` finds; an edge too many does no harm.
 */
export function refsIn(sql: string): SqlRef[] {
  const code = sql.includes("{#") ? sql.replace(/\{#[\s\S]*?#\}/g, " ") : sql;
  const refs = new Map<string, SqlRef>();
  for (const [, , first, , second, version] of code.matchAll(
    /\bref\s*\(\s*(["'])([^"'\n]{1,200})\1\s*(?:,\s*(["'])([^"'\n]{1,200})\3)?\s*(?:,\s*v(?:ersion)?\s*=\s*["']?v?(\d{1,6}))?/g,
  )) {
    const named = second === undefined ? { name: first! } : { domain: first!, name: second };
    const ref = version === undefined ? named : { ...named, version: Number(version) };
    refs.set(`${named.domain ?? ""}/${named.name}@${version ?? ""}`, ref);
  }
  return [...refs.values()];
}

/** SQL files of a product that can hold refs, with `/`, relative to its folder. */
export function sqlFiles(root: string, directory: string): string[] {
  const found: string[] = [];
  const walk = (below: string, depth: number): void => {
    for (const name of namesIn(join(root, directory, below))) {
      if (name.endsWith(".sql")) found.push(`${below}/${name}`);
      else if (depth < 6 && !name.includes(".")) walk(`${below}/${name}`, depth + 1);
    }
  };
  for (const folder of ["models", "snapshots", "tests", "analyses"]) walk(folder, 0);
  return found;
}

export const readSql = (root: string, directory: string, file: string): string =>
  textOf(join(root, directory, file)) ?? "";
