import { toColumn } from "./columns.ts";
import { defineImport } from "./define-import.ts";
import { mapping, readJson } from "./json/json-document.ts";
import { structFields } from "./spark/struct-type.ts";

/** Spark's StructType as `df.schema.json()` gives it. */
export const spark = defineImport({
  name: "spark",
  summary: "Spark's StructType as JSON",
  guess(file, head) {
    if (/\.spark\.json$/i.test(file)) return 1;
    return /^\s*\{/.test(head) &&
      /"type"\s*:\s*"struct"/.test(head) &&
      /"nullable"\s*:/.test(head) &&
      /"metadata"\s*:/.test(head)
      ? 0.9
      : 0;
  },
  read(source, context) {
    const read = readJson(source.file, source.text);
    if (!read.ok) {
      context.report("unreadable", { format: "StructType", reason: read.reason }, { span: read.span });
      return { ports: [] };
    }
    const { document } = read;
    const name = source.file.replace(/^.*\//, "").replace(/(?:\.spark)?\.json$/i, "");
    const columns = structFields(document.value, { document, path: [], port: name, context }).map(toColumn);
    if (mapping(document.value)?.["type"] === "struct" && columns.length > 0)
      return { ports: [{ name, columns, checks: [] }] };
    context.report("nothing-found", { what: "struct with fields" }, { span: document.spanOf([]) });
    return { ports: [] };
  },
});
