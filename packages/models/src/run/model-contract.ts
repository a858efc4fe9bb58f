import type { Diagnostic } from "@meshwork/diagnostics";
import { EngineError } from "@meshwork/engine";
import type { Column } from "@meshwork/sql";
import { translateType } from "../context/column-value.ts";
import type { ColumnProperties, ModelConstraint, ProjectNode } from "../model.ts";
import { sqlCodes } from "../sql.codes.ts";
import { columnsOfQuery } from "./perform-steps.ts";
import type { Work } from "./perform-steps.ts";

/** What an enforced contract makes of a table: its columns as DDL, and their order. */
export interface ContractTable {
  /** `"id" integer not null, …, primary key ("id")` */
  readonly definition: string;
  readonly columns: readonly string[];
}

export type ContractAnswer =
  | { readonly table: ContractTable; readonly diagnostics: readonly Diagnostic[] }
  | { readonly table: undefined; readonly diagnostics: readonly Diagnostic[] };

interface Row {
  readonly column: string;
  readonly definition: string;
  readonly contract: string;
  readonly reason: string;
  readonly place: Diagnostic["span"];
}

/**
 * Holds a model's query against its enforced contract: the same columns, by name, of the same types.
 * @throws {StepError} when the query itself is wrong.
 */
export async function checkContract(work: Work, node: ProjectNode, query: string): Promise<ContractAnswer> {
  const declared = [...node.columns.values()];
  const untyped = declared.filter((c) => c.dataType === undefined);
  if (declared.length === 0 || untyped.length > 0)
    return { table: undefined, diagnostics: [incomplete(node, untyped)] };
  const actual = await columnsOfQuery(work, query);
  const typed = await declaredTypes(work, node, declared);
  if ("diagnostics" in typed) return { table: undefined, diagnostics: typed.diagnostics };
  const rows = differences(work, node, actual, declared, typed.columns);
  if (rows.length > 0) return { table: undefined, diagnostics: [broken(node, rows)] };
  return tableOf(work, node, declared);
}

const typeOf = (node: ProjectNode, column: ColumnProperties): string =>
  node.config.contract.aliasTypes ? translateType(column.dataType!) : column.dataType!;

/** Types as the engine understands them, so that `int` and `integer` are the same. */
async function declaredTypes(
  work: Work,
  node: ProjectNode,
  declared: readonly ColumnProperties[],
): Promise<{ columns: readonly Column[] } | { diagnostics: readonly Diagnostic[] }> {
  const describe = async (columns: readonly ColumnProperties[]): Promise<readonly Column[]> => {
    const casts = columns.map((c) => `cast(null as ${typeOf(node, c)}) as ${work.session.dialect.identifier(c.name)}`);
    const result = await work.session.query(`select ${casts.join(", ")}`, { signal: work.signal });
    await result.rows();
    return result.columns;
  };
  try {
    return { columns: await describe(declared) };
  } catch (error) {
    if (!(error instanceof EngineError) || error.code === "cancelled") throw error;
  }
  const diagnostics: Diagnostic[] = [];
  for (const column of declared) {
    try {
      await describe([column]);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const params = {
        key: "data_type",
        value: `"${column.dataType}"`,
        expected: `a type of ${work.session.capabilities.engine}`,
        where: `column "${column.name}" of model "${node.name}"`,
      };
      diagnostics.push(sqlCodes.create("bad-config", params, { span: column.place, product: node.product }));
    }
  }
  return { diagnostics };
}

function differences(
  work: Work,
  node: ProjectNode,
  actual: readonly Column[],
  declared: readonly ColumnProperties[],
  types: readonly Column[],
): Row[] {
  const { dialect } = work.session;
  const found = new Map(actual.map((c) => [c.name.toLowerCase(), c]));
  const rows: Row[] = [];
  for (const [i, column] of declared.entries()) {
    const wanted = dialect.type(types[i]!.type);
    const own = found.get(column.name.toLowerCase());
    const definition = own === undefined ? "" : dialect.type(own.type);
    if (own !== undefined && definition === wanted) continue;
    const reason = own === undefined ? "missing in the query" : "another type";
    rows.push({ column: column.name, definition, contract: wanted, reason, place: column.place });
  }
  const known = new Set(declared.map((c) => c.name.toLowerCase()));
  for (const column of actual) {
    if (known.has(column.name.toLowerCase())) continue;
    const definition = dialect.type(column.type);
    rows.push({ column: column.name, definition, contract: "", reason: "missing in the contract", place: node.place });
  }
  return rows;
}

