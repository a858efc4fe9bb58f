import { avro } from "./avro.import.ts";
import { dbtManifest } from "./dbt-manifest.import.ts";
import { delta } from "./delta.import.ts";
import { greatExpectations } from "./great-expectations.import.ts";
import { iceberg } from "./iceberg.import.ts";
import { protobuf } from "./protobuf.import.ts";
import { spark } from "./spark.import.ts";
import type { ImportFormat } from "./define-import.ts";
import { jsonSchema } from "./json-schema.import.ts";
import { sqlBigquery } from "./sql-bigquery.import.ts";
import { sqlDatabricks } from "./sql-databricks.import.ts";
import { sqlDuckdb } from "./sql-duckdb.import.ts";
import { sqlMysql } from "./sql-mysql.import.ts";
import { sqlPostgres } from "./sql-postgres.import.ts";
import { sqlRedshift } from "./sql-redshift.import.ts";
import { sqlSnowflake } from "./sql-snowflake.import.ts";
import { sqlSqlserver } from "./sql-sqlserver.import.ts";
import { sqlTrino } from "./sql-trino.import.ts";

/** The formats that a contract can be read from: `mesh import --from`. */
export const importFormats: readonly ImportFormat[] = [
  avro,
  dbtManifest,
  delta,
  greatExpectations,
  iceberg,
  jsonSchema,
  protobuf,
  spark,
  sqlBigquery,
  sqlDatabricks,
  sqlDuckdb,
  sqlMysql,
  sqlPostgres,
  sqlRedshift,
  sqlSnowflake,
  sqlSqlserver,
  sqlTrino,
];

export const importFormatNamed = (name: string): ImportFormat | undefined =>
  importFormats.find((format) => format.name === name);

/** The format that a file is most likely of, by its name and first characters; undefined where nothing speaks for any. */
export function guessFormat(file: string, text: string): ImportFormat | undefined {
  const head = text.slice(0, 50_000);
  const [best] = importFormats
    .map((format) => ({ format, sure: format.guess(file, head) }))
    .filter(({ sure }) => sure > 0)
    .sort((a, b) => b.sure - a.sure);
  return best?.format;
}
