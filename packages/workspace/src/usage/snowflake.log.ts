import type { LogFormat, LogRow } from "./usage-log.ts";
import { instantOf, listOf, structureIn, textIn } from "./usage-log.ts";

/** Tables and views of a list of accessed objects; stages, functions and the like hold no ports. */
const objects = (value: unknown) =>
  listOf(value).flatMap((object: LogRow) => {
    const name = object["objectName"];
    const domain = String(object["objectDomain"] ?? "Table").toLowerCase();
    if (typeof name !== "string" || !/table|view/.test(domain)) return [];
    const columns = object["columns"];
    return [
      {
        relation: nameParts(name),
        columns: Array.isArray(columns) ? listOf(columns).flatMap((c) => textIn(c, "columnName") ?? []) : undefined,
      },
    ];
  });

/** `LAKE.ORDERS."order.events"` in its parts. */
const nameParts = (name: string): string[] =>
  [...name.matchAll(/"((?:[^"]|"")*)"|([^."]+)/g)].map((m) => m[1]?.replaceAll('""', '"') ?? m[2]!);

/**
 * A row is a statement. What it names itself (`direct_objects_accessed`) counts, not the tables beneath a view.
 * The view has no role; exports that join QUERY_HISTORY and SESSIONS have `role_name` and `client_application_id`.
 */
export const snowflake: LogFormat = {
  name: "snowflake",
  source: "ACCOUNT_USAGE.ACCESS_HISTORY",
  keys: ["direct_objects_accessed", "base_objects_accessed"],
  read: (row) => ({
    at: instantOf(row["query_start_time"]),
    count: 1,
    user: textIn(row, "user_name"),
    role: textIn(row, "role_name"),
    tool: textIn(row, "client_application_id", "client_application"),
    reads: objects(structureIn(row, "direct_objects_accessed", "base_objects_accessed")),
    writes: objects(structureIn(row, "objects_modified")).map((o) => o.relation),
  }),
};
