import { duckdb } from "@meshwork/sql";
import { duckdbEngine } from "@meshwork/engine-duckdb";
import type { Session } from "@meshwork/engine";
import { loadProject } from "../index.ts";
import type { FileHost, LoadOptions, Project } from "../index.ts";

/** Files of a project held in memory, by path below its root. */
export function memoryFiles(files: Readonly<Record<string, string>>): FileHost & { readonly reads: string[] } {
  const all = new Map(Object.entries(files).map(([path, text]) => [`/project/${path}`, text]));
  const reads: string[] = [];
  return {
    reads,
    read(path) {
      reads.push(path);
      return all.get(path);
    },
    list(path) {
      const found = new Map<string, boolean>();
      for (const file of all.keys()) {
        if (!file.startsWith(`${path}/`)) continue;
        const [name, ...rest] = file.slice(path.length + 1).split("/");
        found.set(name!, found.get(name!) === true || rest.length > 0);
      }
      return found.size === 0 ? undefined : [...found].map(([name, directory]) => ({ name, directory }));
    },
  };
}

const projectFile = "name: shop\nmodel-paths: [models]\n";

/** A project out of memory, quoted for DuckDB, built into the schema `shop_private`. */
export function memoryProject(files: Readonly<Record<string, string>>, options: Partial<LoadOptions> = {}): Project {
  return loadProject({
    root: "/project",
    files: memoryFiles({ "dbt_project.yml": projectFile, ...files }),
    target: { name: "dev", schema: "shop_private", type: "duckdb" },
    dialect: duckdb,
    now: new Date("2026-01-15T12:00:00Z"),
    ...options,
  });
}

/** Runs work on a DuckDB of its own. */
export async function onDuckdb<T>(work: (session: Session) => Promise<T>): Promise<T> {
  const engine = duckdbEngine({});
  const session = await engine.open();
  try {
    return await work(session);
  } finally {
    await session.close();
    await engine.close();
  }
}

/** All rows of a query, with numbers as numbers. */
export async function rowsOf(session: Session, sql: string): Promise<unknown[][]> {
  const result = await session.query(sql);
  return (await result.rows()).map((row) => row.map((cell) => (typeof cell === "bigint" ? Number(cell) : cell)));
}
