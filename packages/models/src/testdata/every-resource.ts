import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { duckdb } from "@meshwork/sql";
import { loadProject } from "../index.ts";
import type { LoadOptions, Project } from "../index.ts";

const root = fileURLToPath(new URL("./every-resource", import.meta.url));

/** The project with one of everything dbt has, on the target that dbt's answers were recorded with. */
export const everyResource = (options: Partial<LoadOptions> = {}): Project =>
  loadProject({
    root,
    target: { name: "dev", schema: "main", database: "memory", type: "duckdb", threads: 1, profile: "shop" },
    dialect: duckdb,
    now: new Date("2026-01-15T12:00:00Z"),
    ...options,
  });

/** What dbt Core 1.12.6 with dbt-duckdb 1.11.1 said of the same files. */
export const recorded = <T>(name: string): T => JSON.parse(readFileSync(`${root}/${name}.json`, "utf8")) as T;
