import type { OriginValue as Value } from "@meshwork/engine";
import { constantValue, decidedBy, mergeValues, unite, unknownValue } from "@meshwork/engine";
import type { Json } from "./plan-json.ts";
import { isObject, list, object, objects } from "./plan-json.ts";

/** What an expression's references stand for: positions of its operator's input, or columns of a table by its index. */
export interface Scope {
  at(index: number): Value;
  named(table: number, column: number): Value;
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

/**
 * Parts of an expression that give it no value. A lambda's body refers to its own parameters (what it takes from
 * outside stands among the children); conditions, partitions, orders and filters decide, and are read by `deciders`.
 */
const noValue = new Set([
  "function_data",
  "bind_info",
  "return_type",
  "arguments",
  "original_arguments",
  "when_expr",
  "partitions",
  "orders",
  "order_bys",
  "arg_orders",
  "filter",
  "filters",
  "start_expr",
  "end_expr",
]);

export function valueOf(expression: Json, scope: Scope): Value {
  const kind = expression["expression_class"];
  if (kind === "BOUND_REF") return scope.at(Number(expression["index"] ?? 0));
  if (kind === "BOUND_COLUMN_REF") {
    const binding = object(expression["binding"]);
    return scope.named(Number(binding["table_index"] ?? 0), Number(binding["column_index"] ?? 0));
  }
  if (kind === "BOUND_CONSTANT" || kind === "BOUND_PARAMETER" || kind === "BOUND_DEFAULT") return constantValue;
  if (typeof kind !== "string" || !transparent.has(kind)) return unknownValue;
  if (kind === "BOUND_FUNCTION") {
    const field = ofStruct(expression, scope);
    if (field) return field;
  }
  const parts: Value[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isObject(value)) {
      if ("expression_class" in value) parts.push(valueOf(value, scope));
      else for (const [key, inner] of Object.entries(value)) if (!noValue.has(key)) visit(inner);
    }
  };
  for (const [key, value] of Object.entries(expression)) if (!noValue.has(key)) visit(value);
  const adds = kind === "BOUND_AGGREGATE" || (kind === "BOUND_WINDOW" && !rowWindows.has(String(expression["type"])));
  const value = mergeValues(parts, adds ? "aggregation" : "transformation");
  const deciders = decidersOf(expression, kind, scope);
  return deciders === undefined ? value : { direct: value.direct, indirect: unite([value.indirect, ...deciders]) };
}

function decidersOf(expression: Json, kind: string, scope: Scope) {
  const values = (all: readonly Json[]) => all.map((e) => valueOf(e, scope));
  const one = (key: string) => [expression[key]].filter(isObject);
  const ordered = (orders: unknown) => objects(orders).map((o) => object(o["expression"]));
  switch (kind) {
    case "BOUND_CASE":
      return [decidedBy(values(objects(expression["case_checks"]).map((c) => object(c["when_expr"]))), "condition")];
    case "BOUND_AGGREGATE":
      return [
        decidedBy(values(one("filter")), "filter"),
        decidedBy(values(ordered(object(expression["order_bys"])["orders"])), "sort"),
      ];
    case "BOUND_WINDOW":
      return [
        decidedBy(
          values([
            ...objects(expression["partitions"]),
            ...ordered(expression["orders"]),
            ...one("start_expr"),
            ...one("end_expr"),
          ]),
          "window",
        ),
        decidedBy(values(one("filters")), "filter"),
        decidedBy(values(ordered(expression["arg_orders"])), "sort"),
      ];
    default:
      return undefined;
  }
}

/** Structs made in the query and taken apart again: one field reads what that field was made of, and no other. */
function ofStruct(expression: Json, scope: Scope): Value | undefined {
  const children = objects(expression["children"]);
  if (expression["name"] === "struct_pack") {
    const names = objects(object(object(expression["return_type"])["type_info"])["child_types"]).map((c) => c["first"]);
    if (names.length !== children.length) return undefined;
    const values = children.map((child) => valueOf(child, scope));
    const fields = new Map(names.map((name, i) => [String(name).toLowerCase(), values[i]!]));
    return { ...mergeValues(values, "transformation"), fields };
  }
  if (expression["name"] === "struct_extract" && children.length === 2) {
    const name = object(children[1]!["value"])["value"];
    return typeof name === "string" ? valueOf(children[0]!, scope).fields?.get(name.toLowerCase()) : undefined;
  }
  return undefined;
}

export const valuesOf = (expressions: unknown, scope: Scope): Value[] =>
  list(expressions)
    .filter(isObject)
    .map((e) => valueOf(e, scope));
