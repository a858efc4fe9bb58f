import type { ImportOptions } from "../../operations/import.ts";
import type { SourceRead } from "../read-source.ts";

/** A database whose own catalog is asked. */
export interface Catalog {
  read(options: Pick<ImportOptions, "cwd" | "source" | "only" | "profile" | "env" | "signal">): Promise<SourceRead>;
}

/** The catalog that a source names by its address, or that `--from` names; undefined where it is a file to read. */
export function catalogOf(source: string, from: string | undefined): Catalog | undefined {
  if (/^postgres(?:ql)?:\/\//i.test(source) || from === "postgres")
    return { read: async (options) => (await import("./postgres-catalog.ts")).readPostgres(options) };
  if (/^trino:\/\//i.test(source) || from === "trino")
    return { read: async (options) => (await import("./trino-catalog.ts")).readTrino(options) };
  if (from === "duckdb" || (from === undefined && /\.duckdb$/i.test(source)))
    return { read: async (options) => (await import("./duckdb-catalog.ts")).readDuckdb(options) };
  return undefined;
}

/** An address without what nobody else should read. */
export const withoutSecret = (url: string): string => url.replace(/\/\/([^/@]*?):[^/@]*@/, "//$1:•••@");
