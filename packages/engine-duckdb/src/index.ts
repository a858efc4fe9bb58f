export { duckdbEngine } from "./duckdb-engine.ts";
export type { DuckdbOptions } from "./duckdb-engine.ts";
