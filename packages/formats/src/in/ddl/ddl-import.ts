import type { ImportFormat } from "../define-import.ts";
import { defineImport } from "../define-import.ts";
import type { Database } from "./database.ts";
import { readTables } from "./read-tables.ts";

/** Reads `CREATE TABLE` of one database, with keys, conditions and comments, wherever in the text they stand. */
export const ddlImport = (database: Database): ImportFormat =>
  defineImport({
    name: `sql-${database.name}`,
    summary: `tables of ${database.title}`,
    guess(file, head) {
      if (!/\.(?:sql|ddl)$/i.test(file) && !/\bcreate\b[\s\S]{0,60}\btable\b/i.test(head)) return 0;
      if (file.toLowerCase().endsWith(`.${database.name}.sql`)) return 1;
      const found = database.marks.filter(([mark]) => mark.test(head)).map(([, weight]) => weight);
      return Math.min(0.95, 0.3 + found.reduce((sum, weight) => sum + weight, 0));
    },
    read: (source, context) => readTables(source, database, context),
  });
