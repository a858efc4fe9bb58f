import type {
  ColumnOrigin,
  Deciders,
  IndirectKind,
  IndirectOrigin,
  OriginValue as Value,
  ReadColumn,
} from "@meshwork/engine";
import type { Scope } from "./plan-expression.ts";
import { valueOf, valuesOf } from "./plan-expression.ts";
import type { Json } from "./plan-json.ts";
import { isObject, list, object, objects } from "./plan-json.ts";
import {
  columnValue,
  constantValue,
  decidedBy,
  indirectOrigins,
  mergeValues,
  originsOf,
  sameValue,
  unite,
  unknownValue,
} from "@meshwork/engine";

/** What a query reads. `undefined` where the plan does not tell. */
export interface PlanOrigins {
  readonly columns: readonly {
    readonly origins: readonly ColumnOrigin[] | undefined;
    /** What decides about this column alone. */
    readonly indirect: readonly IndirectOrigin[] | undefined;
  }[];
  /** What decides which rows there are. */
  readonly indirect: readonly IndirectOrigin[] | undefined;
}

/** The output of one operator, by position. Without a width even the positions of its neighbours are unknown. */
interface Output {
  readonly width: number | undefined;
  at(index: number): Value;
}

const unknown: Output = { width: undefined, at: () => unknownValue };
const columns = (values: readonly Value[]): Output => ({ width: values.length, at: (i) => values[i] ?? unknownValue });
const allOf = (output: Output): Value[] =>
  output.width === undefined ? [unknownValue] : Array.from({ length: output.width }, (_, i) => output.at(i));

/** Columns of nothing: a constant, a generated row. */
const constants = (width: number): Output => columns(Array.from({ length: width }, () => constantValue));

function concat(left: Output, right: Output): Output {
  const { width } = left;
  if (width === undefined) return unknown;
  return {
    width: right.width === undefined ? undefined : width + right.width,
    at: (i) => (i < width ? left.at(i) : right.at(i - width)),
  };
}

/** Table functions that make rows out of their arguments alone. */
const generators = new Set(["range", "generate_series", "repeat", "repeat_row", "unnest"]);

/** Plans of hostile depth or size are left unknown rather than followed. */
const deepest = 1_500;
const mostSteps = 200_000;

class Walk {
  /** What decides which rows there are, of all operators so far; `undefined` once something of it is not known. */
  rows: Deciders | undefined = new Map();
  readonly #read = new Map<string, ReadColumn>();
  readonly #ctes = new Map<number, Output>();
  /** Columns that the joins around hand to their subqueries, the innermost last. */
  readonly #carried: Output[] = [];
  /** Those columns by the index of the table that stands for them. */
  readonly #carriedTables = new Map<number, Output>();
  #depth = 0;
  #steps = 0;

