import { float, text } from "./columns.ts";
import type { Database } from "./ddl/database.ts";
import { ddlImport } from "./ddl/ddl-import.ts";

/**
 * Amazon Redshift. Lengths of texts count bytes there: the longest that there is says nothing, any other is taken as
 * characters.
 */
export const redshift: Database = {
  name: "redshift",
  title: "Redshift",
  quoting: { names: ['"'], backslash: true },
  folds: true,
  decimal: [18, 0],
  seconds: 6,
  marks: [[/\bDISTKEY\b|\bSORTKEY\b|\bDISTSTYLE\b|\bENCODE\b|\bSUPER\b|\bVARBYTE\b/i, 0.6]],
  types(word, numbers) {
    if (word === "float") return numbers.length === 0 ? float(64) : undefined;
    if (/^(?:n?varchar|character varying)$/.test(word) && numbers[0] === 65_535) return text;
    if (/^(?:varbyte|varbinary|binary varying)$/.test(word) && (numbers[0] ?? 0) >= 1_024_000)
      return { kind: "binary" };
    if (word === "hllsketch" || word === "geometry" || word === "geography") return undefined;
    if (word === "char" || word === "character") return { kind: "string", maxLength: numbers[0] ?? 1 };
    return undefined;
  },
};

export const sqlRedshift = ddlImport(redshift);
