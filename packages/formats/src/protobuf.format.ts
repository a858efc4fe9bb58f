import type { Contract, OutputPort } from "@meshwork/contract";
import { majorOf, snakeName } from "@meshwork/contract";
import type { EmitContext } from "./define-format.ts";
import { defineFormat } from "./define-format.ts";
import type { PortIds } from "./ids/contract-ids.ts";
import { pathStep, portKey } from "./ids/contract-ids.ts";
import { reportUncarried } from "./tree/carried.ts";
import { asciiName, generatedLine, legalNames, oneLine, pascalName, portFileNames } from "./tree/names.ts";
import type { Lose, SchemaNode } from "./tree/schema-tree.ts";
import { loserOf, treesOf } from "./tree/schema-tree.ts";

/**
 * A message in proto3 for each output port: `<port>.proto`. Numbers come from `contract.ids.json` and never change
 * within a major version; those of columns that are gone are reserved. Decimals, times of day and uuids are text,
 * dates too; lists in lists stand in a message of their own. Columns that may be null are `optional`.
 */
export const protobuf = defineFormat({
  name: "protobuf",
  summary: "a Protobuf message for each port (<port>.proto), numbered by contract.ids.json",
  emit(contract, context) {
    reportUncarried(contract, context, {
      // What is never null is told apart by kind below; of a deprecation only that there is one.
      columns: ["not-null", "description", "deprecated"],
      ports: ["description"],
      product: ["description"],
    });
    const files = portFileNames(contract.ports);
    return contract.ports.map((port, i) => ({ path: `${files[i]!}.proto`, text: fileOf(contract, port, context) }));
  },
});

interface Message {
  readonly name: string;
  readonly lines: string[];
  readonly inner: Message[];
}

function fileOf(contract: Contract, port: OutputPort, context: EmitContext): string {
  const lose = loserOf(port, context);
  const ids = context.ids().ports[portKey(contract, port)]!;
  const imports = new Set<string>();
  const root = new MessageWriter(ids, imports, lose).message(pascalName(port.name), treesOf(port.columns), "");
  const about = port.description ?? (port.default ? contract.description : undefined);
  const gone = goneNumbers(ids, treesOf(port.columns));
  if (gone.length > 0) root.lines.unshift(`reserved ${gone.join(", ")};`);
  const domain = asciiName(snakeName(contract.domain) || "mesh");
  return [
    `// ${generatedLine(contract)}`,
    'syntax = "proto3";',
    "",
    `package ${domain}.v${majorOf(contract.version)};`,
    ...(imports.size === 0 ? [] : ["", ...[...imports].sort().map((name) => `import "${name}";`)]),
    "",
    ...(about === undefined ? [] : [`// ${oneLine(about)}`]),
    ...messageLines(root, ""),
    "",
  ].join("\n");
}

/** Top-level numbers that no column has any more. */
function goneNumbers(ids: PortIds, nodes: readonly SchemaNode[]): number[] {
  const live = new Set(nodes.map((node) => pathStep("", node.name)));
  return Object.entries(ids.columns)
    .filter(([path]) => !/(?<!\\)(?:\\\\)*\./.test(path) && !live.has(path))
    .map(([, id]) => id)
    .sort((a, b) => a - b);
}

function messageLines({ name, lines, inner }: Message, indent: string): string[] {
  const deeper = `${indent}  `;
  return [
    `${indent}message ${name} {`,
    ...inner.flatMap((message) => [...messageLines(message, deeper), ""]),
    ...lines.map((line) => deeper + line),
    `${indent}}`,
  ];
}

class MessageWriter {
  readonly #ids: PortIds;
  readonly #imports: Set<string>;
  readonly #lose: Lose;

  constructor(ids: PortIds, imports: Set<string>, lose: Lose) {
    this.#ids = ids;
    this.#imports = imports;
    this.#lose = lose;
  }

  message(name: string, fields: readonly SchemaNode[], path: string): Message {
    const message: Message = { name, lines: [], inner: [] };
    const taken = new Set<string>([name]);
    // Fields that differ in case or underscores alone have one JSON name, which protoc refuses.
    const names = legalNames(
      fields.map((field) => field.name),
      asciiName,
      (each) => each.replaceAll("_", "").toLowerCase(),
    );
    for (const [i, node] of fields.entries()) {
      const at = pathStep(path, node.name);
      if (names[i] !== node.name) this.#lose(node, "name", `Protobuf calls it ${names[i]!}.`);
      const type = this.#field(node, at, message, taken);
      this.#said(node);
      const comment = node.description === undefined ? [] : [`// ${oneLine(node.description)}`];
      const options = node.column?.deprecated === undefined ? "" : " [deprecated = true]";
      message.lines.push(...comment, `${type} ${names[i]!} = ${this.#ids.columns[at]!}${options};`);
    }
    return message;
  }