  walk(node: Json | undefined): Output {
    if (node === undefined || this.#depth >= deepest || ++this.#steps > mostSteps) return this.#lost();
    this.#depth++;
    const output = this.#operator(node);
    this.#depth--;
    return output;
  }

  #operator(node: Json): Output {
    const [first, second] = objects(node["children"]);
    const projected = ["projection_map", "projections", "left_projection_map", "right_projection_map"];
    // An optimizer's shortcut that is not followed here.
    if (projected.some((key) => list(node[key]).length > 0)) return this.#lost();
    switch (node["type"]) {
      case "LOGICAL_GET":
        return first === undefined ? this.#scan(node) : this.#tableFunction(node, first);
      case "LOGICAL_PROJECTION":
        return columns(valuesOf(node["expressions"], this.#scope(this.walk(first))));
      case "LOGICAL_FILTER": {
        const input = this.walk(first);
        this.#decide(valuesOf(node["expressions"], this.#scope(input)), "filter");
        return input;
      }
      case "LOGICAL_DISTINCT": {
        const input = this.walk(first);
        this.#decide(valuesOf(node["distinct_targets"], this.#scope(input)), "group");
        this.#order(object(node["order_by"])["orders"], input);
        return input;
      }
      case "LOGICAL_ORDER_BY":
      case "LOGICAL_TOP_N": {
        const input = this.walk(first);
        this.#order(node["orders"], input);
        return input;
      }
      case "LOGICAL_LIMIT": {
        const input = this.walk(first);
        const limits = [node["limit_val"], node["offset_val"]].map((limit) => object(limit)["expression"]);
        this.#decide(valuesOf(limits, this.#scope(input)), "filter");
        return input;
      }
      case "LOGICAL_SAMPLE":
      case "LOGICAL_GET_SAMPLE":
        return this.walk(first);
      case "LOGICAL_COMPARISON_JOIN":
      case "LOGICAL_ANY_JOIN":
      case "LOGICAL_ASOF_JOIN":
      case "LOGICAL_DELIM_JOIN":
      case "LOGICAL_CROSS_PRODUCT":
      case "LOGICAL_POSITIONAL_JOIN":
        return this.#join(node, first, second);
      case "LOGICAL_AGGREGATE_AND_GROUP_BY": {
        const scope = this.#scope(this.walk(first));
        const groups = valuesOf(node["groups"], scope);
        this.#decide(
          groups.filter((g) => !g.plumbing),
          "group",
        );
        const outputs = [...groups, ...valuesOf(node["expressions"], scope)];
        return concat(columns(outputs), constants(list(node["grouping_functions"]).length));
      }
      case "LOGICAL_WINDOW": {
        const input = this.walk(first);
        return concat(input, columns(valuesOf(node["expressions"], this.#scope(input))));
      }
      case "LOGICAL_UNNEST": {
        const input = this.walk(first);
        const values = valuesOf(node["expressions"], this.#scope(input));
        // A list's length is the number of rows of all columns beside it.
        this.#decide(values, "join");
        return concat(input, columns(values));
      }
      case "LOGICAL_PIVOT":
        return this.#pivot(node, first);
      case "LOGICAL_UNION":
      case "LOGICAL_INTERSECT":
      case "LOGICAL_EXCEPT":
        return this.#setOperation(node);
      case "LOGICAL_MATERIALIZED_CTE": {
        this.#ctes.set(Number(node["table_index"] ?? 0), this.walk(first));
        return this.walk(second);
      }
      case "LOGICAL_RECURSIVE_CTE":
        return this.#recursion(node, first, second);
      case "LOGICAL_CTE_REF":
        return this.#ctes.get(Number(node["cte_index"] ?? 0)) ?? this.#lost();
      case "LOGICAL_EXPRESSION_GET": {
        const scope = this.#scope(this.walk(first));
        const rows = list(node["expressions"]).map((row) => objects(row).map((e) => valueOf(e, scope)));
        const width = list(node["expr_types"]).length;
        return columns(Array.from({ length: width }, (_, i) => mergeValues(rows.map((row) => row[i] ?? unknownValue))));
      }
      case "LOGICAL_DELIM_GET": {
        const carried = this.#carried.at(-1);
        if (carried === undefined || carried.width !== list(node["chunk_types"]).length) return this.#lost();
        this.#carriedTables.set(Number(node["table_index"] ?? 0), carried);
        return carried;
      }
      case "LOGICAL_DUMMY_SCAN":
        return constants(1);
      case "LOGICAL_CHUNK_GET":
      case "LOGICAL_EMPTY_RESULT":
        return constants(list(node["chunk_types"] ?? node["return_types"]).length);
      default:
        return this.#lost();
    }
  }

  /** An operator that is not understood: neither its columns nor what it leaves out are known. */
  #lost(): Output {
    this.rows = undefined;
    return unknown;
  }

  #decide(values: readonly Value[], kind: IndirectKind): void {
    this.rows = unite([this.rows, decidedBy(values, kind)]);
  }

  #order(orders: unknown, input: Output): void {
    const scope = this.#scope(input);
    this.#decide(
      objects(orders).map((o) => valueOf(object(o["expression"]), scope)),
      "sort",
    );
  }

  #scope(input: Output): Scope {
    return {
      at: (index) => input.at(index),
      named: (table, column) => this.#carriedTables.get(table)?.at(column) ?? unknownValue,
    };
  }

