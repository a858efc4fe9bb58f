import { toColumn } from "./columns.ts";
import type { Imported, ImportSource, ReadContext } from "./define-import.ts";
import { defineImport } from "./define-import.ts";
import type { JsonDocument } from "./json/json-document.ts";
import { mapping, readJson, texts } from "./json/json-document.ts";
import { addCondition } from "./ddl/table.ts";
import type { Table } from "./ddl/table.ts";
import { databricks } from "./sql-databricks.import.ts";
import { Cursor } from "./ddl/cursor.ts";
import { tokensOf } from "./ddl/tokens.ts";
import { structFields } from "./spark/struct-type.ts";

/**
 * A commit of Delta Lake's `_delta_log` (one action a line): the table's metadata with schema, comment, conditions
 * (`delta.constraints.…`) and properties.
 */
export const delta = defineImport({
  name: "delta",
  summary: "the newest metadata in a Delta table's _delta_log",
  guess(file, head) {
    if (/(?:^|\/)_delta_log\//.test(file)) return 1;
    return /^\s*\{"(?:commitInfo|metaData|protocol|add)"\s*:/.test(head) ? 0.95 : 0;
  },
  read: readDelta,
});

function readDelta(source: ImportSource, context: ReadContext): Imported {
  const found = metadataLine(source, context);
  if (found === undefined) {
    context.report(
      "nothing-found",
      { what: "metaData with a schema" },
      { span: { file: source.file, line: 1, column: 1, endLine: 1, endColumn: 1 } },
    );
    return { ports: [] };
  }
  const { document, metadata } = found;
  const name = texts(metadata["name"]) ?? folderName(source.file);
  const schema = readJson(source.file, String(metadata["schemaString"]));
  if (!schema.ok) {
    context.report(
      "unreadable",
      { format: "Delta schema", reason: schema.reason },
      { span: document.spanOf(["metaData", "schemaString"]) },
    );
    return { ports: [] };
  }
  // The schema is a text inside the line: whatever is said of it points there.
  const inside: JsonDocument = { ...schema.document, spanOf: () => document.spanOf(["metaData", "schemaString"]) };
  const span = document.spanOf(["metaData"]);
  const columns = structFields(inside.value, { document: inside, path: [], port: name, context });
  const table: Table = {
    name,
    namespace: undefined,
    span,
    columns,
    checks: [],
    references: [],
    description: undefined,
  };
  for (const [key, value] of Object.entries(mapping(metadata["configuration"]) ?? {})) {
    const condition = /^delta\.constraints\.(.+)$/.exec(key)?.[1];
    if (condition !== undefined && typeof value === "string") addWritten(condition, value, table, context);
    else if (/^delta\.(?:columnMapping|minReader|minWriter|feature)/.test(key)) continue;
    else
      context.lose({
        feature: "storage",
        message: `The property ${key} is not kept.`,
        port: name,
        span: () => document.spanOf(["metaData", "configuration", key]),
      });
  }
  if (Array.isArray(metadata["partitionColumns"]) && metadata["partitionColumns"].length > 0)
    context.lose({
      feature: "storage",
      message: "How the table is partitioned is not kept.",
      port: name,
      span: () => document.spanOf(["metaData", "partitionColumns"]),
    });
  const description = texts(metadata["description"]);
  return {
    ports: [
      {
        name,
        ...(description === undefined ? {} : { description }),
        columns: table.columns.map(toColumn),
        checks: table.checks,
        span,
      },
    ],
  };
}

function addWritten(name: string, condition: string, table: Table, context: ReadContext): void {
  const tokens = tokensOf("", condition, databricks.quoting);
  if (tokens.open !== undefined || tokens.list.length < 2) return;
  addCondition(new Cursor(tokens, 0, tokens.list.length - 1), name, table, { database: databricks, context, tokens });
}

/** The last metadata of the text: later lines, later files, have the newer one. */
function metadataLine(
  source: ImportSource,
  context: ReadContext,
): { document: JsonDocument; metadata: Readonly<Record<string, unknown>> } | undefined {
  const lines = source.text.split("\n");
  for (let at = lines.length - 1; at >= 0; at--) {
    const line = lines[at]!;
    if (!line.includes('"metaData"')) continue;
    const read = readJson(source.file, line);
    if (!read.ok) {
      context.report(
        "unreadable",
        { format: "Delta log", reason: read.reason },
        { span: { ...read.span, line: at + 1, endLine: at + 1 } },
      );
      return undefined;
    }
    const metadata = mapping(mapping(read.document.value)?.["metaData"]);
    if (metadata === undefined) continue;
    const onLine = (span: ReturnType<JsonDocument["spanOf"]>) => ({ ...span, line: at + 1, endLine: at + 1 });
    return { document: { ...read.document, spanOf: (path) => onLine(read.document.spanOf(path)) }, metadata };
  }
  return undefined;
}

const folderName = (file: string): string =>
  /([^/]+)\/_delta_log\//.exec(file)?.[1] ?? file.replace(/^.*\//, "").replace(/\..*$/, "");
