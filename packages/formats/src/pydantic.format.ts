import type { Contract, OutputPort } from "@meshwork/contract";
import { decimalText, ecmaPattern, instantOf } from "./bounds.ts";
import { isRe2Pattern } from "./ddl/conditions.ts";
import type { EmitContext } from "./define-format.ts";
import { defineFormat } from "./define-format.ts";
import { reportUncarried } from "./tree/carried.ts";
import { asciiName, generatedLine, legalNames, pascalName, wellFormed } from "./tree/names.ts";
import type { Lose, SchemaNode } from "./tree/schema-tree.ts";
import { loserOf, treesOf } from "./tree/schema-tree.ts";

/**
 * Models of pydantic 2 for the rows of all output ports: `models.py`. Columns whose name is none of Python's have an
 * alias; patterns are those that pydantic's own expressions know. Every column has to be there, and may be `None` where
 * the contract lets it be null.
 */
export const pydantic = defineFormat({
  name: "pydantic",
  summary: "pydantic 2 models for Python (models.py)",
  emit(contract, context) {
    reportUncarried(contract, context, {
      columns: ["not-null", "title", "description", "length", "bounds", "pattern", "enum", "deprecated", "examples"],
      ports: ["description"],
      product: ["description"],
    });
    const writer = new ModelWriter();
    for (const port of contract.ports) writer.port(contract, port, context);
    return [{ path: "models.py", text: writer.text(contract) }];
  },
});

/** A text as Python reads it: the escapes of JSON, and of what lies beyond the basic plane, are Python's too. */
const py = (text: string): string =>
  JSON.stringify(wellFormed(text))
    .replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)
    // A pair of surrogates is one character of Python.
    .replace(/\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})/g, (_, high: string, low: string) => {
      const code = ((Number.parseInt(high, 16) - 0xd800) << 10) + (Number.parseInt(low, 16) - 0xdc00) + 0x10000;
      return `\\U${code.toString(16).padStart(8, "0")}`;
    });

const value = (of: unknown): string | undefined =>
  typeof of === "string"
    ? py(of)
    : typeof of === "boolean"
      ? of
        ? "True"
        : "False"
      : typeof of === "number" && Number.isFinite(of)
        ? String(of)
        : undefined;

const keywords = new Set(
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield match case type self cls".split(
    " ",
  ),
);
// What a model of pydantic, or this file, calls its own.
const taken = new Set(
  "copy dict json construct schema parse_obj parse_raw parse_file from_orm validate update_forward_refs schema_json fields bool int float str bytes list Any Annotated BaseModel ConfigDict Field Literal Optional Union".split(
    " ",
  ),
);

/** A field of a model: no underscore in front, which pydantic keeps for itself, and no `model_`. */
function fieldName(name: string): string {
  const plain = asciiName(name).replace(/^_+/, "");
  const begun = /^[A-Za-z]/.test(plain) ? plain : `c_${plain}`;
  return keywords.has(begun) || taken.has(begun) || begun.startsWith("model_") || annotated.has(begun)
    ? `${begun}_`
    : begun;
}
// Names of types that annotations use: a field of the name would hide them.
const annotated = new Set([
  "date",
  "datetime",
  "time",
  "timedelta",
  "Decimal",
  "UUID",
  "AwareDatetime",
  "NaiveDatetime",
  "uuid",
  "decimal",
]);

