import { ddlFormat } from "./ddl/create-tables.ts";
import { doubleQuoted, escapedText } from "./ddl/quoting.ts";
import { signedBits, typesOf } from "./ddl/type-loss.ts";

/** Snowflake: keys are declared and not enforced; structured types as of 2024, vectors for embeddings. */
export const sqlSnowflake = ddlFormat({
  name: "snowflake",
  title: "Snowflake",
  identifier: doubleQuoted,
  text: escapedText,
  createSchema: ({ schema }) =>
    schema === undefined ? undefined : `CREATE SCHEMA IF NOT EXISTS ${doubleQuoted(schema)}`,
  primaryKey: "",
  unique: "",
  comments: "column",
  tableComment: (text) => `COMMENT = ${escapedText(text)}`,
  nestedNotNull: true,
  type: typesOf((shape, { inner, lost, node }) => {
    const part = (of: typeof node): string => `${inner(of)}${of.nullable ? "" : " NOT NULL"}`;
    switch (shape.kind) {
      case "boolean":
        return "BOOLEAN";
      case "integer":
        return signedBits(shape) > 126
          ? lost("Snowflake has integers of up to 38 digits.", "NUMBER(38,0)")
          : lost("Every integer is NUMBER(38,0) in Snowflake.", "NUMBER(38,0)");
      case "float":
        return shape.bits === 64 ? "FLOAT" : lost("Snowflake has one float, of 64 bits.", "FLOAT");
      case "decimal":
        return shape.precision > 38
          ? lost("Snowflake has decimals of up to 38 digits.", `NUMBER(38,${Math.min(37, shape.scale)})`)
          : `NUMBER(${shape.precision},${shape.scale})`;
      case "string":
        return shape.maxLength === undefined ? "VARCHAR" : `VARCHAR(${Math.max(1, shape.maxLength)})`;
      case "uuid":
        return lost("A uuid is text in Snowflake.", "VARCHAR(36)");
      case "binary":
        return shape.maxLength === undefined ? "BINARY" : `BINARY(${Math.max(1, shape.maxLength)})`;
      case "date":
        return "DATE";
      case "time":
        return shape.zoned
          ? lost("A time of day has no zone in Snowflake.", "TIME(9)")
          : `TIME(${Math.min(9, shape.precision)})`;
      case "timestamp":
        return `${shape.zoned ? "TIMESTAMP_TZ" : "TIMESTAMP_NTZ"}(${Math.min(9, shape.precision)})`;
      case "interval":
        return lost("An interval is text in Snowflake.", "VARCHAR");
      case "json":
        return "VARIANT";
      case "array":
        if (shape.length !== undefined && shape.element.shape.kind === "float" && shape.length <= 4096)
          return `VECTOR(FLOAT, ${shape.length})`;
        return `ARRAY(${part(shape.element)})`;
      case "map":
        if (shape.key.shape.kind === "integer") lost("Integers as keys of a map are NUMBER(38,0) in Snowflake.", "");
        return shape.key.shape.kind === "string" || shape.key.shape.kind === "integer"
          ? `MAP(${shape.key.shape.kind === "string" ? "VARCHAR" : "NUMBER(38,0)"}, ${part(shape.value)})`
          : lost("Keys of a map are text or integers in Snowflake.", "VARIANT");
      case "struct":
        return `OBJECT(${shape.fields.map((field) => `${doubleQuoted(field.name)} ${part(field)}`).join(", ")})`;
      case "opaque":
        return shape.engine === "snowflake" && /^[\w (),]+$/.test(shape.name) ? shape.name : "VARIANT";
    }
  }),
});
