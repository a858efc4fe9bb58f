import { float } from "./columns.ts";
import type { Database } from "./ddl/database.ts";
import { ddlImport } from "./ddl/ddl-import.ts";

/** Databricks and Spark SQL: a `TIMESTAMP` is a point in time, `TIMESTAMP_NTZ` is not. */
export const databricks: Database = {
  name: "databricks",
  title: "Databricks",
  quoting: { names: ["`"], backslash: true },
  folds: true,
  decimal: [10, 0],
  seconds: 6,
  zonedTimestamp: true,
  marks: [
    [/USING\s+(?:DELTA|PARQUET|ICEBERG)|TBLPROPERTIES|TIMESTAMP_NTZ|\bSTRING\b|\bRLIKE\b/i, 0.3],
    [/(?:ARRAY|MAP|STRUCT)\s*<|`/i, 0.1],
  ],
  types(word) {
    return word === "float" || word === "real" ? float(32) : undefined;
  },
};

/** Tables of Databricks and Spark. */
export const sqlDatabricks = ddlImport(databricks);
