import type { LogFormat } from "./usage-log.ts";
import { instantOf, textIn } from "./usage-log.ts";

/**
 * A row is a statement with how often it ran. Relations and columns are found in its text. The view does not say when a
 * statement ran last; exports that add `last_seen` do. `userid` is a number: join pg_roles for `rolname`.
 */
export const pg: LogFormat = {
  name: "pg",
  source: "pg_stat_statements",
  keys: ["calls", "queryid"],
  read: (row) => {
    const sql = textIn(row, "query");
    if (sql === undefined || sql === "<insufficient privilege>") return undefined;
    return {
      at: instantOf(row["last_seen"]),
      count: Math.max(1, Math.trunc(Number(textIn(row, "calls") ?? 1)) || 1),
      user: textIn(row, "rolname", "usename", "userid"),
      tool: textIn(row, "application_name"),
      reads: [],
      writes: [],
      sql,
    };
  },
};
