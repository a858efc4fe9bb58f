import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { isAbsolute, join, resolve, sep } from "node:path";
import { EngineError } from "@meshwork/engine";
import type { SourceNode } from "@meshwork/models";
import type { Column, Dialect } from "@meshwork/sql";
import type { LoadedMesh } from "./load-mesh.ts";

/**
 * The files that a source's location reads, as `read_parquet('…/*.parquet')` names them. `undefined` where the
 * text has no path in it: then nobody can say whether its data changed.
 */
export function filesOf(location: string, root: string): string[] | undefined {
  const patterns = [...location.matchAll(/'((?:[^']|'')+)'/g)].map((m) => m[1]!.replaceAll("''", "'"));
  const paths = patterns.filter((p) => p.includes("/") || p.includes("\\"));
  if (paths.length === 0 || paths.some((p) => /^[a-z][a-z0-9+.-]+:\/\//i.test(p))) return undefined;
  return paths.flatMap((p) => expandPattern(isAbsolute(p) ? p : resolve(root, p))).sort();
}

/** What a source holds, by its files' names, sizes and times: reading gigabytes to see whether to read them is no gain. */
export function dataFingerprint(location: string, root: string): string | undefined {
  const files = filesOf(location, root);
  if (files === undefined) return undefined;
  const hash = createHash("sha256");
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest("hex").slice(0, 32);
}

/** `*`, `?` and `**` of file patterns. Bounded: a pattern of another team is not a licence to walk the whole disk. */
export function expandPattern(pattern: string): string[] {
  const out: string[] = [];
  let visited = 0;
  const walk = (at: string, segments: readonly string[], depth: number): void => {
    if (depth > 32 || ++visited > 100_000) return;
    const [segment, ...rest] = segments;
    if (segment === undefined) {
      try {
        if (statSync(at).isFile()) out.push(at);
      } catch {
        // Named, and not there: the engine says so better than we could.
      }
      return;
    }
    if (!/[*?]/.test(segment)) return walk(at === "" ? `${segment}${sep}` : join(at, segment), rest, depth + 1);
    if (segment === "**") walk(at, rest, depth + 1);
    const wanted = new RegExp(
      `^${segment
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replaceAll("*", ".*")
        .replaceAll("?", ".")}$`,
    );
    let entries;
    try {
      entries = readdirSync(at, { withFileTypes: true });
    } catch {
      return;
    }
    for (const entry of entries) {
      if (segment === "**") {
        if (entry.isDirectory()) walk(join(at, entry.name), segments, depth + 1);
      } else if (wanted.test(entry.name)) walk(join(at, entry.name), rest, depth + 1);
    }
  };
  const segments = pattern.split(/[\\/]/);
  walk(
    pattern.startsWith("/") ? "/" : "",
    segments.filter((s) => s !== ""),
    0,
  );
  return out;
}

/** The types that a source's own entry declares; `undefined` where one is missing. */
export function declaredSourceColumns(source: SourceNode, dialect: Dialect): readonly Column[] | undefined {
  const declared = [...source.columns.values()];
  if (declared.length === 0 || declared.some((c) => c.dataType === undefined)) return undefined;
  return declared.map((c) => ({ name: c.name, type: dialect.parseType(c.dataType!), nullable: true }));
}

/** What the files of sources look like, by source id. Sources without files, and files that cannot be read, are absent. */
export async function fileColumns(
  mesh: LoadedMesh,
  locations: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, readonly Column[]>> {
  const out = new Map<string, readonly Column[]>();
  const there = [...locations].filter(([, location]) => (filesOf(location, mesh.workspace.root)?.length ?? 0) > 0);
  if (there.length === 0 || mesh.target.engine !== "duckdb") return out;
  const { EmbeddedTarget } = await import("./embedded-target.ts");
  const reader = await (await EmbeddedTarget.open(mesh)).openReader();
  try {
    for (const [id, location] of there) {
      try {
        out.set(id, (await reader.session.query(`SELECT * FROM ${location} LIMIT 0`)).columns);
      } catch (error) {
        // Not readable is not known; the build says why with the engine's own words.
        if (!(error instanceof EngineError)) throw error;
      }
    }
  } finally {
    await reader.close();
  }
  return out;
}
