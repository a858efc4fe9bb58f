import type { OutputPort } from "@meshwork/contract";
import type { EmitContext } from "./define-format.ts";
import { defineFormat } from "./define-format.ts";
import { reportUncarried } from "./tree/carried.ts";
import { asciiName, legalNames, portFileNames } from "./tree/names.ts";
import type { Lose, SchemaNode } from "./tree/schema-tree.ts";
import { loserOf, treesOf } from "./tree/schema-tree.ts";

/**
 * The Parquet schema of each output port as text, `message … { … }`: `<port>.parquet.txt`, the form that Parquet's own
 * tools read and print. Lists and maps have the three levels of Parquet's LogicalTypes.md.
 */
export const parquet = defineFormat({
  name: "parquet",
  summary: "the Parquet schema of each port as text (<port>.parquet.txt)",
  emit(contract, context) {
    reportUncarried(contract, context, { columns: ["not-null"], ports: [], product: [] });
    const files = portFileNames(contract.ports);
    return contract.ports.map((port, i) => ({ path: `${files[i]!}.parquet.txt`, text: messageOf(port, context) }));
  },
});

function messageOf(port: OutputPort, context: EmitContext): string {
  const lose = loserOf(port, context);
  const fields = group(treesOf(port.columns), lose, "  ");
  return `message ${asciiName(context.place(port).name)} {\n${fields.join("")}}\n`;
}

/** The text form ends a name at a space, a bracket or a semicolon, and has no quotes. */
const plainName = (name: string): string => (/^[^\s;(){}=,\p{Cc}]+$/u.test(name) ? name : asciiName(name));

function group(nodes: readonly SchemaNode[], lose: Lose, indent: string): string[] {
  const names = legalNames(
    nodes.map((node) => node.name),
    plainName,
  );
  return nodes.map((node, i) => {
    if (names[i] !== node.name) lose(node, "name", `The text of a Parquet schema calls it ${names[i]!}.`);
    return field(node, names[i]!, lose, indent);
  });
}

function field(node: SchemaNode, name: string, lose: Lose, indent: string): string {
  const { shape } = node;
  const repetition = node.nullable ? "optional" : "required";
  const deeper = `${indent}  `;
  const nested = (annotation: string, body: string): string =>
    `${indent}${repetition} group ${name}${annotation} {\n${body}${indent}}\n`;
  const repeated = (called: string, body: string): string => `${deeper}repeated group ${called} {\n${body}${deeper}}\n`;
  if (shape.kind === "struct") {
    return nested("", group(shape.fields, lose, deeper).join(""));
  }
  if (shape.kind === "array") {
    if (shape.length !== undefined) lose(node, "type", `Parquet does not fix the length of a list (${shape.length}).`);
    return nested(" (LIST)", repeated("list", field(shape.element, "element", lose, `${deeper}  `)));
  }
  if (shape.kind === "map") {
    const entry =
      field({ ...shape.key, nullable: false }, "key", lose, `${deeper}  `) +
      field(shape.value, "value", lose, `${deeper}  `);
    return nested(" (MAP)", repeated("key_value", entry));
  }
  const [physical, logical] = primitive(node, lose);
  return `${indent}${repetition} ${physical} ${name}${logical === undefined ? "" : ` (${logical})`};\n`;
}

/** Bytes of a signed number of so many digits. */
const bytesOf = (precision: number): number => Math.ceil((precision * Math.log2(10) + 1) / 8);

function primitive(node: SchemaNode, lose: Lose): [physical: string, logical?: string] {
  const { shape } = node;
  const lost = (message: string, ...type: [string, string?]): [string, string?] => {
    lose(node, "type", message);
    return type;
  };
  switch (shape.kind) {
    case "boolean":
      return ["boolean"];
    case "integer":
      if (shape.bits > 64)
        return lost(
          "Parquet has integers of 64 bits: it is a decimal.",
          `fixed_len_byte_array(${bytesOf(39)})`,
          "DECIMAL(39,0)",
        );
      return [shape.bits > 32 ? "int64" : "int32", `INTEGER(${shape.bits},${shape.signed})`];
    case "float":
      return [shape.bits === 32 ? "float" : "double"];
    case "decimal": {
      const logical = `DECIMAL(${shape.precision},${shape.scale})`;
      if (shape.precision <= 9) return ["int32", logical];
      return [shape.precision <= 18 ? "int64" : `fixed_len_byte_array(${bytesOf(shape.precision)})`, logical];
    }
    case "string":
      return ["binary", "STRING"];
    case "binary":
      return ["binary"];
    case "uuid":
      return ["fixed_len_byte_array(16)", "UUID"];
    case "json":
      return ["binary", "JSON"];
    case "date":
      return ["int32", "DATE"];
    case "time":
    case "timestamp": {
      const unit = shape.precision <= 3 ? "MILLIS" : shape.precision <= 6 ? "MICROS" : "NANOS";
      return [
        shape.kind === "time" && unit === "MILLIS" ? "int32" : "int64",
        `${shape.kind.toUpperCase()}(${unit},${shape.zoned})`,
      ];
    }
    case "interval":
      return ["fixed_len_byte_array(12)", "INTERVAL"];
    default:
      return lost(
        `Type ${shape.kind === "opaque" ? `${shape.name} of ${shape.engine}` : shape.kind} has no counterpart: it is text.`,
        "binary",
        "STRING",
      );
  }
}