function broken(node: ProjectNode, rows: readonly Row[]): Diagnostic {
  const table = [
    ["column", "the query has", "the contract has", ""],
    ...rows.map((r) => [r.column, r.definition || "-", r.contract || "-", r.reason]),
  ];
  const widths = [0, 1, 2].map((i) => Math.max(...table.map((cells) => cells[i]!.length)));
  const details = table.map((cells) =>
    cells
      .map((c, i) => c.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const [first, ...rest] = rows;
  const related = rest
    .filter((r) => r.place !== undefined && r.contract !== "")
    .slice(0, 5)
    .map((r) => ({ message: `"${r.column}": ${r.reason}`, span: r.place! }));
  return sqlCodes.create(
    "contract-broken",
    { model: node.name, columns: rows.map((r) => r.column) },
    { span: first!.place ?? node.place, product: node.product, details, ...(related.length === 0 ? {} : { related }) },
  );
}

function incomplete(node: ProjectNode, untyped: readonly ColumnProperties[]): Diagnostic {
  const [first] = untyped;
  const params = {
    key: first === undefined ? "columns" : "data_type",
    value: "missing",
    expected: first === undefined ? "every column of the model, with its data_type" : "the type that the column has",
    where: first === undefined ? `the enforced contract of "${node.name}"` : `column "${first.name}" of "${node.name}"`,
  };
  return sqlCodes.create("bad-config", params, { span: first?.place ?? node.place, product: node.product });
}

/** Columns and constraints as DDL; a constraint that the engine lacks is left out with a warning. */
function tableOf(work: Work, node: ProjectNode, declared: readonly ColumnProperties[]): ContractAnswer {
  const { dialect } = work.session;
  const diagnostics: Diagnostic[] = [];
  const supported = (c: ModelConstraint): boolean => {
    if (work.session.capabilities.engine !== "trino" || c.type === "not_null") return true;
    const what = `The constraint ${c.type}`;
    const detail = `${work.session.capabilities.engine} keeps no such rule, and the table is built without it`;
    if (c.warnUnsupported)
      diagnostics.push(sqlCodes.create("not-supported", { what, detail }, { severity: "warning", span: c.place }));
    return false;
  };
  const lines = declared.map((c) => {
    const name = dialect.identifier(c.name);
    const rules = c.constraints.filter(supported).map((rule) => columnRule(work, rule));
    return [name, typeOf(node, c), ...rules].join(" ");
  });
  for (const rule of node.constraints.filter(supported)) lines.push(tableRule(work, rule));
  return { table: { definition: lines.join(",\n  "), columns: declared.map((c) => c.name) }, diagnostics };
}

function columnRule(work: Work, rule: ModelConstraint): string {
  switch (rule.type) {
    case "not_null":
      return "not null";
    case "unique":
      return "unique";
    case "primary_key":
      return "primary key";
    case "foreign_key":
      return `references ${referenced(work, rule)}`;
    case "check":
      return `check (${rule.expression ?? "true"})`;
    case "custom":
      return rule.expression ?? "";
  }
}

function tableRule(work: Work, rule: ModelConstraint): string {
  const { dialect } = work.session;
  const list = rule.columns.map((c) => dialect.identifier(c)).join(", ");
  const name = rule.name === undefined ? "" : `constraint ${dialect.identifier(rule.name)} `;
  switch (rule.type) {
    case "not_null":
      return rule.columns.map((c) => `check (${dialect.identifier(c)} is not null)`).join(", ");
    case "unique":
      return `${name}unique (${list})`;
    case "primary_key":
      return `${name}primary key (${list})`;
    case "foreign_key":
      return `${name}foreign key (${list}) references ${referenced(work, rule)}`;
    case "check":
      return `${name}check (${rule.expression ?? "true"})`;
    case "custom":
      return `${name}${rule.expression ?? ""}`;
  }
}

/** What a foreign key points to: the relation of a `ref()`, or what its expression says. */
function referenced(work: Work, rule: ModelConstraint): string {
  const { dialect } = work.session;
  const [, name] = /^\s*ref\(\s*['"]([^'"]+)['"]\s*\)\s*$/.exec(rule.to ?? "") ?? [];
  const node = name === undefined ? undefined : work.project.find(name);
  if (node === undefined) return rule.to ?? rule.expression ?? "";
  const relation = { schema: node.relation.schema, name: node.relation.name };
  const columns = rule.toColumns.map((c) => dialect.identifier(c)).join(", ");
  return `${dialect.relation(relation)}${columns === "" ? "" : ` (${columns})`}`;
}
