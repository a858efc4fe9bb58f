export { postgresEngine } from "./postgres-engine.ts";
export type { PostgresOptions } from "./postgres-engine.ts";
export { pgliteEngine } from "./pglite/pglite-engine.ts";
export type { PgliteOptions } from "./pglite/pglite-engine.ts";
export { postgresBinder } from "./binder/postgres-binder.ts";
