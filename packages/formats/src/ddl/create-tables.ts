import type { Contract, OutputPort } from "@meshwork/contract";
import type { Relation } from "@meshwork/sql";
import type { EmitContext, Format } from "../define-format.ts";
import { defineFormat } from "../define-format.ts";
import type { ColumnFeature } from "../tree/carried.ts";
import { reportUncarried } from "../tree/carried.ts";
import { generatedLine } from "../tree/names.ts";
import type { Lose, SchemaNode } from "../tree/schema-tree.ts";
import { loserOf, nodesOf, treesOf } from "../tree/schema-tree.ts";
import { conditionsOf } from "./conditions.ts";
import type { Warehouse } from "./warehouse.ts";

/**
 * Statements that create the table of each output port in one database: `<product>.<database>.sql`. Keys, conditions
 * and descriptions go as far as the database has them; the rest is reported as lost.
 */
export function ddlFormat(house: Warehouse): Format {
  // Conditions report their own losses, value by value.
  const conditions: ColumnFeature[] = house.checks === undefined ? [] : ["length", "bounds", "pattern", "enum"];
  const comments: ColumnFeature[] = house.comments === undefined ? [] : ["description"];
  return defineFormat({
    name: `sql-${house.name}`,
    summary: `tables in ${house.title} (<product>.${house.name}.sql)`,
    emit(contract, context) {
      reportUncarried(contract, context, {
        columns: [
          "not-null",
          ...comments,
          ...(house.primaryKey === undefined ? [] : (["primary-key"] as const)),
          ...(house.unique === undefined ? [] : (["unique"] as const)),
          ...conditions,
          "length",
        ],
        nested: house.nestedNotNull === true ? ["not-null"] : [],
        ports: house.comments === undefined ? [] : ["description"],
        product: house.comments === undefined ? [] : ["description"],
      });
      const relations = contract.ports.map((port) => context.place(port));
      const schemas = [...new Set(relations.map((relation) => house.createSchema(relation)))].filter(
        (text) => text !== undefined,
      );
      const tables = contract.ports.map((port, i) => table(contract, port, relations[i]!, house, context));
      const file = contract.product.replace(/[^\w-]/g, "_") || "product";
      return [
        {
          path: `${file}.${house.name}.sql`,
          text: `-- ${generatedLine(contract)}\n${[...schemas.map((text) => `${text};\n`), ...tables].join("\n")}`,
        },
      ];
    },
  });
}

function table(
  contract: Contract,
  port: OutputPort,
  relation: Relation,
  house: Warehouse,
  context: EmitContext,
): string {
  const lose = loserOf(port, context);
  const nodes = treesOf(port.columns);
  const keys = nodes
    .filter((node) => node.constraints.primaryKey === true)
    .sort((a, b) => (a.constraints.primaryKeyPosition ?? 0) - (b.constraints.primaryKeyPosition ?? 0));
  const isKey = (node: SchemaNode): boolean =>
    (keys.includes(node) && house.primaryKey !== undefined) ||
    (node.constraints.unique === true && house.unique !== undefined);
  const name = qualified(relation, house);
  const about = port.description ?? (port.default ? contract.description : undefined);

  const lines = nodes.map((node) => columnLine(node, isKey(node), house, lose));
  const list = (columns: readonly SchemaNode[]): string =>
    columns.map((node) => house.identifier(node.name)).join(", ");
  const suffix = (text: string): string => (text === "" ? "" : ` ${text}`);
  if (keys.length > 0 && house.primaryKey !== undefined)
    lines.push(`PRIMARY KEY (${list(keys)})${suffix(house.primaryKey)}`);
  if (house.unique !== undefined)
    for (const node of nodes.filter((n) => n.constraints.unique === true && !(keys.length === 1 && keys[0] === n)))
      lines.push(`UNIQUE (${list([node])})${suffix(house.unique)}`);
  const conditions = house.checks === undefined ? [] : nodes.flatMap((node) => conditionsOf(node, house, lose));
  if (house.checks === undefined) loseLengths(nodes, house, lose);
  if (house.checks === "table") lines.push(...conditions.map((condition) => `CHECK (${condition})`));

  const comment = about !== undefined && house.tableComment !== undefined ? `\n${house.tableComment(about)}` : "";
  const statements = [`CREATE TABLE ${name} (\n${lines.map((line) => `  ${line}`).join(",\n")}\n)${comment}`];
  if (house.checks === "alter") {
    const names = conditions.map((_, i) => house.identifier(`${relation.name}_check_${i + 1}`));
    statements.push(...conditions.map((text, i) => `ALTER TABLE ${name} ADD CONSTRAINT ${names[i]!} CHECK (${text})`));
  }
  if (house.comments === "statement") {
    if (about !== undefined && comment === "") statements.push(`COMMENT ON TABLE ${name} IS ${house.text(about)}`);
    for (const node of nodes.filter((n) => n.description !== undefined))
      statements.push(`COMMENT ON COLUMN ${name}.${house.identifier(node.name)} IS ${house.text(node.description!)}`);
  }
  return statements.map((text) => `${text};\n`).join("");
}

/** Where there are no conditions, a type may still say the greatest length. */
function loseLengths(nodes: readonly SchemaNode[], house: Warehouse, lose: Lose): void {
  for (const node of nodes) {
    const { minLength, maxLength } = node.constraints;
    const typed = maxLength === undefined || house.type(node, () => {}, false).includes(`(${maxLength})`);
    if (minLength !== undefined || !typed) lose(node, "length", "The length of its values is not limited.");
  }
}

function columnLine(node: SchemaNode, key: boolean, house: Warehouse, lose: Lose): string {
  const type = house.type(node, lose, key);
  for (const inner of nodesOf(node)) {
    const { shape } = inner;
    if (shape.kind === "opaque" && shape.engine !== house.name)
      lose(inner, "type", `Type ${shape.name} of ${shape.engine} has no counterpart in ${house.title}.`);
  }
  const required = node.nullable ? "" : " NOT NULL";
  const comment =
    node.description === undefined
      ? ""
      : house.comments === "column"
        ? ` COMMENT ${house.text(node.description)}`
        : house.comments === "options"
          ? ` OPTIONS (description = ${house.text(node.description)})`
          : "";
  return `${house.identifier(node.name)} ${type}${required}${comment}`;
}

export const qualified = (relation: Relation, house: Pick<Warehouse, "identifier">): string =>
  [relation.database, relation.schema, relation.name]
    .flatMap((part) => (part === undefined ? [] : [house.identifier(part)]))
    .join(".");
