import type { Contract, OutputPort } from "@meshwork/contract";
import { snakeName } from "@meshwork/contract";
import { defineFormat } from "./define-format.ts";
import type { Lose, SchemaNode } from "./tree/schema-tree.ts";
import { loserOf, treesOf } from "./tree/schema-tree.ts";
import { reportUncarried } from "./tree/carried.ts";
import { asciiName, jsonText, legalNames, pascalName, portFileNames } from "./tree/names.ts";

type Avro = string | Record<string, unknown> | readonly Avro[];

/**
 * An Avro record for each output port: `<port>.avsc`. Columns that may be null are a union with `null`, and null is
 * their default. Decimals, dates, times, timestamps and uuids are logical types; integers that fit no `long` are
 * decimals. Names that Avro does not allow are changed, and kept as written in `meshwork.name`; so are the facts of an
 * embedding, in `meshwork.embedding`, because readers pass over properties that they do not know.
 */
export const avro = defineFormat({
  name: "avro",
  summary: "an Avro record schema for each port (<port>.avsc)",
  emit(contract, context) {
    reportUncarried(contract, context, {
      columns: ["not-null", "description", "embedding", "timezone"],
      ports: ["description"],
      product: ["description"],
    });
    const files = portFileNames(contract.ports);
    return contract.ports.map((port, i) => ({
      path: `${files[i]!}.avsc`,
      text: jsonText(recordOf(contract, port, loserOf(port, context))),
    }));
  },
});

function recordOf(contract: Contract, port: OutputPort, lose: Lose): Avro {
  const records = new Set<string>();
  const doc = port.description ?? (port.default ? contract.description : undefined);
  const name = recordName(port.name, records);
  return {
    type: "record",
    name,
    namespace: snakeName(contract.domain) === "" ? "mesh" : asciiName(snakeName(contract.domain)),
    ...(doc === undefined ? {} : { doc }),
    fields: fieldsOf(treesOf(port.columns), name, records, lose),
  };
}

/** Named types are told apart within a schema: a second struct of the same name gets a number. */
function recordName(name: string, records: Set<string>): string {
  const base = pascalName(name);
  let found = base;
  for (let n = 2; records.has(found); n++) found = `${base}${n}`;
  records.add(found);
  return found;
}

function fieldsOf(nodes: readonly SchemaNode[], owner: string, records: Set<string>, lose: Lose): Avro[] {
  const names = legalNames(nodes.map((node) => node.name));
  return nodes.map((node, i) => {
    if (names[i] !== node.name) lose(node, "name", `Avro calls it ${names[i]!}.`);
    const type = typeOf(node, owner, records, lose);
    return {
      name: names[i]!,
      type: node.nullable ? ["null", type] : type,
      ...(node.nullable ? { default: null } : {}),
      ...(node.description === undefined ? {} : { doc: node.description }),
      ...(names[i] === node.name ? {} : { "meshwork.name": node.name }),
      ...(node.constraints.timezone === undefined ? {} : { "meshwork.timezone": node.constraints.timezone }),
      ...(node.embedding === undefined ? {} : { "meshwork.embedding": { ...node.embedding } }),
    };
  });
}

const decimal = (precision: number, scale: number): Avro => ({
  type: "bytes",
  logicalType: "decimal",
  precision,
  scale,
});

function typeOf(node: SchemaNode, owner: string, records: Set<string>, lose: Lose): Avro {
  const { shape } = node;
  const inner = (part: SchemaNode): Avro => {
    const type = typeOf(part, owner, records, lose);
    return part.nullable ? ["null", type] : type;
  };
  switch (shape.kind) {
    case "boolean":
      return "boolean";
    case "integer": {
      const bits = shape.signed ? shape.bits : shape.bits + 1;
      if (bits <= 64) {
        if (bits !== 32 && bits !== 64) lose(node, "type", "Avro has integers of 32 and 64 bits with a sign.");
        return bits <= 32 ? "int" : "long";
      }
      lose(node, "type", `An integer of ${shape.bits} bits has no type in Avro: it is a decimal.`);
      return decimal(shape.bits === 64 ? 20 : 39, 0);
    }
    case "float":
      return shape.bits === 32 ? "float" : "double";
    case "decimal":
      return decimal(shape.precision, shape.scale);
    case "string":
      return "string";
    case "uuid":
      return { type: "string", logicalType: "uuid" };
    case "json":
    case "interval":
      lose(node, "type", `Avro has no type for ${shape.kind}: it is text.`);
      return "string";
    case "binary":
      return "bytes";
    case "date":
      return { type: "int", logicalType: "date" };
    case "time":
      if (shape.zoned) lose(node, "type", "A time of day has no zone in Avro.");
      if (shape.precision !== 3 && shape.precision !== 6)
        lose(node, "precision", "Avro has times of 3 or 6 digits of a second.");
      return shape.precision <= 3
        ? { type: "int", logicalType: "time-millis" }
        : { type: "long", logicalType: "time-micros" };
    case "timestamp": {
      const unit = shape.precision <= 3 ? "millis" : shape.precision <= 6 ? "micros" : "nanos";
      if (![3, 6, 9].includes(shape.precision))
        lose(node, "precision", "Avro has timestamps of 3, 6 or 9 digits of a second.");
      return { type: "long", logicalType: `${shape.zoned ? "" : "local-"}timestamp-${unit}` };
    }
    case "array":
      if (shape.length !== undefined && node.embedding === undefined)
        lose(node, "type", `Avro does not fix the length of a list (${shape.length}).`);
      return { type: "array", items: inner(shape.element) };
    case "map":
      if (shape.key.shape.kind !== "string") lose(node, "map-key", "Keys of a map are text in Avro.");
      return { type: "map", values: inner(shape.value) };
    case "struct": {
      const name = recordName(`${owner}-${node.path.split(".").at(-1)!}`, records);
      return { type: "record", name, fields: fieldsOf(shape.fields, name, records, lose) };
    }
    case "opaque":
      lose(node, "type", `Type ${shape.name} of ${shape.engine} has no counterpart: it is text.`);
      return "string";
  }
}
