import { ddlFormat } from "./ddl/create-tables.ts";
import { doubleQuoted, escapedText } from "./ddl/quoting.ts";
import { signedBits, typesOf } from "./ddl/type-loss.ts";

/** Amazon Redshift: keys are declared and not enforced; nested values are SUPER; lengths count bytes, so they are left out. */
export const sqlRedshift = ddlFormat({
  name: "redshift",
  title: "Redshift",
  identifier: doubleQuoted,
  text: escapedText,
  createSchema: ({ schema }) =>
    schema === undefined ? undefined : `CREATE SCHEMA IF NOT EXISTS ${doubleQuoted(schema)}`,
  primaryKey: "",
  unique: "",
  comments: "statement",
  type: typesOf((shape, { lost }) => {
    switch (shape.kind) {
      case "boolean":
        return "BOOLEAN";
      case "integer": {
        const bits = signedBits(shape);
        if (bits <= 64 && ![16, 32, 64].includes(bits))
          lost("Redshift has integers of 16, 32 and 64 bits with a sign: the next wider is taken.", "");
        if (bits <= 16) return "SMALLINT";
        if (bits <= 32) return "INTEGER";
        return bits <= 64
          ? "BIGINT"
          : lost(
              "Redshift has integers of 64 bits: it is a decimal.",
              shape.bits === 64 ? "DECIMAL(20,0)" : "DECIMAL(38,0)",
            );
      }
      case "float":
        return shape.bits === 32 ? "REAL" : "DOUBLE PRECISION";
      case "decimal":
        return shape.precision > 38 || shape.scale > 37
          ? lost("Redshift has decimals of up to 38 digits.", `DECIMAL(38,${Math.min(37, shape.scale)})`)
          : `DECIMAL(${shape.precision},${shape.scale})`;
      case "string":
        return "VARCHAR(65535)";
      case "uuid":
        return lost("A uuid is text in Redshift.", "CHAR(36)");
      case "binary":
        return "VARBYTE(1024000)";
      case "date":
        return "DATE";
      case "time":
        if (shape.precision !== 6) lost("Redshift keeps 6 digits of a second.", "");
        return shape.zoned ? "TIMETZ" : "TIME";
      case "timestamp": {
        const text = shape.zoned ? "TIMESTAMPTZ" : "TIMESTAMP";
        return shape.precision !== 6 ? lost("Redshift keeps 6 digits of a second.", text) : text;
      }
      case "interval":
        return lost("An interval is text in Redshift.", "VARCHAR(256)");
      case "json":
        return "SUPER";
      case "array":
      case "map":
      case "struct":
        return lost(
          `A ${shape.kind === "array" ? "list" : shape.kind} is SUPER in Redshift, whatever is in it.`,
          "SUPER",
        );
      case "opaque":
        return "SUPER";
    }
  }),
});
