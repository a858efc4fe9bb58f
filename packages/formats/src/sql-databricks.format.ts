import { isRe2Pattern } from "./ddl/conditions.ts";
import { ddlFormat } from "./ddl/create-tables.ts";
import { backQuoted, escapedText } from "./ddl/quoting.ts";
import { signedBits, typesOf } from "./ddl/type-loss.ts";

/** Databricks with Delta tables: keys are informative, conditions are enforced. Spark itself reads it up to the keys. */
export const sqlDatabricks = ddlFormat({
  name: "databricks",
  title: "Databricks",
  identifier: backQuoted,
  text: escapedText,
  createSchema: ({ schema }) =>
    schema === undefined ? undefined : `CREATE SCHEMA IF NOT EXISTS ${backQuoted(schema)}`,
  primaryKey: "NOT ENFORCED",
  checks: "alter",
  comments: "column",
  tableComment: (text) => `COMMENT ${escapedText(text)}`,
  nestedNotNull: true,
  length: (subject) => `char_length(${subject})`,
  matches: (subject, pattern) => (isRe2Pattern(pattern) ? `${subject} RLIKE ${escapedText(pattern)}` : undefined),
  type: typesOf((shape, { inner, lost, node }) => {
    switch (shape.kind) {
      case "boolean":
        return "BOOLEAN";
      case "integer": {
        const bits = signedBits(shape);
        if (!shape.signed && bits <= 64) lost("Databricks has integers with a sign: the next wider is taken.", "");
        if (bits <= 8) return "TINYINT";
        if (bits <= 16) return "SMALLINT";
        if (bits <= 32) return "INT";
        return bits <= 64
          ? "BIGINT"
          : lost(
              `Databricks has integers of 64 bits: it is a decimal.`,
              shape.bits === 64 ? "DECIMAL(20,0)" : "DECIMAL(38,0)",
            );
      }
      case "float":
        return shape.bits === 32 ? "FLOAT" : "DOUBLE";
      case "decimal":
        return shape.precision > 38
          ? lost("Databricks has decimals of up to 38 digits.", `DECIMAL(38,${Math.min(38, shape.scale)})`)
          : `DECIMAL(${shape.precision},${shape.scale})`;
      case "string":
        return "STRING";
      case "uuid":
        return lost("A uuid is text in Databricks.", "STRING");
      case "binary":
        return "BINARY";
      case "date":
        return "DATE";
      case "time":
        return lost("A time of day is text in Databricks.", "STRING");
      case "timestamp": {
        const text = shape.zoned ? "TIMESTAMP" : "TIMESTAMP_NTZ";
        return shape.precision !== 6 ? lost("Databricks keeps 6 digits of a second.", text) : text;
      }
      case "interval":
        return lost("An interval is text in Databricks: Delta stores none.", "STRING");
      case "json":
        return "VARIANT";
      case "array":
        if (shape.length !== undefined) lost(`Databricks does not fix the length of a list (${shape.length}).`, "");
        if (!shape.element.nullable && node.embedding === undefined)
          lost("Elements of a list may be null in Databricks.", "", "not-null");
        return `ARRAY<${inner(shape.element)}>`;
      case "map":
        if (!shape.value.nullable) lost("Values of a map may be null in Databricks.", "", "not-null");
        return `MAP<${inner(shape.key)}, ${inner(shape.value)}>`;
      case "struct":
        return `STRUCT<${shape.fields.map((field) => `${backQuoted(field.name)}: ${inner(field)}${field.nullable ? "" : " NOT NULL"}`).join(", ")}>`;
      case "opaque":
        return "STRING";
    }
  }),
});