  /** What a field says less of than a column. */
  #said(node: SchemaNode): void {
    if (node.description !== undefined && oneLine(node.description) !== node.description)
      this.#lose(node, "description", "A comment is one line, with one space between words.");
    if (!node.nullable && node.shape.kind !== "array" && node.shape.kind !== "map")
      this.#lose(node, "not-null", "A field that nobody set reads as zero or empty.");
    const { since, until, replacedBy, reason } = node.column?.deprecated ?? {};
    if ([since, until, replacedBy, reason].some((each) => each !== undefined))
      this.#lose(node, "deprecated", "Since when, until when and what instead is not said.");
  }

  /** Label and type of a field. */
  #field(node: SchemaNode, path: string, owner: Message, taken: Set<string>): string {
    const { shape } = node;
    if (shape.kind === "array") {
      if (node.nullable) this.#lose(node, "null", "A list that is null is empty in Protobuf.");
      if (shape.element.nullable) this.#lose(node, "null", "A list of Protobuf holds no null.");
      if (shape.length !== undefined)
        this.#lose(node, "type", `Protobuf does not fix the length of a list (${shape.length}).`);
      return `repeated ${this.#single(shape.element, pathStep(path, "element"), owner, taken, node.name)}`;
    }
    if (shape.kind === "map") {
      if (node.nullable) this.#lose(node, "null", "A map that is null is empty in Protobuf.");
      if (shape.value.nullable) this.#lose(node, "null", "A map of Protobuf holds no null.");
      return `map<${this.#key(shape.key)}, ${this.#single(shape.value, pathStep(path, "value"), owner, taken, node.name)}>`;
    }
    const type = this.#single(node, path, owner, taken, node.name);
    return node.nullable ? `optional ${type}` : type;
  }

  #key(key: SchemaNode): string {
    const type = this.#scalar(key);
    if (/^(?:u?int(?:32|64)|bool|string)$/.test(type)) return type;
    this.#lose(key, "map-key", "Keys of a map are text or integers in Protobuf.");
    return "string";
  }

  /** A type without a label: lists and maps stand in a message of their own. */
  #single(node: SchemaNode, path: string, owner: Message, taken: Set<string>, called: string): string {
    const { shape } = node;
    if (shape.kind !== "struct" && shape.kind !== "array" && shape.kind !== "map") return this.#scalar(node);
    let name = pascalName(called);
    for (let n = 2; taken.has(name); n++) name = `${pascalName(called)}${n}`;
    taken.add(name);
    if (shape.kind === "struct") {
      owner.inner.push(this.message(name, shape.fields, path));
      return name;
    }
    this.#lose(node, "type", "A list or map inside another stands in a message of its own.");
    const inner: Message = { name, lines: [], inner: [] };
    // The message that stands for the inner list has one field; its number is the list's own.
    inner.lines.push(`${this.#field({ ...node, name: "values" }, path, inner, new Set([name]))} values = 1;`);
    owner.inner.push(inner);
    return name;
  }

  #wellKnown(file: string, type: string): string {
    this.#imports.add(`google/protobuf/${file}.proto`);
    return `google.protobuf.${type}`;
  }

  #scalar(node: SchemaNode): string {
    const { shape } = node;
    const text = (message: string): string => {
      this.#lose(node, "type", message);
      return "string";
    };
    switch (shape.kind) {
      case "boolean":
        return "bool";
      case "integer":
        if (shape.bits > 64) return text(`An integer of ${shape.bits} bits is text in Protobuf.`);
        if (shape.bits < 32)
          this.#lose(node, "type", `Protobuf has no integer of ${shape.bits} bits: it is one of 32.`);
        return `${shape.signed ? "" : "u"}int${shape.bits > 32 ? 64 : 32}`;
      case "float":
        return shape.bits === 32 ? "float" : "double";
      case "string":
        return "string";
      case "binary":
        return "bytes";
      case "timestamp":
        if (!shape.zoned) this.#lose(node, "type", "A timestamp of Protobuf is in UTC.");
        else if (shape.precision !== 6) this.#lose(node, "precision", "The digits of a second are not said.");
        return this.#wellKnown("timestamp", "Timestamp");
      case "json":
        return this.#wellKnown("struct", "Value");
      case "opaque":
        return text(`Type ${shape.name} of ${shape.engine} has no counterpart: it is text.`);
      default:
        return text(`Protobuf has no type for ${shape.kind}: it is text.`);
    }
  }
}
