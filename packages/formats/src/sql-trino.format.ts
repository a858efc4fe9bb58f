import { trino } from "@meshwork/sql";
import { ddlFormat } from "./ddl/create-tables.ts";
import { ofDialect } from "./ddl/engine-warehouse.ts";

/** Trino: it knows no keys and no conditions, whatever the connector. */
export const sqlTrino = ddlFormat({
  ...ofDialect(trino, (shape) => {
    switch (shape.kind) {
      case "interval":
        return "No connector of Trino stores intervals: it is text.";
      case "array":
        return shape.length === undefined ? undefined : `Trino does not fix the length of a list (${shape.length}).`;
      case "decimal":
        return shape.precision > 38 ? "Trino has decimals of up to 38 digits." : undefined;
      case "integer":
        if (shape.bits === 128 || (shape.bits === 64 && !shape.signed))
          return "Trino has no such integer: it is a decimal.";
        return shape.signed ? undefined : "Trino has integers with a sign: the next wider is taken.";
      default:
        return undefined;
    }
  }),
  title: "Trino",
  comments: "column",
  tableComment: (text) => `COMMENT ${trino.literal(text)}`,
});
