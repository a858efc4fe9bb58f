import type { Format } from "./define-format.ts";
import { avro } from "./avro.format.ts";
import { dbtSchema } from "./dbt-schema.format.ts";
import { jsonSchema } from "./json-schema.format.ts";
import { markdown } from "./markdown.format.ts";
import { sqlBigquery } from "./sql-bigquery.format.ts";
import { sqlDatabricks } from "./sql-databricks.format.ts";
import { sqlDuckdb } from "./sql-duckdb.format.ts";
import { sqlMysql } from "./sql-mysql.format.ts";
import { sqlPostgres } from "./sql-postgres.format.ts";
import { sqlRedshift } from "./sql-redshift.format.ts";
import { sqlSnowflake } from "./sql-snowflake.format.ts";
import { sqlSqlserver } from "./sql-sqlserver.format.ts";
import { sqlTrino } from "./sql-trino.format.ts";
import { typescriptZod } from "./typescript-zod.format.ts";

/** The formats that one contract can be written in: `mesh convert --to`. */
export const formats: readonly Format[] = [
  avro,
  dbtSchema,
  jsonSchema,
  markdown,
  sqlBigquery,
  sqlDatabricks,
  sqlDuckdb,
  sqlMysql,
  sqlPostgres,
  sqlRedshift,
  sqlSnowflake,
  sqlSqlserver,
  sqlTrino,
  typescriptZod,
];

export const formatNamed = (name: string): Format | undefined => formats.find((format) => format.name === name);