class ModelWriter {
  readonly #classes: string[] = [];
  readonly #names = new Set([
    "BaseModel",
    "ConfigDict",
    "Field",
    "Any",
    "Annotated",
    "Literal",
    "Optional",
    "UUID",
    "Decimal",
    "AwareDatetime",
    "NaiveDatetime",
  ]);

  port(contract: Contract, port: OutputPort, context: EmitContext): void {
    const about = port.description ?? (port.default ? contract.description : undefined);
    this.#model(this.#className(port.name), treesOf(port.columns), about, loserOf(port, context));
  }

  text(contract: Contract): string {
    return `# ${generatedLine(contract)}
import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Optional
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NaiveDatetime

${this.#classes.map((one) => `\n${one}`).join("\n")}`;
  }

  #className(name: string): string {
    const base = pascalName(name);
    let found = base;
    for (let n = 2; this.#names.has(found); n++) found = `${base}${n}`;
    this.#names.add(found);
    return found;
  }

  #model(name: string, nodes: readonly SchemaNode[], about: string | undefined, lose: Lose): void {
    const names = legalNames(
      nodes.map((node) => node.name),
      fieldName,
    );
    const fields = nodes.map((node, i) => {
      const type = this.#type(node, lose, name);
      const facts = [
        ...(names[i] === node.name ? [] : [`alias=${py(node.name)}`]),
        ...(node.title === undefined ? [] : [`title=${py(node.title)}`]),
        ...(node.description === undefined ? [] : [`description=${py(node.description)}`]),
        ...(node.column?.deprecated === undefined ? [] : ["deprecated=True"]),
        ...this.#examples(node),
      ];
      const annotation = node.nullable ? `Optional[${type}]` : type;
      return `    ${names[i]!}: ${facts.length === 0 ? annotation : `Annotated[${annotation}, Field(${facts.join(", ")})]`}\n`;
    });
    const doc = about === undefined ? "" : `    __doc__ = ${py(about)}\n`;
    this.#classes.push(
      `class ${name}(BaseModel):\n${doc}    model_config = ConfigDict(populate_by_name=True, regex_engine="rust-regex")\n${fields.length === 0 ? "" : `\n${fields.join("")}`}`,
    );
  }

  #examples(node: SchemaNode): string[] {
    const found = node.column?.examples?.map(value);
    return found === undefined || found.some((each) => each === undefined) ? [] : [`examples=[${found.join(", ")}]`];
  }

  #type(node: SchemaNode, lose: Lose, owner: string): string {
    const base = this.#base(node, lose, owner);
    const rules = rulesOf(node, lose);
    const { enum: values } = node.constraints;
    if (values !== undefined) {
      const kind = { string: "string", integer: "number", boolean: "boolean" }[node.shape.kind as "string"];
      const found = values.map((each) =>
        typeof each === kind && (kind !== "number" || Number.isInteger(each)) ? value(each) : undefined,
      );
      if (kind !== undefined && found.length > 0 && found.every((each) => each !== undefined))
        return `Literal[${found.join(", ")}]`;
      lose(node, "enum", `Accepted values of kind ${node.shape.kind} are not kept.`);
    }
    return rules.length === 0 ? base : `Annotated[${base}, Field(${rules.join(", ")})]`;
  }

  #optional(node: SchemaNode, lose: Lose, owner: string): string {
    const type = this.#type(node, lose, owner);
    return node.nullable ? `Optional[${type}]` : type;
  }

  #base(node: SchemaNode, lose: Lose, owner: string): string {
    const { shape } = node;
    switch (shape.kind) {
      case "boolean":
        return "bool";
      case "integer":
        return "int";
      case "float":
        return "float";
      case "decimal":
        return "Decimal";
      case "string":
        return "str";
      case "binary":
        return "bytes";
      case "uuid":
        return "UUID";
      case "date":
      case "time":
        return `datetime.${shape.kind}`;
      case "interval":
        return "datetime.timedelta";
      case "timestamp":
        if (shape.precision > 6) lose(node, "precision", "Python keeps 6 digits of a second.");
        return shape.zoned ? "AwareDatetime" : "NaiveDatetime";
      case "array":
        return `list[${this.#optional(shape.element, lose, owner)}]`;
      case "map":
        return `dict[${this.#base(shape.key, lose, owner)}, ${this.#optional(shape.value, lose, owner)}]`;
      case "struct": {
        const name = this.#className(`${owner}-${node.path.split(".").at(-1) ?? node.name}`);
        this.#model(name, shape.fields, undefined, lose);
        return name;
      }
      case "json":
        return "Any";
      case "opaque":
        lose(node, "type", `Type ${shape.name} of ${shape.engine} has no counterpart: any value is taken.`);
        return "Any";
    }
  }
}

