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

/** A column out of a template's own words: `api.Column('id', 'integer')`. */
export function writtenColumn(name: string, type: string, dialect: Dialect): HostObject {
  const base = type.replace(/\(.*$/, "").trim().toLowerCase();
  const is = (words: string): boolean => words.split(" ").includes(base);
  const [size, scale] = (/\(\s*(\d+)(?:\s*,\s*(\d+))?\s*\)/.exec(type) ?? [])
    .slice(1)
    .map((n) => (n === undefined ? null : Number(n)));
  const text = is("text string varchar char") || base === "character varying" || base === "character";
  const integer = is("integer int bigint smallint tinyint hugeint int2 int4 int8 serial bigserial");
  const float = is("float real double float4 float8") || base === "double precision";
  const numeric = is("numeric decimal");
  return defineObject("Column", {
    attributes: {
      name,
      column: name,
      quoted: dialect.identifier(name),
      dtype: type.replace(/\(.*\)$/, ""),
      data_type: type,
      char_size: text ? (size ?? null) : null,
      numeric_precision: numeric ? (size ?? null) : null,
      numeric_scale: numeric ? (scale ?? null) : null,
    },
    methods: {
      is_string: () => text,
      is_integer: () => integer,
      is_float: () => float,
      is_numeric: () => numeric,
      is_number: () => integer || float || numeric,
      string_size: () => (text ? (size ?? 256) : 256),
    },
    text: () => `<Column ${name} (${type})>`,
    plain: () => name,
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
