import type { Binder } from "@meshwork/engine";

/** What understands an engine's SQL without its server, by the `engine` of a target. A binder is loaded when it is used. */
const loaders: Readonly<Record<string, () => Promise<Binder>>> = {
  duckdb: async () => (await import("@meshwork/engine-duckdb")).duckdbBinder(),
  postgres: async () => (await import("@meshwork/engine-postgres")).postgresBinder(),
};

/** `undefined` where nothing here understands the engine's SQL: then nobody knows what a model yields. */
export const binderLoader = (engine: string): (() => Promise<Binder>) | undefined =>
  Object.hasOwn(loaders, engine) ? loaders[engine] : undefined;

export const boundEngines: readonly string[] = Object.keys(loaders);
