import { ddlFormat } from "./ddl/create-tables.ts";
import { bracketed, doubledText } from "./ddl/quoting.ts";
import { signedBits, typesOf } from "./ddl/type-loss.ts";

const text = (value: string): string => `N${doubledText(value)}`;

/** SQL Server 2019 and newer: keys and conditions are enforced; nested values are JSON text. */
export const sqlSqlserver = ddlFormat({
  name: "sqlserver",
  title: "SQL Server",
  identifier: bracketed,
  text,
  createSchema: ({ schema }) =>
    schema === undefined
      ? undefined
      : `IF SCHEMA_ID(${text(schema)}) IS NULL EXEC(${text(`CREATE SCHEMA ${bracketed(schema)}`)})`,
  primaryKey: "",
  unique: "",
  checks: "table",
  comments: undefined,
  length: (subject) => `LEN(${subject})`,
  type: typesOf((shape, { lost, key }) => {
    switch (shape.kind) {
      case "boolean":
        return "bit";
      case "integer": {
        if (!shape.signed && shape.bits === 8) return "tinyint";
        const bits = signedBits(shape);
        if (bits <= 64 && ![16, 32, 64].includes(bits))
          lost("SQL Server has integers of 16, 32 and 64 bits with a sign: the next wider is taken.", "");
        if (bits <= 16) return "smallint";
        if (bits <= 32) return "int";
        return bits <= 64
          ? "bigint"
          : lost(
              "SQL Server has integers of 64 bits: it is a decimal.",
              shape.bits === 64 ? "decimal(20,0)" : "decimal(38,0)",
            );
      }
      case "float":
        return shape.bits === 32 ? "real" : "float(53)";
      case "decimal":
        return shape.precision > 38
          ? lost("SQL Server has decimals of up to 38 digits.", `decimal(38,${Math.min(38, shape.scale)})`)
          : `decimal(${shape.precision},${shape.scale})`;
      case "string": {
        // An index holds 1,700 bytes, two for a character; 450 is what a clustered one holds.
        const longest = key ? 450 : 4000;
        if (shape.maxLength !== undefined && shape.maxLength <= longest)
          return `nvarchar(${Math.max(1, shape.maxLength)})`;
        return key
          ? lost("A key holds at most 450 characters in SQL Server.", "nvarchar(450)", "length")
          : "nvarchar(max)";
      }
      case "uuid":
        return "uniqueidentifier";
      case "binary":
        return shape.maxLength !== undefined && shape.maxLength <= 8000
          ? `varbinary(${Math.max(1, shape.maxLength)})`
          : "varbinary(max)";
      case "date":
        return "date";
      case "time":
        return shape.zoned
          ? lost("A time of day has no zone in SQL Server.", "time(7)")
          : shape.precision > 7
            ? lost("SQL Server keeps 7 digits of a second.", "time(7)")
            : `time(${shape.precision})`;
      case "timestamp": {
        const type = `${shape.zoned ? "datetimeoffset" : "datetime2"}(${Math.min(7, shape.precision)})`;
        return shape.precision > 7 ? lost("SQL Server keeps 7 digits of a second.", type) : type;
      }
      case "interval":
        return lost("An interval is text in SQL Server.", "nvarchar(100)");
      case "json":
      case "array":
      case "map":
      case "struct":
        return lost(`A value of kind ${shape.kind} is JSON text in SQL Server.`, "nvarchar(max)");
      case "opaque":
        return "nvarchar(max)";
    }
  }),
});
