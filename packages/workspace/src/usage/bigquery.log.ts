import type { LogFormat, LogRow } from "./usage-log.ts";
import { instantOf, listOf, recordOf, structureIn, textIn } from "./usage-log.ts";

const relation = (table: LogRow): string[] | undefined => {
  const parts = [
    textIn(table, "project_id", "projectId"),
    textIn(table, "dataset_id", "datasetId"),
    textIn(table, "table_id", "tableId"),
  ].filter((part) => part !== undefined);
  // Results without a destination of their own lie in a dataset whose name begins with an underscore.
  return parts.length < 2 || parts.at(-2)!.startsWith("_") ? undefined : parts;
};

/** A row is a job. It names tables only; its columns are found in the text of the query. */
export const bigquery: LogFormat = {
  name: "bigquery",
  source: "INFORMATION_SCHEMA.JOBS",
  keys: ["referenced_tables", "job_id"],
  read: (row) => {
    // A script's statements are jobs of their own.
    if (textIn(row, "statement_type") === "SCRIPT" || (row["job_type"] ?? "QUERY") !== "QUERY") return undefined;
    const destination = relation(recordOf(structureIn(row, "destination_table")));
    return {
      at: instantOf(row["creation_time"]),
      count: 1,
      user: textIn(row, "user_email", "principal_subject"),
      reads: listOf(structureIn(row, "referenced_tables")).flatMap((table) => {
        const name = relation(table);
        return name === undefined ? [] : [{ relation: name }];
      }),
      writes: destination === undefined ? [] : [destination],
      sql: textIn(row, "query"),
    };
  },
};
