import type { Dialect } from "./dialect.ts";
import { duckdb } from "./duckdb.dialect.ts";
import { postgres } from "./postgres.dialect.ts";
import { trino } from "./trino.dialect.ts";

export const dialects = { duckdb, postgres, trino } as const satisfies Record<string, Dialect>;
export type DialectName = keyof typeof dialects;
