import { decimal, float, text } from "./columns.ts";
import type { Database } from "./ddl/database.ts";
import { ddlImport } from "./ddl/ddl-import.ts";

/** PostgreSQL, also as `pg_dump --schema-only` writes it. */
export const postgres: Database = {
  name: "postgres",
  title: "PostgreSQL",
  quoting: { names: ['"'], backslash: false },
  folds: true,
  // Without digits it holds any: the widest that most engines have.
  decimal: [38, 9],
  seconds: 6,
  marks: [
    [/\bjsonb\b|\bbytea\b|\bserial\b|character varying|timestamptz|::|\bnextval\(/i, 0.4],
    [/pg_catalog|OWNER TO|PostgreSQL database dump/i, 0.4],
    // What says nothing of itself is read as the most common of them.
    [/./, 0.06],
  ],
  types(word, numbers) {
    switch (word) {
      case "float":
        return numbers.length === 0 ? float(64) : undefined;
      case "money":
        return decimal(19, 2);
      case "inet":
      case "cidr":
      case "macaddr":
      case "bit":
      case "bit varying":
      case "tsvector":
        return text;
      case "char":
      case "character":
        return { kind: "string", maxLength: numbers[0] ?? 1 };
      case "oid":
        return { kind: "integer", bits: 32, signed: false };
      default:
        return undefined;
    }
  },
};

export const sqlPostgres = ddlImport(postgres);
