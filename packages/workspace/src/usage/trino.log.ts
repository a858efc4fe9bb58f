import type { LogFormat, LogRow } from "./usage-log.ts";
import { instantOf, listOf, recordOf, textIn } from "./usage-log.ts";

const relation = (table: LogRow): string[] =>
  ["catalogName", "catalog", "schema", "table"].flatMap((key) => textIn(table, key) ?? []);

/** `columns` are records with `column` or `name`, in older events plain names. */
const columnsOf = (table: LogRow): string[] | undefined => {
  const columns = table["columns"];
  if (!Array.isArray(columns)) return undefined;
  return columns.flatMap((c: unknown) =>
    typeof c === "string" ? c : (textIn(recordOf(c), "column", "name", "columnName") ?? []),
  );
};

/**
 * A row is a QueryCompletedEvent as an event listener writes it. Tables that the statement names itself are in
 * `metadata.tables`; `ioMetadata.inputs` has what lies beneath views, and counts only where the former is absent.
 */
export const trino: LogFormat = {
  name: "trino",
  source: "QueryCompletedEvent of an event listener",
  keys: ["metadata", "iometadata"],
  read: (row) => {
    const metadata = recordOf(row["metadata"]);
    const context = recordOf(row["context"]);
    const io = recordOf(row["iometadata"]);
    // A failed statement has read nothing that it could rely on; a created one is told of again when it is over.
    if (textIn(metadata, "queryState") === "FAILED" || row["iometadata"] === undefined) return undefined;
    const named = listOf(metadata["tables"]).filter((t) => t["directlyReferenced"] !== false);
    const output = recordOf(io["output"]);
    return {
      at: instantOf(row["endtime"] ?? row["createtime"]),
      count: 1,
      user: textIn(context, "user", "principal"),
      role: roleOf(context),
      tool: textIn(context, "source"),
      reads: (named.length > 0 ? named : listOf(io["inputs"])).map((t) => ({
        relation: relation(t),
        columns: columnsOf(t),
      })),
      writes: output["table"] === undefined ? [] : [relation(output)],
      sql: textIn(metadata, "query"),
    };
  },
};

/** The role only where it is one: a list of groups says who somebody is, not as whom they read. */
const roleOf = (context: LogRow): string | undefined => {
  const roles = context["enabledRoles"];
  return Array.isArray(roles) && roles.length === 1 && typeof roles[0] === "string" ? roles[0] : undefined;
};
