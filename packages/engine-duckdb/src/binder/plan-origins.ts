import type { ColumnOrigin } from "@meshwork/engine";

/** What a plan's column is made of; `undefined` where the plan does not tell. */
export type Origins = readonly ColumnOrigin[] | undefined;

type Json = { readonly [key: string]: unknown };

/** The output of one operator, by position. Without a width even the positions of its neighbours are unknown. */
interface Output {
  readonly width: number | undefined;
  at(index: number): Origins;
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const objects = (value: unknown): Json[] => list(value).filter(isObject);

const unknown: Output = { width: undefined, at: () => undefined };
const columns = (origins: readonly Origins[]): Output => ({ width: origins.length, at: (i) => origins[i] });

/** Columns of nothing: a constant, a generated row. */
const constants = (width: number): Output => columns(Array.from({ length: width }, () => []));

const strength = { identity: 0, transformation: 1, aggregation: 2 } as const;

/** Joins origins, each column once, with the strongest of the ways it is read. */
function merge(all: readonly Origins[], least: ColumnOrigin["kind"] = "identity"): Origins {
  const found = new Map<string, ColumnOrigin>();
  for (const origins of all) {
    if (origins === undefined) return undefined;
    for (const origin of origins) {
      const kind = strength[origin.kind] >= strength[least] ? origin.kind : least;
      const key = JSON.stringify([origin.relation.schema, origin.relation.name, origin.column]);
      const before = found.get(key);
      if (before === undefined || strength[before.kind] < strength[kind]) found.set(key, { ...origin, kind });
    }
  }
  return [...found.keys()].sort().map((key) => found.get(key)!);
}

function concat(left: Output, right: Output): Output {
  const { width } = left;
  if (width === undefined) return unknown;
  return {
    width: right.width === undefined ? undefined : width + right.width,
    at: (i) => (i < width ? left.at(i) : right.at(i - width)),
  };
}

/** Expressions whose parts are all there is to them. What is not here (lambdas' parameters, subqueries) is unknown. */
const transparent = new Set([
  "BOUND_FUNCTION",
  "BOUND_CAST",
  "BOUND_COMPARISON",
  "BOUND_CONJUNCTION",
  "BOUND_OPERATOR",
  "BOUND_CASE",
  "BOUND_BETWEEN",
  "BOUND_AGGREGATE",
  "BOUND_WINDOW",
  "BOUND_UNNEST",
]);

/** Windows that look at rows one by one; all others add rows up. */
const rowWindows = new Set([
  "WINDOW_LAG",
  "WINDOW_LEAD",
  "WINDOW_FIRST_VALUE",
  "WINDOW_LAST_VALUE",
  "WINDOW_NTH_VALUE",
  "WINDOW_ROW_NUMBER",
  "WINDOW_RANK",
  "WINDOW_RANK_DENSE",
  "WINDOW_NTILE",
]);

function ofExpression(expression: Json, input: Output): Origins {
  const kind = expression["expression_class"];
  if (kind === "BOUND_REF") return input.at(Number(expression["index"] ?? 0));
  if (kind === "BOUND_CONSTANT" || kind === "BOUND_PARAMETER" || kind === "BOUND_DEFAULT") return [];
  if (typeof kind !== "string" || !transparent.has(kind)) return undefined;
  const parts: Origins[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isObject(value)) {
      if ("expression_class" in value) parts.push(ofExpression(value, input));
      else for (const [key, inner] of Object.entries(value)) if (!opaqueKeys.has(key)) visit(inner);
    }
  };
  for (const [key, value] of Object.entries(expression)) if (!opaqueKeys.has(key)) visit(value);
  const adds = kind === "BOUND_AGGREGATE" || (kind === "BOUND_WINDOW" && !rowWindows.has(String(expression["type"])));
  return merge(parts, adds ? "aggregation" : "transformation");
}

/**
 * Parts of an expression that give it no value. A lambda's body refers to its own parameters (what it takes from
 * outside stands among the children); partitions, orders and filters decide which rows, not what is in them.
 */
const opaqueKeys = new Set([
  "function_data",
  "bind_info",
  "return_type",
  "arguments",
  "original_arguments",
  "partitions",
  "orders",
  "order_bys",
  "arg_orders",
  "filter",
  "filter_expr",
]);

/** Table functions that make rows out of nothing. */
const generators = new Set(["range", "generate_series", "repeat", "repeat_row"]);

function scan(node: Json): Output {
  const data = node["function_data"];
  const indexes = objects(node["column_indexes"]);
  if (node["name"] !== "seq_scan" || !isObject(data) || typeof data["table"] !== "string")
    return generators.has(String(node["name"])) ? constants(indexes.length) : unknown;
  const relation = { schema: String(data["schema"]), name: data["table"] };
  const names = list(node["names"]);
  const projection = list(node["projection_ids"]);
  const read = indexes.map((entry): Origins => {
    const column = names[Number(entry["index"] ?? 0)];
    // Row ids and other virtual columns are of no declared column.
    return typeof column === "string" ? [{ relation, column, kind: "identity" }] : undefined;
  });
  return columns(projection.length === 0 ? read : projection.map((p) => read[Number(p)]));
}