  #scan(node: Json): Output {
    const data = node["function_data"];
    const indexes = objects(node["column_indexes"]);
    if (node["name"] !== "seq_scan" || !isObject(data) || typeof data["table"] !== "string") {
      const made = generators.has(String(node["name"]));
      // Of files, say: how many columns is known, of which relation is not.
      return columns(indexes.map(() => (made ? constantValue : unknownValue)));
    }
    const relation = { schema: String(data["schema"]), name: data["table"] };
    const names = list(node["names"]);
    const projection = list(node["projection_ids"]);
    const read = indexes.map((entry): Value => {
      const column = names[Number(entry["index"] ?? 0)];
      // Row ids and other virtual columns are of no declared column.
      if (typeof column !== "string") return unknownValue;
      const key = JSON.stringify([relation.schema, relation.name, column]);
      let known = this.#read.get(key);
      if (known === undefined) this.#read.set(key, (known = { key, relation, column }));
      return columnValue(known);
    });
    return columns(projection.length === 0 ? read : projection.map((p) => read[Number(p)] ?? unknownValue));
  }

  /** A table function over the rows of a query: `unnest(t.list)`, `range(t.n)`. Its rows are made of its arguments. */
  #tableFunction(node: Json, child: Json): Output {
    const input = this.walk(child);
    if (!generators.has(String(node["name"]))) return this.#lost();
    const args = Array.from({ length: list(node["input_table_types"]).length }, (_, i) => input.at(i));
    const made = { ...mergeValues(args, "transformation"), plumbing: undefined };
    this.#decide(args, "join");
    const passed = list(node["projected_input"]).map((i) => input.at(Number(i)));
    return columns([...objects(node["column_indexes"]).map(() => made), ...passed]);
  }

  #join(node: Json, first: Json | undefined, second: Json | undefined): Output {
    const flipped = node["delim_flipped"] === true;
    const outer = this.walk(flipped ? second : first);
    const delim = node["type"] === "LOGICAL_DELIM_JOIN";
    if (delim) {
      const carried = valuesOf(node["duplicate_eliminated_columns"], this.#scope(outer));
      this.#carried.push(columns(carried.map((v) => ({ ...v, plumbing: true }))));
    }
    const inner = this.walk(flipped ? first : second);
    if (delim) this.#carried.pop();
    const [left, right] = flipped ? [inner, outer] : [outer, inner];
    const both = this.#scope(concat(left, right));
    const compared = objects(node["conditions"]).flatMap((c) => {
      const sides = [
        valueOf(object(c["left"]), this.#scope(left)),
        valueOf(object(c["right"]), this.#scope(right)),
      ] as const;
      // How the planner ties a subquery's rows to those around it.
      const tie =
        c["comparison"] === "COMPARE_NOT_DISTINCT_FROM" &&
        (delim ? sides.some((s) => s.plumbing) : sides.every((s) => s.plumbing));
      return tie ? [] : sides;
    });
    const conditions = [
      ...compared,
      ...valuesOf([node["condition"], node["predicate"]], both),
      ...valuesOf(node["expressions"], both),
    ];
    const join = String(node["join_type"] ?? "INNER");
    // Whether a row was found: a truth value about rows, out of no column's value.
    if (join === "MARK") return concat(left, columns([{ direct: new Map(), indirect: decidedBy(conditions, "join") }]));
    this.#decide(conditions, "join");
    if (join === "RIGHT_SEMI" || join === "RIGHT_ANTI") return right;
    if (join === "SEMI" || join === "ANTI") return left;
    return concat(left, right);
  }

  /** Groups, then one column for each value of the pivot and each aggregate, picked out of lists. */
  #pivot(node: Json, child: Json | undefined): Output {
    const input = this.walk(child);
    const pivot = object(node["bound_pivot"]);
    const groups = Number(pivot["group_count"] ?? 0);
    const width = list(pivot["types"]).length;
    const aggregates = objects(pivot["aggregates"]).length;
    if (input.width === undefined || aggregates === 0 || input.width !== groups + aggregates + 1) return this.#lost();
    const names = decidedBy([input.at(input.width - 1)], "filter");
    return columns(
      Array.from({ length: width }, (_, i) => {
        if (i < groups) return input.at(i);
        const value = input.at(groups + ((i - groups) % aggregates));
        return { direct: value.direct, indirect: unite([value.indirect, names]) };
      }),
    );
  }

  #setOperation(node: Json): Output {
    const inputs = objects(node["children"]).map((child) => this.walk(child));
    const width = inputs[0]?.width;
    if (width === undefined || inputs.some((i) => i.width !== width)) return this.#lost();
    // Rows that are in both, or in one only: all their columns are compared.
    if (node["type"] !== "LOGICAL_UNION") for (const input of inputs) this.#decide(allOf(input), "join");
    if (node["type"] === "LOGICAL_EXCEPT") return inputs[0]!;
    return columns(Array.from({ length: width }, (_, i) => mergeValues(inputs.map((input) => input.at(i)))));
  }

  /** Starts from the first rows and follows the recursion until it tells nothing new. */
  #recursion(node: Json, first: Json | undefined, second: Json | undefined): Output {
    const index = Number(node["table_index"] ?? 0);
    const start = this.walk(first);
    if (start.width === undefined || list(node["key_targets"]).length > 0) return this.#lost();
    let values = allOf(start);
    for (;;) {
      this.#ctes.set(index, columns(values));
      const next = this.walk(second);
      if (next.width !== values.length) return this.#lost();
      const merged = values.map((value, i) => mergeValues([value, next.at(i)]));
      // Kinds and deciders only grow, so this ends; the bound on steps ends it for plans made to be slow.
      if (merged.every((value, i) => sameValue(value, values[i]!))) break;
      values = merged;
    }
    if (node["union_all"] !== true) this.#decide(values, "group");
    return columns(values);
  }
}

/** What a query reads, from `json_serialize_plan(…, optimize := false)`: its references are positions. */
export function planOrigins(serialized: string, width: number): PlanOrigins {
  const nothing = { origins: undefined, indirect: undefined };
  const none = { columns: Array.from({ length: width }, () => nothing), indirect: undefined };
  let parsed: unknown;
  try {
    parsed = JSON.parse(serialized);
  } catch {
    return none;
  }
  const plans = isObject(parsed) && parsed["error"] === false ? objects(parsed["plans"]) : [];
  if (plans.length !== 1) return none;
  const walk = new Walk();
  const output = walk.walk(plans[0]);
  const indirect = indirectOrigins(walk.rows);
  if (output.width !== width) return { ...none, indirect };
  return {
    columns: allOf(output).map((value) => ({ origins: originsOf(value), indirect: indirectOrigins(value.indirect) })),
    indirect,
  };
}
