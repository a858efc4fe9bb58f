import { ddlFormat } from "./ddl/create-tables.ts";
import { backQuoted, escapedText } from "./ddl/quoting.ts";
import { typesOf } from "./ddl/type-loss.ts";

/** MySQL 8.0.16 and newer: keys and conditions are enforced; nested values are JSON. */
export const sqlMysql = ddlFormat({
  name: "mysql",
  title: "MySQL",
  identifier: backQuoted,
  text: escapedText,
  createSchema: ({ schema }) =>
    schema === undefined ? undefined : `CREATE DATABASE IF NOT EXISTS ${backQuoted(schema)}`,
  primaryKey: "",
  unique: "",
  checks: "table",
  comments: "column",
  tableComment: (text) => `COMMENT = ${escapedText(text)}`,
  length: (subject) => `CHAR_LENGTH(${subject})`,
  matches: (subject, pattern) => `REGEXP_LIKE(${subject}, ${escapedText(pattern)}, 'c')`,
  // A cast to TIMESTAMP is none of MySQL's.
  cast: (value, type) => `${type === "DATE" ? "DATE" : "TIMESTAMP"} ${escapedText(value)}`,
  type: typesOf((shape, { lost, key }) => {
    switch (shape.kind) {
      case "boolean":
        return "BOOLEAN";
      case "integer": {
        const sign = shape.signed ? "" : " UNSIGNED";
        if (shape.bits === 128) return lost("MySQL has integers of 64 bits: it is a decimal.", "DECIMAL(39,0)");
        return `${{ 8: "TINYINT", 16: "SMALLINT", 32: "INT", 64: "BIGINT" }[shape.bits]}${sign}`;
      }
      case "float":
        return shape.bits === 32 ? "FLOAT" : "DOUBLE";
      case "decimal":
        return shape.precision > 65 || shape.scale > 30
          ? lost(
              "MySQL has decimals of up to 65 digits, 30 behind the point.",
              `DECIMAL(65,${Math.min(30, shape.scale)})`,
            )
          : `DECIMAL(${shape.precision},${shape.scale})`;
      case "string":
        // An index holds 3,072 bytes, up to four for a character.
        if (shape.maxLength !== undefined && shape.maxLength <= (key ? 768 : 16_000))
          return `VARCHAR(${Math.max(1, shape.maxLength)})`;
        return key ? lost("A key holds at most 768 characters in MySQL.", "VARCHAR(768)", "length") : "LONGTEXT";
      case "uuid":
        return lost("A uuid is text in MySQL.", "CHAR(36)");
      case "binary":
        if (shape.maxLength !== undefined && shape.maxLength <= (key ? 3072 : 60_000))
          return `VARBINARY(${Math.max(1, shape.maxLength)})`;
        return key ? lost("A key holds at most 3,072 bytes in MySQL.", "VARBINARY(3072)", "length") : "LONGBLOB";
      case "date":
        return "DATE";
      case "time":
        return shape.zoned
          ? lost("A time of day has no zone in MySQL.", "TIME(6)")
          : shape.precision > 6
            ? lost("MySQL keeps 6 digits of a second.", "TIME(6)")
            : `TIME(${shape.precision})`;
      case "timestamp":
        return shape.precision > 6
          ? lost("MySQL keeps 6 digits of a second.", `${shape.zoned ? "TIMESTAMP" : "DATETIME"}(6)`)
          : `${shape.zoned ? "TIMESTAMP" : "DATETIME"}(${shape.precision})`;
      case "interval":
        return lost("An interval is text in MySQL.", "VARCHAR(100)");
      case "json":
        return "JSON";
      case "array":
      case "map":
      case "struct":
        return lost(`A ${shape.kind === "array" ? "list" : shape.kind} is JSON in MySQL, whatever is in it.`, "JSON");
      case "opaque":
        return "JSON";
    }
  }),
});
