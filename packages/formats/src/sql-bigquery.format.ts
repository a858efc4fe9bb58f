import { ddlFormat } from "./ddl/create-tables.ts";
import { escapedText } from "./ddl/quoting.ts";
import { signedBits, typesOf } from "./ddl/type-loss.ts";

// A back quote is escaped by a backslash in BigQuery, not doubled.
const identifier = (name: string): string =>
  `\`${name.replaceAll("\0", "\uFFFD").replaceAll("\\", "\\\\").replaceAll("`", "\\`").replaceAll("\n", "\\n").replaceAll("\r", "\\r")}\``;

/** BigQuery (GoogleSQL): keys are NOT ENFORCED; a list is never null, and holds no null. */
export const sqlBigquery = ddlFormat({
  name: "bigquery",
  title: "BigQuery",
  identifier,
  text: escapedText,
  createSchema: ({ schema }) =>
    schema === undefined ? undefined : `CREATE SCHEMA IF NOT EXISTS ${identifier(schema)}`,
  primaryKey: "NOT ENFORCED",
  comments: "options",
  tableComment: (text) => `OPTIONS (description = ${escapedText(text)})`,
  nestedNotNull: true,
  type: typesOf((shape, { inner, lost, node }) => {
    switch (shape.kind) {
      case "boolean":
        return "BOOL";
      case "integer":
        return signedBits(shape) <= 64
          ? shape.bits === 64
            ? "INT64"
            : lost("BigQuery has one integer, of 64 bits.", "INT64")
          : lost(
              `BigQuery has integers of 64 bits: it is a number of ${shape.bits === 64 ? "NUMERIC" : "BIGNUMERIC"}.`,
              shape.bits === 64 ? "NUMERIC" : "BIGNUMERIC",
            );
      case "float":
        return shape.bits === 64 ? "FLOAT64" : lost("BigQuery has one float, of 64 bits.", "FLOAT64");
      case "decimal": {
        const whole = shape.precision - shape.scale;
        if (shape.scale <= 9 && whole <= 29) return `NUMERIC(${shape.precision}, ${shape.scale})`;
        return shape.scale <= 38 && whole <= 38
          ? `BIGNUMERIC(${shape.precision}, ${shape.scale})`
          : lost("BigQuery has decimals of up to 38 digits on each side of the point.", "BIGNUMERIC");
      }
      case "string":
        return shape.maxLength === undefined ? "STRING" : `STRING(${Math.max(1, shape.maxLength)})`;
      case "uuid":
        return lost("A uuid is text in BigQuery.", "STRING(36)");
      case "binary":
        return shape.maxLength === undefined ? "BYTES" : `BYTES(${Math.max(1, shape.maxLength)})`;
      case "date":
        return "DATE";
      case "time":
        return shape.zoned
          ? lost("A time of day has no zone in BigQuery.", "TIME")
          : shape.precision !== 6
            ? lost("BigQuery keeps 6 digits of a second.", "TIME")
            : "TIME";
      case "timestamp": {
        const text = shape.zoned ? "TIMESTAMP" : "DATETIME";
        return shape.precision !== 6 ? lost("BigQuery keeps 6 digits of a second.", text) : text;
      }
      case "interval":
        return "INTERVAL";
      case "json":
        return "JSON";
      case "array":
        if (node.nullable) lost("A list is empty where it is null in BigQuery.", "", "null");
        if (shape.element.nullable) lost("A list of BigQuery holds no null.", "", "null");
        if (shape.length !== undefined) lost(`BigQuery does not fix the length of a list (${shape.length}).`, "");
        // Lists of lists do not exist: a struct of one field stands between.
        return shape.element.shape.kind === "array" || shape.element.shape.kind === "map"
          ? lost("A list in a list stands in a struct in BigQuery.", `ARRAY<STRUCT<element ${inner(shape.element)}>>`)
          : `ARRAY<${inner(shape.element)}>`;
      case "map":
        return lost(
          "A map is a list of keys and values in BigQuery.",
          `ARRAY<STRUCT<key ${inner(shape.key)}, value ${inner(shape.value)}>>`,
        );
      case "struct":
        return `STRUCT<${shape.fields.map((field) => `${identifier(field.name)} ${inner(field)}${field.nullable ? "" : " NOT NULL"}`).join(", ")}>`;
      case "opaque":
        return shape.engine === "bigquery" && /^[\w (),]+$/.test(shape.name) ? shape.name : "STRING";
    }
  }),
});
