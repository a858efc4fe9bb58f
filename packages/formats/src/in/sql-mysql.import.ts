import { float, text, timestamp } from "./columns.ts";
import type { Database } from "./ddl/database.ts";
import { ddlImport } from "./ddl/ddl-import.ts";

/** MySQL and MariaDB, also as `SHOW CREATE TABLE` prints it. A `TIMESTAMP` is a point in time; `TINYINT(1)` is a truth value. */
export const mysql: Database = {
  name: "mysql",
  title: "MySQL",
  quoting: { names: ["`"], backslash: true, hash: true },
  folds: false,
  decimal: [10, 0],
  seconds: 0,
  zonedTimestamp: true,
  marks: [
    [/ENGINE\s*=|AUTO_INCREMENT|CHARSET\s*=|\bUNSIGNED\b|\b(?:LONG|MEDIUM|TINY)(?:TEXT|BLOB)\b/i, 0.5],
    [/`/, 0.15],
  ],
  types(word, numbers) {
    switch (word) {
      case "tinyint":
        return numbers[0] === 1 ? { kind: "boolean" } : undefined;
      case "float":
        return numbers.length === 1 && numbers[0]! > 24 ? float(64) : float(32);
      case "real":
      case "double":
      case "double precision":
        return float(64);
      case "datetime":
        return timestamp(numbers[0] ?? 0, false);
      case "text":
      case "longtext":
      case "mediumtext":
      case "tinytext":
      case "bit":
        return text;
      case "char":
        return { kind: "string", maxLength: numbers[0] ?? 1 };
      default:
        return undefined;
    }
  },
};

export const sqlMysql = ddlImport(mysql);