const bounds = [
  ["min", "ge"],
  ["max", "le"],
  ["exclusiveMin", "gt"],
  ["exclusiveMax", "lt"],
] as const;

/** What `Field` says of values: limits, patterns, digits. */
function rulesOf(node: SchemaNode, lose: Lose): string[] {
  const { constraints: c, shape } = node;
  const rules: string[] = [];
  if (shape.kind === "integer" && c.min === undefined && c.exclusiveMin === undefined && shape.signed)
    rules.push(`ge=-(2 ** ${shape.bits - 1})`);
  if (shape.kind === "integer" && c.min === undefined && c.exclusiveMin === undefined && !shape.signed)
    rules.push("ge=0");
  if (shape.kind === "integer" && c.max === undefined && c.exclusiveMax === undefined)
    rules.push(`lt=2 ** ${shape.signed ? shape.bits - 1 : shape.bits}`);
  if (shape.kind === "decimal") rules.push(`max_digits=${shape.precision}`, `decimal_places=${shape.scale}`);
  if (shape.kind === "array" && shape.length !== undefined)
    rules.push(`min_length=${shape.length}`, `max_length=${shape.length}`);
  for (const [key, word] of bounds) {
    const bound = c[key];
    if (bound === undefined) continue;
    const text = boundText(node, bound);
    if (text === undefined)
      lose(node, "bounds", `The bound ${JSON.stringify(bound)} has no form for kind ${shape.kind}.`);
    else rules.push(`${word}=${text}`);
  }
  if (shape.kind === "string" || shape.kind === "binary") {
    if (c.minLength !== undefined) rules.push(`min_length=${c.minLength}`);
    const longest = shape.maxLength ?? c.maxLength;
    if (longest !== undefined) rules.push(`max_length=${longest}`);
  } else if (c.minLength !== undefined || c.maxLength !== undefined)
    lose(node, "length", `A value of kind ${shape.kind} has no length.`);
  if (c.pattern !== undefined) {
    // Rust's expressions, without look-around, as RE2's.
    if (
      shape.kind === "string" &&
      isRe2Pattern(c.pattern) &&
      ecmaPattern(c.pattern) !== undefined &&
      !/\\[uxcp/]|\[\[|&&|--|~~|\(\?<[^=!]/.test(c.pattern)
    )
      rules.push(`pattern=${py(c.pattern)}`);
    else lose(node, "pattern", `The pattern ${JSON.stringify(c.pattern)} is left out: pydantic may not know it.`);
  }
  return rules;
}

function boundText({ shape }: SchemaNode, bound: number | string): string | undefined {
  switch (shape.kind) {
    case "integer":
    case "float":
    case "decimal": {
      const text = decimalText(bound);
      if (text === undefined) return undefined;
      return shape.kind === "decimal"
        ? `Decimal("${text}")`
        : shape.kind === "float" || !text.includes(".")
          ? text
          : `Decimal("${text}")`;
    }
    case "date":
    case "timestamp": {
      const at = typeof bound === "string" ? instantOf(bound) : undefined;
      if (at === undefined) return undefined;
      const d = new Date(at);
      const day = [d.getUTCFullYear(), d.getUTCMonth() + 1, d.getUTCDate()];
      if (day[0]! < 1 || day[0]! > 9999) return undefined;
      if (shape.kind === "date") return `datetime.date(${day.join(", ")})`;
      const parts = [...day, d.getUTCHours(), d.getUTCMinutes(), d.getUTCSeconds(), d.getUTCMilliseconds() * 1000];
      return `datetime.datetime(${parts.join(", ")}${shape.kind === "timestamp" && shape.zoned ? ", tzinfo=datetime.timezone.utc" : ""})`;
    }
    default:
      return undefined;
  }
}
