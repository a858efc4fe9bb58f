import { decimal, float, int, text, timestamp } from "./columns.ts";
import type { Database } from "./ddl/database.ts";
import { ddlImport } from "./ddl/ddl-import.ts";

/** BigQuery (GoogleSQL): a `TIMESTAMP` is a point in time, a `DATETIME` is not. */
export const bigquery: Database = {
  name: "bigquery",
  title: "BigQuery",
  quoting: { names: ["`"], backslash: true, backslashInNames: true, hash: true },
  folds: false,
  decimal: [38, 9],
  seconds: 6,
  zonedTimestamp: true,
  fullLists: true,
  marks: [
    [/\b(?:INT64|FLOAT64|BIGNUMERIC)\b|OPTIONS\s*\(\s*description|\bBYTES\b/i, 0.6],
    [/STRUCT\s*<|ARRAY\s*</i, 0.1],
  ],
  types(word, numbers) {
    switch (word) {
      case "int":
      case "integer":
      case "smallint":
      case "bigint":
      case "tinyint":
      case "byteint":
        return int(64);
      case "float":
      case "float64":
        return float(64);
      case "bignumeric":
        return numbers.length === 0 ? decimal(76, 38) : decimal(numbers[0]!, numbers[1] ?? 0);
      case "datetime":
        return timestamp(6, false);
      case "geography":
      case "range":
        return undefined;
      case "string":
        return numbers.length === 0 ? text : { kind: "string", maxLength: numbers[0]! };
      default:
        return undefined;
    }
  },
};

export const sqlBigquery = ddlImport(bigquery);
