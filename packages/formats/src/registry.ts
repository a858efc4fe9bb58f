import type { Format } from "./define-format.ts";
import { arrow } from "./arrow.format.ts";
import { avro } from "./avro.format.ts";
import { dbtSchema } from "./dbt-schema.format.ts";
import { dialects } from "./dialects.ts";
import { dcat } from "./dcat.format.ts";
import { graphql } from "./graphql.format.ts";
import { greatExpectations } from "./great-expectations.format.ts";
import { html } from "./html.format.ts";
import { iceberg } from "./iceberg.format.ts";
import { jsonSchema } from "./json-schema.format.ts";
import { markdown } from "./markdown.format.ts";
import { parquet } from "./parquet.format.ts";
import { protobuf } from "./protobuf.format.ts";
import { pydantic } from "./pydantic.format.ts";
import { sodaChecks } from "./soda-checks.format.ts";
import { sodaContract } from "./soda-contract.format.ts";
import { spark } from "./spark.format.ts";
import { sqlBigquery } from "./sql-bigquery.format.ts";
import { sqlDatabricks } from "./sql-databricks.format.ts";
import { sqlDuckdb } from "./sql-duckdb.format.ts";
import { sqlMysql } from "./sql-mysql.format.ts";
import { sqlPgvector } from "./sql-pgvector.format.ts";
import { sqlPostgres } from "./sql-postgres.format.ts";
import { sqlRedshift } from "./sql-redshift.format.ts";
import { sqlSnowflake } from "./sql-snowflake.format.ts";
import { sqlSqlserver } from "./sql-sqlserver.format.ts";
import { sqlTrino } from "./sql-trino.format.ts";
import { typescriptZod } from "./typescript-zod.format.ts";

/** The formats that one contract can be written in: `mesh convert --to`. */
export const formats: readonly Format[] = [
  arrow,
  avro,
  dbtSchema,
  dcat,
  graphql,
  greatExpectations,
  html,
  iceberg,
  jsonSchema,
  markdown,
  parquet,
  protobuf,
  pydantic,
  sodaChecks,
  sodaContract,
  spark,
  sqlBigquery,
  sqlDatabricks,
  sqlDuckdb,
  sqlMysql,
  sqlPgvector,
  sqlPostgres,
  sqlRedshift,
  sqlSnowflake,
  sqlSqlserver,
  sqlTrino,
  typescriptZod,
];

export const formatNamed = (name: string): Format | undefined =>
  [...dialects, ...formats].find((format) => format.name === name);
