import { typeOf } from "@meshwork/contract";
import { dialects } from "@meshwork/sql";
import type { LogicalType } from "@meshwork/sql";

/** The dialect that reads an adapter's type names; of the others the words are read as contracts write them. */
const dialectOf: Readonly<Record<string, keyof typeof dialects>> = {
  duckdb: "duckdb",
  postgres: "postgres",
  redshift: "postgres",
  trino: "trino",
  athena: "trino",
};

/** Words of warehouses that contracts do not have. */
const synonyms: readonly (readonly [RegExp, string])[] = [
  [/^number\s*\(\s*(\d+)\s*,\s*0\s*\)$/i, "decimal($1,0)"],
  [/^(big)?numeric$/i, "decimal(38,9)"],
  [/^bignumeric/i, "decimal"],
  [/^varchar2/i, "varchar"],
  [/^bit$/i, "boolean"],
  [/^datetime2|^smalldatetime$/i, "timestamp"],
  [/^datetimeoffset/i, "timestamp_tz"],
  [/^money$/i, "decimal(19,4)"],
  [/^geography|^geometry/i, "string"],
  [/^float64$|^float8$/i, "double"],
];

/**
 * What a column's type in the warehouse means. Snowflake's `FLOAT` and BigQuery's `FLOAT64` are 64 bits wide, its
 * `TIMESTAMP` is zoned on BigQuery; `undefined` where the word is not known.
 */
export function warehouseType(adapter: string, word: string): LogicalType | undefined {
  const text = word.trim();
  if (text === "") return undefined;
  const known = dialectOf[adapter];
  if (known !== undefined) {
    const type = dialects[known].parseType(text);
    if (type.kind !== "opaque") return type;
  }
  if (/^float$/i.test(text) && (adapter === "snowflake" || adapter === "bigquery")) return { kind: "float", bits: 64 };
  if (adapter === "bigquery" && /^timestamp$/i.test(text)) return { kind: "timestamp", precision: 6, zoned: true };
  // Snowflake says every integer type as NUMBER(38,0): 64 bits hold what such columns hold in practice, but not all they may.
  const written = synonyms.reduce((now, [pattern, replacement]) => now.replace(pattern, replacement), text);
  const type = typeOf(written);
  return "type" in type ? type.type : undefined;
}
