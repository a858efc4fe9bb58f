import { decimal, float, int, text, timestamp } from "./columns.ts";
import type { Database } from "./ddl/database.ts";
import { ddlImport } from "./ddl/ddl-import.ts";

/** DuckDB: names keep their case and are equal in any; `FLOAT` has 32 bits. */
export const duckdb: Database = {
  name: "duckdb",
  title: "DuckDB",
  quoting: { names: ['"'], backslash: false },
  folds: false,
  decimal: [18, 3],
  seconds: 6,
  marks: [
    [/\b(?:HUGEINT|UBIGINT|UINTEGER|USMALLINT|UTINYINT|TIMESTAMP_(?:S|MS|US|NS))\b/i, 0.5],
    [/\bSTRUCT\s*\(|\bMAP\s*\(|\bregexp_matches\b|\[\d*\]/i, 0.2],
  ],
  types(word) {
    switch (word) {
      case "float":
        return float(32);
      case "timestamp_s":
        return timestamp(0, false);
      case "timestamp_ms":
        return timestamp(3, false);
      case "timestamp_us":
        return timestamp(6, false);
      case "timestamp_ns":
        return timestamp(9, false);
      case "time_ns":
        return { kind: "time", precision: 9, zoned: false };
      case "bignum":
      case "varint":
        return decimal(38, 0);
      case "bit":
      case "bitstring":
        return text;
      case "short":
        return int(16);
      default:
        return undefined;
    }
  },
};

export const sqlDuckdb = ddlImport(duckdb);
