import { decimal, float, int, text, timestamp } from "./columns.ts";
import type { Database } from "./ddl/database.ts";
import { ddlImport } from "./ddl/ddl-import.ts";

/** SQL Server: descriptions are read from `sp_addextendedproperty`; `tinyint` has no sign. */
export const sqlserver: Database = {
  name: "sqlserver",
  title: "SQL Server",
  quoting: { names: ['"', "["], backslash: false },
  folds: false,
  decimal: [18, 0],
  seconds: 7,
  marks: [
    [
      /\bnvarchar\b|\bdatetime2\b|\bdatetimeoffset\b|\buniqueidentifier\b|^\s*GO\s*$|\bCLUSTERED\b|\bIDENTITY\s*\(\d/im,
      0.5,
    ],
    [/\[\w+\]\s*\.?\s*\[?/, 0.2],
  ],
  types(word, numbers) {
    switch (word) {
      case "bit":
        return { kind: "boolean" };
      case "tinyint":
        return int(8, false);
      case "float":
        return numbers.length === 0 ? float(64) : undefined;
      case "money":
        return decimal(19, 4);
      case "smallmoney":
        return decimal(10, 4);
      case "datetime":
        return timestamp(3, false);
      case "datetime2":
        return timestamp(numbers[0] ?? 7, false);
      case "smalldatetime":
        return timestamp(0, false);
      case "datetimeoffset":
        return timestamp(numbers[0] ?? 7, true);
      case "timestamp":
      case "rowversion":
        return { kind: "binary", maxLength: 8 };
      case "text":
      case "ntext":
      case "xml":
        return text;
      case "char":
      case "nchar":
        return { kind: "string", maxLength: numbers[0] ?? 1 };
      default:
        return undefined;
    }
  },
};

export const sqlSqlserver = ddlImport(sqlserver);
