import { duckdb } from "@meshwork/sql";
import { isRe2Pattern } from "./ddl/conditions.ts";
import { ddlFormat } from "./ddl/create-tables.ts";
import { ofDialect } from "./ddl/engine-warehouse.ts";

/** DuckDB 1.5: keys and conditions are enforced; fields of structs may always be null. */
export const sqlDuckdb = ddlFormat({
  ...ofDialect(duckdb, (shape) => {
    if (shape.kind === "time" || shape.kind === "timestamp") {
      const kept = shape.zoned ? [6] : shape.kind === "time" ? [6, 9] : [0, 3, 6, 9];
      return kept.includes(shape.precision) ? undefined : `DuckDB keeps ${kept.join(", ")} digits of a second.`;
    }
    return shape.kind === "decimal" && shape.precision > 38 ? "DuckDB has decimals of up to 38 digits." : undefined;
  }),
  title: "DuckDB",
  primaryKey: "",
  unique: "",
  checks: "table",
  comments: "statement",
  length: duckdb.length,
  matches: (subject, pattern) => (isRe2Pattern(pattern) ? duckdb.matches(subject, duckdb.literal(pattern)) : undefined),
});
