import { postgres } from "@meshwork/sql";
import { isPostgresPattern } from "./ddl/conditions.ts";
import { ddlFormat } from "./ddl/create-tables.ts";
import { ofDialect } from "./ddl/engine-warehouse.ts";

/** PostgreSQL: keys and conditions are enforced; structs and maps are jsonb. */
export const sqlPostgres = ddlFormat({
  ...ofDialect(postgres, (shape) => {
    switch (shape.kind) {
      case "struct":
      case "map":
        return `PostgreSQL keeps a ${shape.kind} as jsonb.`;
      case "array":
        return shape.length === undefined
          ? undefined
          : `PostgreSQL does not fix the length of a list (${shape.length}).`;
      case "integer":
        return shape.bits === 128 || (shape.bits === 64 && !shape.signed)
          ? "PostgreSQL has no such integer: it is numeric."
          : undefined;
      case "time":
      case "timestamp":
        return shape.precision > 6 ? "PostgreSQL keeps 6 digits of a second." : undefined;
      default:
        return undefined;
    }
  }),
  title: "PostgreSQL",
  primaryKey: "",
  unique: "",
  checks: "table",
  comments: "statement",
  length: postgres.length,
  matches: (subject, pattern) =>
    isPostgresPattern(pattern) ? postgres.matches(subject, postgres.literal(pattern)) : undefined,
});