const passing = new Set([
  "LOGICAL_FILTER",
  "LOGICAL_DISTINCT",
  "LOGICAL_ORDER_BY",
  "LOGICAL_LIMIT",
  "LOGICAL_TOP_N",
  "LOGICAL_SAMPLE",
  "LOGICAL_GET_SAMPLE",
]);
const joins = new Set([
  "LOGICAL_COMPARISON_JOIN",
  "LOGICAL_ANY_JOIN",
  "LOGICAL_ASOF_JOIN",
  "LOGICAL_DELIM_JOIN",
  "LOGICAL_CROSS_PRODUCT",
  "LOGICAL_POSITIONAL_JOIN",
]);

function walk(node: Json, ctes: Map<number, Output>): Output {
  const type = String(node["type"]);
  const children = objects(node["children"]);
  const [first, second] = children;
  const projected =
    list(node["projection_map"]).length +
    list(node["projections"]).length +
    list(node["left_projection_map"]).length +
    list(node["right_projection_map"]).length;
  // An optimizer's shortcut that is not followed here.
  if (projected > 0) return unknown;
  const below = (child: Json | undefined): Output => (child === undefined ? unknown : walk(child, ctes));
  if (passing.has(type)) return below(first);
  if (joins.has(type)) {
    const join = String(node["join_type"] ?? "INNER");
    if (join === "RIGHT_SEMI" || join === "RIGHT_ANTI") return below(second);
    if (join === "SEMI" || join === "ANTI") return below(first);
    // Whether a row was found: a truth value about rows, out of no column's value.
    if (join === "MARK") return concat(below(first), constants(1));
    return concat(below(first), below(second));
  }
  switch (type) {
    case "LOGICAL_GET":
      return children.length === 0 ? scan(node) : unknown;
    case "LOGICAL_PROJECTION": {
      const input = below(first);
      return columns(objects(node["expressions"]).map((e) => ofExpression(e, input)));
    }
    case "LOGICAL_AGGREGATE_AND_GROUP_BY": {
      const input = below(first);
      const outputs = [...objects(node["groups"]), ...objects(node["expressions"])].map((e) => ofExpression(e, input));
      return concat(columns(outputs), constants(list(node["grouping_functions"]).length));
    }
    case "LOGICAL_WINDOW":
    case "LOGICAL_UNNEST": {
      const input = below(first);
      return concat(input, columns(objects(node["expressions"]).map((e) => ofExpression(e, input))));
    }
    case "LOGICAL_UNION":
    case "LOGICAL_INTERSECT": {
      const inputs = children.map(below);
      const width = inputs[0]?.width;
      if (width === undefined || inputs.some((i) => i.width !== width)) return unknown;
      return columns(Array.from({ length: width }, (_, i) => merge(inputs.map((input) => input.at(i)))));
    }
    case "LOGICAL_EXCEPT":
      return below(first);
    case "LOGICAL_MATERIALIZED_CTE": {
      ctes.set(Number(node["table_index"] ?? 0), below(first));
      return below(second);
    }
    case "LOGICAL_CTE_REF":
      return ctes.get(Number(node["cte_index"] ?? 0)) ?? unknown;
    case "LOGICAL_EXPRESSION_GET": {
      const width = list(node["expr_types"]).length;
      const input = below(first);
      const rows = list(node["expressions"]).map((row) => objects(row));
      return columns(
        Array.from({ length: width }, (_, i) =>
          merge(rows.map((row) => (row[i] === undefined ? undefined : ofExpression(row[i], input)))),
        ),
      );
    }
    case "LOGICAL_DELIM_GET":
      // The correlated columns of the query around: how many is known, which is not.
      return { width: list(node["chunk_types"]).length, at: () => undefined };
    case "LOGICAL_DUMMY_SCAN":
      return constants(1);
    case "LOGICAL_CHUNK_GET":
      return constants(list(node["chunk_types"]).length);
    default:
      return unknown;
  }
}

/** Origins of a query's columns, from `json_serialize_plan(…, optimize := false)`: its references are positions. */
export function planOrigins(serialized: string, width: number): Origins[] {
  const none = Array.from({ length: width }, (): Origins => undefined);
  let parsed: unknown;
  try {
    parsed = JSON.parse(serialized);
  } catch {
    return none;
  }
  const plans = isObject(parsed) && parsed["error"] === false ? objects(parsed["plans"]) : [];
  const root = plans[0];
  if (root === undefined || plans.length !== 1) return none;
  const output = walk(root, new Map());
  return output.width === width ? none.map((_, i) => output.at(i)) : none;
}
