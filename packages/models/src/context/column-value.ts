import { defineObject } from "@meshwork/jinja";
import type { HostObject } from "@meshwork/jinja";
import type { Column, Dialect } from "@meshwork/sql";

/** dbt's `Column`: what `adapter.get_columns_in_relation` lists. */
export function columnValue(column: Column, dialect: Dialect): HostObject {
  const { type } = column;
  const written = dialect.type(type);
  const integer = type.kind === "integer";
  const float = type.kind === "float";
  const numeric = type.kind === "decimal";
  return defineObject("Column", {
    attributes: {
      name: column.name,
      column: column.name,
      quoted: dialect.identifier(column.name),
      dtype: written.replace(/\(.*\)$/, ""),
      data_type: written,
      char_size: null,
      numeric_precision: type.kind === "decimal" ? type.precision : null,
      numeric_scale: type.kind === "decimal" ? type.scale : null,
    },
    methods: {
      is_string: () => type.kind === "string",
      is_integer: () => integer,
      is_float: () => float,
      is_numeric: () => numeric,
      is_number: () => integer || float || numeric,
      string_size: () => (type.kind === "string" ? (type.maxLength ?? 256) : 256),
    },
    text: () => `<Column ${column.name} (${written})>`,
    plain: () => column.name,
  });
}

/** dbt's words for types, as Postgres and DuckDB have them. */
export const translateType = (name: string): string => {
  const words: Readonly<Record<string, string>> = {
    string: "TEXT",
    timestamp: "TIMESTAMP",
    float: "FLOAT",
    integer: "INT",
    boolean: "BOOLEAN",
  };
  const key = name.toLowerCase();
  return Object.hasOwn(words, key) ? words[key]! : name;
};
