import type { Contract, OutputPort } from "@meshwork/contract";
import type { EmitContext } from "./define-format.ts";
import { defineFormat } from "./define-format.ts";
import { reportUncarried } from "./tree/carried.ts";
import { asciiName, generatedLine, legalNames, pascalName, wellFormed } from "./tree/names.ts";
import type { Lose, SchemaNode } from "./tree/schema-tree.ts";
import { loserOf, treesOf } from "./tree/schema-tree.ts";

/**
 * Types in GraphQL's schema language for the rows of all output ports: `<product>.graphql`, with a query that lists
 * each port's rows. What GraphQL has no scalar for gets one of its own: `Long`, `Decimal`, `Timestamp` …
 */
export const graphql = defineFormat({
  name: "graphql",
  summary: "GraphQL types for the rows of all ports (<product>.graphql)",
  emit(contract, context) {
    reportUncarried(contract, context, {
      columns: ["not-null", "description", "deprecated"],
      ports: ["description"],
      product: ["description"],
    });
    const writer = new TypeWriter();
    const queries = legalNames(
      contract.ports.map((port) => port.name),
      fieldName,
    ).map((name, i) => `  ${name}: [${writer.port(contract, contract.ports[i]!, context)}!]!\n`);
    const file = contract.product.replace(/[^\w-]/g, "_") || "product";
    return [
      {
        path: `${file}.graphql`,
        text: `# ${generatedLine(contract)}\n${writer.text()}\ntype Query {\n${queries.join("")}}\n`,
      },
    ];
  },
});

// Two underscores in front are GraphQL's own.
const fieldName = (name: string): string => asciiName(name).replace(/^__+/, "_");

/** A string of GraphQL has JSON's escapes; control characters beyond them are written as such. */
const quoted = (text: string): string =>
  JSON.stringify(wellFormed(text)).replace(
    /[\u007f-\u009f]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

const scalars: Readonly<Record<string, string>> = {
  Long: "An integer of more than 32 bits.",
  Decimal: "A decimal number as text, so that no digit is lost.",
  Date: "A day, as YYYY-MM-DD.",
  Time: "A time of day.",
  Timestamp: "A point in time, as ISO 8601.",
  LocalTimestamp: "A date and a time without a zone, as ISO 8601.",
  Interval: "A length of time, as ISO 8601.",
  Binary: "Bytes in base64.",
  UUID: "A uuid.",
  JSON: "Any JSON.",
};

class TypeWriter {
  readonly #types: string[] = [];
  readonly #used = new Set<string>();
  readonly #names = new Set([
    "Query",
    "Mutation",
    "Subscription",
    "Int",
    "Float",
    "String",
    "Boolean",
    "ID",
    ...Object.keys(scalars),
  ]);

  /** Writes the type of a port, and gives its name. */
  port(contract: Contract, port: OutputPort, context: EmitContext): string {
    const name = this.#typeName(port.name);
    const about = port.description ?? (port.default ? contract.description : undefined);
    this.#object(name, treesOf(port.columns), about, loserOf(port, context));
    return name;
  }

  text(): string {
    const own = [...this.#used].sort().map((name) => `${quoted(scalars[name]!)}\nscalar ${name}\n`);
    return [...own, ...this.#types].map((type) => `\n${type}`).join("");
  }

  #typeName(name: string): string {
    const base = pascalName(name);
    let found = base;
    for (let n = 2; this.#names.has(found); n++) found = `${base}${n}`;
    this.#names.add(found);
    return found;
  }

  #object(name: string, nodes: readonly SchemaNode[], about: string | undefined, lose: Lose): void {
    const names = legalNames(
      nodes.map((node) => node.name),
      fieldName,
    );
    const fields = nodes.map((node, i) => {
      if (names[i] !== node.name) lose(node, "name", `GraphQL calls it ${names[i]!}.`);
      const description = node.description === undefined ? "" : `  ${quoted(node.description)}\n`;
      const gone = node.column?.deprecated;
      const reason = gone?.reason ?? (gone?.replacedBy === undefined ? undefined : `Use ${gone.replacedBy}.`);
      const deprecated =
        gone === undefined ? "" : ` @deprecated${reason === undefined ? "" : `(reason: ${quoted(reason)})`}`;
      return `${description}  ${names[i]!}: ${this.#type(node, name, lose)}${deprecated}\n`;
    });
    // An object without fields is none to GraphQL.
    const body = fields.length === 0 ? "  _empty: Boolean\n" : fields.join("");
    this.#types.push(`${about === undefined ? "" : `${quoted(about)}\n`}type ${name} {\n${body}}\n`);
  }

  #type(node: SchemaNode, owner: string, lose: Lose): string {
    return `${this.#base(node, owner, lose)}${node.nullable ? "" : "!"}`;
  }

  #own(name: string): string {
    this.#used.add(name);
    return name;
  }

  #base(node: SchemaNode, owner: string, lose: Lose): string {
    const { shape } = node;
    switch (shape.kind) {
      case "boolean":
        return "Boolean";
      case "integer":
        return shape.bits < 32 || (shape.bits === 32 && shape.signed) ? "Int" : this.#own("Long");
      case "float":
        return "Float";
      case "decimal":
        return this.#own("Decimal");
      case "string":
        return "String";
      case "uuid":
        return this.#own("UUID");
      case "binary":
        return this.#own("Binary");
      case "date":
        return this.#own("Date");
      case "time":
        return this.#own("Time");
      case "timestamp":
        return this.#own(shape.zoned ? "Timestamp" : "LocalTimestamp");
      case "interval":
        return this.#own("Interval");
      case "json":
        return this.#own("JSON");
      case "array":
        if (shape.length !== undefined)
          lose(node, "type", `GraphQL does not fix the length of a list (${shape.length}).`);
        return `[${this.#type(shape.element, owner, lose)}]`;
      case "map":
        lose(node, "type", "GraphQL has no maps: it is JSON.");
        return this.#own("JSON");
      case "struct": {
        const name = this.#typeName(`${owner}-${node.path.split(".").at(-1) ?? node.name}`);
        this.#object(name, shape.fields, undefined, lose);
        return name;
      }
      case "opaque":
        lose(node, "type", `Type ${shape.name} of ${shape.engine} has no counterpart: it is JSON.`);
        return this.#own("JSON");
    }
  }
}
