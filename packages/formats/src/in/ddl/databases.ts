import { bigquery } from "../sql-bigquery.import.ts";
import { databricks } from "../sql-databricks.import.ts";
import { duckdb } from "../sql-duckdb.import.ts";
import { mysql } from "../sql-mysql.import.ts";
import { postgres } from "../sql-postgres.import.ts";
import { redshift } from "../sql-redshift.import.ts";
import { snowflake } from "../sql-snowflake.import.ts";
import { sqlserver } from "../sql-sqlserver.import.ts";
import { trino } from "../sql-trino.import.ts";
import type { Database } from "./database.ts";

/** Every database whose words are known. */
export const databases: readonly Database[] = [
  bigquery,
  databricks,
  duckdb,
  mysql,
  postgres,
  redshift,
  snowflake,
  sqlserver,
  trino,
];
