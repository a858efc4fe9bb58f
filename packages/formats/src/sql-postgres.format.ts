import { postgres } from "@meshwork/sql";
import { isPostgresPattern } from "./ddl/conditions.ts";
import { ddlFormat } from "./ddl/create-tables.ts";
import { ofDialect } from "./ddl/engine-warehouse.ts";
import type { Warehouse } from "./ddl/warehouse.ts";

/** PostgreSQL: keys and conditions are enforced; structs and maps are jsonb. */
export const postgresTables: Warehouse = {
  ...ofDialect(postgres, (shape) => {
    switch (shape.kind) {
      case "struct":
      case "map":
        return `PostgreSQL keeps a ${shape.kind} as jsonb.`;
      case "array":
        if (shape.element.shape.kind === "array") return "A list of lists has the type of a list in PostgreSQL.";
        return shape.length === undefined
          ? undefined
          : `PostgreSQL does not fix the length of a list (${shape.length}).`;
      case "integer":
        if (shape.bits === 128 || (shape.bits === 64 && !shape.signed))
          return "PostgreSQL has no such integer: it is numeric.";
        return shape.bits === 8 || !shape.signed
          ? "PostgreSQL has integers of 16, 32 and 64 bits with a sign: the next wider is taken."
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
};

export const sqlPostgres = ddlFormat(postgresTables);
