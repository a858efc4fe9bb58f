import type { Database } from "./ddl/database.ts";
import { ddlImport } from "./ddl/ddl-import.ts";

/** Trino, also as `SHOW CREATE TABLE` prints it. */
export const trino: Database = {
  name: "trino",
  title: "Trino",
  quoting: { names: ['"'], backslash: false },
  folds: true,
  decimal: [38, 0],
  seconds: 3,
  marks: [
    [
      /\brow\s*\(|\barray\s*\(|\bmap\s*\(|\bvarchar\b(?!\s*\()|timestamp\(\d\) with time zone|WITH\s*\(\s*(?:format|partitioning|location)/i,
      0.35,
    ],
  ],
  types(word, numbers) {
    switch (word) {
      case "char":
        return { kind: "string", maxLength: numbers[0] ?? 1 };
      case "ipaddress":
        return { kind: "string" };
      default:
        return undefined;
    }
  },
};

export const sqlTrino = ddlImport(trino);
