import { float } from "./columns.ts";
import type { Database } from "./ddl/database.ts";
import { ddlImport } from "./ddl/ddl-import.ts";

/**
 * Snowflake, also as `GET_DDL` prints it. Every integer is a `NUMBER(38,0)` there, whatever word was used: the words
 * are read by what they say, and digits as decimals. Names without quotes are in upper case, which nobody means.
 */
export const snowflake: Database = {
  name: "snowflake",
  title: "Snowflake",
  quoting: { names: ['"'], backslash: true },
  folds: true,
  decimal: [38, 0],
  seconds: 9,
  marks: [
    [
      /\bVARIANT\b|TIMESTAMP_(?:NTZ|LTZ|TZ)|\bNUMBER\s*\(|AUTOINCREMENT|TRANSIENT|CLUSTER BY|\bVECTOR\s*\(|MASKING POLICY/i,
      0.45,
    ],
  ],
  types(word) {
    switch (word) {
      case "float":
      case "float4":
      case "float8":
      case "real":
      case "double":
      case "double precision":
        return float(64);
      case "geography":
      case "geometry":
        return undefined;
      default:
        return undefined;
    }
  },
};

export const sqlSnowflake = ddlImport(snowflake);
