import type { Value } from "@meshwork/jinja";

/** dbt's `as_number`, `as_bool`, `as_native`, `as_text`: marks for its own reading of YAML, which change no text. */
export const typeFilters: ReadonlyMap<string, (value: Value) => Value> = new Map(
  ["as_number", "as_bool", "as_native", "as_text"].map((name) => [name, (value: Value) => value]),
);
