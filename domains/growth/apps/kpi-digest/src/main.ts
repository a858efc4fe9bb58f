#!/usr/bin/env node
import { join } from "node:path";
import { type DailyWebKpis, dailyWebKpisSchema } from "@acme/growth/daily-web-kpis";
import { DuckDBInstance } from "@duckdb/node-api";
import { digest } from "./digest.ts";

const lake = process.env["MESH_LAKE"] ?? ".mesh/lake/dev";
console.log(digest(await readPort(lake)).join("\n"));

/** Reads the port's files and holds every row against the contract: what does not keep it stops here, not in a chart. */
async function readPort(directory: string): Promise<DailyWebKpis[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const files = join(directory, "growth/daily_web_kpis_v1/current/*.parquet").replaceAll("'", "''");
    // Dates and decimals travel as text: neither has an exact JavaScript type.
    const asText = ["kpi_date", "gross_revenue", "net_revenue", "bounce_rate", "conversion_rate", "average_order_value"];
    const replaced = asText.map((column) => `${column}::varchar as ${column}`).join(", ");
    const rows = await connection.runAndReadAll(`select * replace (${replaced}) from read_parquet('${files}')`);
    return rows.getRowObjects().map((row) => dailyWebKpisSchema.parse(row));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
