import { defineFormat } from "./define-format.ts";
import { signedBits } from "./ddl/type-loss.ts";
import { reportUncarried } from "./tree/carried.ts";
import { jsonText, portFileNames } from "./tree/names.ts";
import type { Lose, SchemaNode } from "./tree/schema-tree.ts";
import { loserOf, treesOf } from "./tree/schema-tree.ts";

type Spark = string | Record<string, unknown>;

/** Spark's StructType of each output port as JSON, for `StructType.fromJson`: `<port>.spark.json`. */
export const spark = defineFormat({
  name: "spark",
  summary: "Spark's StructType of each port as JSON (<port>.spark.json)",
  emit(contract, context) {
    reportUncarried(contract, context, {
      columns: ["not-null", "description", "embedding"],
      ports: [],
      product: [],
    });
    const files = portFileNames(contract.ports);
    return contract.ports.map((port, i) => ({
      path: `${files[i]!}.spark.json`,
      text: jsonText(structOf(treesOf(port.columns), loserOf(port, context))),
    }));
  },
});

const structOf = (nodes: readonly SchemaNode[], lose: Lose): Spark => ({
  type: "struct",
  fields: nodes.map((node) => ({
    name: node.name,
    type: typeOf(node, lose),
    nullable: node.nullable,
    metadata: {
      ...(node.description === undefined ? {} : { comment: node.description }),
      ...(node.embedding === undefined ? {} : { embedding: { ...node.embedding } }),
    },
  })),
});

function typeOf(node: SchemaNode, lose: Lose): Spark {
  const { shape } = node;
  const lost = (message: string, type: string): string => {
    lose(node, "type", message);
    return type;
  };
  switch (shape.kind) {
    case "boolean":
    case "date":
    case "binary":
    case "string":
      return shape.kind;
    case "integer": {
      const bits = signedBits(shape);
      if (!shape.signed && bits <= 64) lost("Spark has integers with a sign: the next wider is taken.", "");
      if (bits <= 8) return "byte";
      if (bits <= 16) return "short";
      if (bits <= 32) return "integer";
      return bits <= 64
        ? "long"
        : lost(
            "Spark has integers of 64 bits: it is a decimal.",
            shape.bits === 64 ? "decimal(20,0)" : "decimal(38,0)",
          );
    }
    case "float":
      return shape.bits === 32 ? "float" : "double";
    case "decimal":
      return shape.precision > 38
        ? lost("Spark has decimals of up to 38 digits.", `decimal(38,${Math.min(38, shape.scale)})`)
        : `decimal(${shape.precision},${shape.scale})`;
    case "timestamp": {
      const type = shape.zoned ? "timestamp" : "timestamp_ntz";
      return shape.precision !== 6 ? lost("Spark keeps 6 digits of a second.", type) : type;
    }
    case "array":
      if (shape.length !== undefined && node.embedding === undefined)
        lose(node, "type", `Spark does not fix the length of a list (${shape.length}).`);
      return { type: "array", elementType: typeOf(shape.element, lose), containsNull: shape.element.nullable };
    case "map":
      return {
        type: "map",
        keyType: typeOf(shape.key, lose),
        valueType: typeOf(shape.value, lose),
        valueContainsNull: shape.value.nullable,
      };
    case "struct":
      return structOf(shape.fields, lose);
    case "opaque":
      return lost(`Type ${shape.name} of ${shape.engine} has no counterpart: it is text.`, "string");
    default:
      return lost(`A value of kind ${shape.kind} is text in Spark.`, "string");
  }
}
