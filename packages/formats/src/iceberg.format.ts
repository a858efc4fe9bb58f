import type { Contract, OutputPort } from "@meshwork/contract";
import type { EmitContext } from "./define-format.ts";
import { defineFormat } from "./define-format.ts";
import type { PortIds } from "./ids/contract-ids.ts";
import { pathStep, portKey } from "./ids/contract-ids.ts";
import { signedBits } from "./ddl/type-loss.ts";
import { reportUncarried } from "./tree/carried.ts";
import { jsonText, portFileNames } from "./tree/names.ts";
import type { Lose, SchemaNode } from "./tree/schema-tree.ts";
import { loserOf, treesOf } from "./tree/schema-tree.ts";

type Iceberg = string | Record<string, unknown>;

/**
 * An Apache Iceberg schema (specification, appendix C) for each output port: `<port>.iceberg.json`. Field ids come from
 * `contract.ids.json`; the primary key is the identifier where its columns may be one. Nanoseconds need table
 * version 3.
 */
export const iceberg = defineFormat({
  name: "iceberg",
  summary: "an Iceberg schema for each port (<port>.iceberg.json), numbered by contract.ids.json",
  emit(contract, context) {
    reportUncarried(contract, context, {
      columns: ["not-null", "primary-key", "description"],
      nested: ["not-null", "description"],
      ports: [],
      product: [],
    });
    const files = portFileNames(contract.ports);
    return contract.ports.map((port, i) => ({
      path: `${files[i]!}.iceberg.json`,
      text: jsonText(schemaOf(contract, port, context)),
    }));
  },
});

function schemaOf(contract: Contract, port: OutputPort, context: EmitContext): Iceberg {
  const lose = loserOf(port, context);
  const ids = context.ids().ports[portKey(contract, port)]!;
  const nodes = treesOf(port.columns);
  const keys = nodes.filter((node) => node.constraints.primaryKey === true);
  const identifies = (node: SchemaNode): boolean =>
    !node.nullable && !["float", "array", "map", "struct"].includes(node.shape.kind);
  const identifier = keys.every(identifies) ? keys.map((node) => ids.columns[pathStep("", node.name)]!) : [];
  if (identifier.length < keys.length)
    for (const node of keys)
      lose(node, "primary-key", "Iceberg's identifier takes columns that are never null and no floats.");
  return {
    type: "struct",
    "schema-id": 0,
    ...(identifier.length === 0 ? {} : { "identifier-field-ids": identifier.sort((a, b) => a - b) }),
    fields: nodes.map((node) => fieldOf(node, "", ids, lose)),
  };
}

function fieldOf(node: SchemaNode, path: string, ids: PortIds, lose: Lose): Record<string, unknown> {
  const at = pathStep(path, node.name);
  return {
    id: ids.columns[at]!,
    name: node.name,
    required: !node.nullable,
    type: typeOf(node, at, ids, lose),
    ...(node.description === undefined ? {} : { doc: node.description }),
  };
}

function typeOf(node: SchemaNode, path: string, ids: PortIds, lose: Lose): Iceberg {
  const { shape } = node;
  const lost = (message: string, type: string): string => {
    lose(node, "type", message);
    return type;
  };
  switch (shape.kind) {
    case "boolean":
    case "date":
    case "uuid":
    case "binary":
      return shape.kind;
    case "integer": {
      const bits = signedBits(shape);
      if (bits > 64)
        return lost(
          "Iceberg has integers of 64 bits: it is a decimal.",
          shape.bits === 64 ? "decimal(20, 0)" : "decimal(38, 0)",
        );
      if (bits !== 32 && bits !== 64) lose(node, "type", "Iceberg has integers of 32 and 64 bits with a sign.");
      return bits <= 32 ? "int" : "long";
    }
    case "float":
      return shape.bits === 32 ? "float" : "double";
    case "decimal":
      return shape.precision > 38
        ? lost("Iceberg has decimals of up to 38 digits.", `decimal(38, ${Math.min(38, shape.scale)})`)
        : `decimal(${shape.precision}, ${shape.scale})`;
    case "string":
      return "string";
    case "time":
      if (shape.zoned) lose(node, "type", "A time of day has no zone in Iceberg.");
      return shape.precision !== 6 ? lost("Iceberg has times of 6 digits of a second.", "time") : "time";
    case "timestamp":
      if (shape.precision !== 6 && shape.precision !== 9)
        lose(node, "type", "Iceberg has timestamps of 6 or 9 digits of a second.");
      return `timestamp${shape.zoned ? "tz" : ""}${shape.precision > 6 ? "_ns" : ""}`;
    case "json":
    case "interval":
      return lost(`Iceberg has no type for ${shape.kind} that all readers know: it is text.`, "string");
    case "opaque":
      return lost(`Type ${shape.name} of ${shape.engine} has no counterpart: it is text.`, "string");
    case "array": {
      const at = pathStep(path, "element");
      if (shape.length !== undefined)
        lose(node, "type", `Iceberg does not fix the length of a list (${shape.length}).`);
      return {
        type: "list",
        "element-id": ids.columns[at]!,
        "element-required": !shape.element.nullable,
        element: typeOf(shape.element, at, ids, lose),
      };
    }
    case "map": {
      const [key, value] = [pathStep(path, "key"), pathStep(path, "value")];
      return {
        type: "map",
        "key-id": ids.columns[key]!,
        key: typeOf(shape.key, key, ids, lose),
        "value-id": ids.columns[value]!,
        "value-required": !shape.value.nullable,
        value: typeOf(shape.value, value, ids, lose),
      };
    }
    case "struct":
      return { type: "struct", fields: shape.fields.map((field) => fieldOf(field, path, ids, lose)) };
  }
}
