type Json = { readonly [key: string]: unknown };

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const objects = (value: unknown): Json[] => list(value).filter(isObject);

/** Positions of an operator's columns that no row has NULL in, because rows that had were left out. Unsure is not said. */
type Guards = ReadonlySet<number>;

/** An operator's output; without a width the positions of what stands beside it are not known. */
interface Output {
  readonly width: number | undefined;
  readonly guards: Guards;
}

const none: Guards = new Set();
const unknown: Output = { width: undefined, guards: none };
const union = (all: readonly Guards[]): Guards => new Set(all.flatMap((guards) => [...guards]));
const common = ([first = none, ...rest]: readonly Guards[]): Guards =>
  new Set([...first].filter((index) => rest.every((guards) => guards.has(index))));

/** Comparisons that answer also for NULL. */
const nullSafe = new Set(["COMPARE_DISTINCT_FROM", "COMPARE_NOT_DISTINCT_FROM"]);
/** Functions that yield NULL for NULL; operators written as such (`+`, `||`, `LIKE`) do too. */
const strictFunctions = new Set(
  "lower upper trim ltrim rtrim length strlen abs round floor ceil date_trunc date_part year month day regexp_matches starts_with ends_with contains prefix suffix".split(
    " ",
  ),
);

/** Inputs that are not NULL whenever the predicate holds. */
function guardsOf(predicate: Json): Guards {
  const children = objects(predicate["children"]);
  const [first] = children;
  switch (predicate["expression_class"]) {
    case "BOUND_CONJUNCTION":
      return predicate["type"] === "CONJUNCTION_AND" ? union(children.map(guardsOf)) : common(children.map(guardsOf));
    case "BOUND_OPERATOR":
      if (first === undefined) return none;
      if (predicate["type"] === "OPERATOR_NOT")
        return first["type"] === "OPERATOR_IS_NULL" ? union(objects(first["children"]).map(strictInputs)) : none;
      return ["OPERATOR_IS_NOT_NULL", "COMPARE_IN", "COMPARE_NOT_IN"].includes(String(predicate["type"]))
        ? strictInputs(first)
        : none;
    case "BOUND_BETWEEN":
      return isObject(predicate["input"]) ? strictInputs(predicate["input"]) : none;
    default:
      return strictInputs(predicate);
  }
}

/** Inputs without which the expression is NULL. */
function strictInputs(expression: Json): Guards {
  switch (expression["expression_class"]) {
    case "BOUND_REF":
      return new Set([Number(expression["index"] ?? 0)]);
    case "BOUND_CAST":
      return isObject(expression["child"]) ? strictInputs(expression["child"]) : none;
    case "BOUND_COMPARISON":
      if (nullSafe.has(String(expression["type"]))) return none;
      return union([expression["left"], expression["right"]].map((e) => (isObject(e) ? strictInputs(e) : none)));
    case "BOUND_FUNCTION":
      return expression["is_operator"] === true || strictFunctions.has(String(expression["name"]))
        ? union(objects(expression["children"]).map(strictInputs))
        : none;
    default:
      return none;
  }
}

const matched = (join: Json, side: "left" | "right"): Guards =>
  union(
    objects(join["conditions"])
      .filter((c) => !nullSafe.has(String(c["comparison"])))
      .map((c) => (isObject(c[side]) ? strictInputs(c[side]) : none)),
  );

function joined(node: Json, left: Output, right: Output): Output {
  const leftGuards = (more: boolean): Guards => (more ? union([left.guards, matched(node, "left")]) : left.guards);
  const rightGuards = (more: boolean): Guards => (more ? union([right.guards, matched(node, "right")]) : right.guards);
  // The side of an outer join that is NULL where nothing matches has no guards any more.
  const beside = (a: Guards, b: Guards): Output => {
    const { width } = left;
    if (width === undefined) return unknown;
    const guards = new Set([...a, ...[...b].map((index) => index + width)]);
    return { width: right.width === undefined ? undefined : width + right.width, guards };
  };
  switch (String(node["join_type"] ?? "INNER")) {
    case "INNER":
      return beside(leftGuards(true), rightGuards(true));
    case "LEFT":
    case "SINGLE":
      return beside(leftGuards(false), none);
    case "RIGHT":
      return beside(none, rightGuards(false));
    case "SEMI":
      return { width: left.width, guards: leftGuards(true) };
    case "ANTI":
      return { width: left.width, guards: leftGuards(false) };
    case "RIGHT_SEMI":
      return { width: right.width, guards: rightGuards(true) };
    case "RIGHT_ANTI":
      return { width: right.width, guards: rightGuards(false) };
    case "MARK":
      return { width: left.width === undefined ? undefined : left.width + 1, guards: left.guards };
    default:
      return beside(none, none);
  }
}

/** Plans of hostile depth are left unknown. */
const deepest = 1000;
const passing = /^LOGICAL_(?:DISTINCT|ORDER_BY|LIMIT|TOP_N|SAMPLE|GET_SAMPLE|EXCEPT|INTERSECT)$/;
const joins = /^LOGICAL_(?:COMPARISON_JOIN|DELIM_JOIN|ASOF_JOIN|ANY_JOIN|CROSS_PRODUCT)$/;
const projections = ["projection_map", "projections", "left_projection_map", "right_projection_map"];

function walk(node: Json | undefined, ctes: Map<number, Output>, depth = 0): Output {
  const projected = node === undefined || projections.some((key) => list(node[key]).length > 0);
  if (projected || depth > deepest || node["delim_flipped"] === true) return unknown;
  const type = String(node["type"]);
  const [first, second] = objects(node["children"]);
  const below = (child: Json | undefined): Output => walk(child, ctes, depth + 1);
  if (passing.test(type)) return below(first);
  if (joins.test(type)) return joined(node, below(first), below(second));
  switch (type) {
    case "LOGICAL_GET": {
      const projection = list(node["projection_ids"]).length;
      return { width: projection > 0 ? projection : objects(node["column_indexes"]).length, guards: none };
    }
    case "LOGICAL_FILTER": {
      const input = below(first);
      const guards = union(objects(node["expressions"]).map(guardsOf));
      // `x IN (SELECT …)` is a join that yields a mark after its left side's columns, and a filter on the mark.
      const marked = first?.["join_type"] === "MARK" && input.width !== undefined && guards.has(input.width - 1);
      return {
        width: input.width,
        guards: union([input.guards, guards, marked ? matched(first, "left") : none]),
      };
    }
    case "LOGICAL_PROJECTION": {
      const { guards } = below(first);
      const expressions = objects(node["expressions"]);
      return { width: expressions.length, guards: passedOn(expressions, guards) };
    }
    case "LOGICAL_AGGREGATE_AND_GROUP_BY": {
      const groups = objects(node["groups"]);
      const width = groups.length + objects(node["expressions"]).length + list(node["grouping_functions"]).length;
      // Subtotals have NULL in place of the columns that they add over.
      const several = list(node["grouping_sets"]).length > 1;
      return { width, guards: several ? none : passedOn(groups, below(first).guards) };
    }
    case "LOGICAL_WINDOW":
    case "LOGICAL_UNNEST": {
      const { width, guards } = below(first);
      return { width: width === undefined ? undefined : width + objects(node["expressions"]).length, guards };
    }
    case "LOGICAL_UNION": {
      const inputs = objects(node["children"]).map(below);
      return { width: inputs[0]?.width, guards: common(inputs.map((input) => input.guards)) };
    }
    case "LOGICAL_MATERIALIZED_CTE":
      ctes.set(Number(node["table_index"] ?? 0), below(first));
      return below(second);
    case "LOGICAL_CTE_REF":
      return ctes.get(Number(node["cte_index"] ?? 0)) ?? unknown;
    case "LOGICAL_DUMMY_SCAN":
      return { width: 1, guards: none };
    case "LOGICAL_CHUNK_GET":
    case "LOGICAL_DELIM_GET":
      return { width: list(node["chunk_types"]).length, guards: none };
    default:
      return unknown;
  }
}

const passedOn = (expressions: readonly Json[], guards: Guards): Guards =>
  new Set(
    expressions.flatMap((e, i) =>
      e["expression_class"] === "BOUND_REF" && guards.has(Number(e["index"] ?? 0)) ? [i] : [],
    ),
  );

/**
 * Of a query's columns, by position: whether filters and joins leave out every row in which it would be NULL, from
 * `json_serialize_plan(…, optimize := false)`. False where the plan does not tell.
 */
export function nullGuards(serialized: string, width: number): boolean[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(serialized);
  } catch {
    parsed = undefined;
  }
  const plans = isObject(parsed) && parsed["error"] === false ? objects(parsed["plans"]) : [];
  const output = plans.length === 1 ? walk(plans[0], new Map()) : unknown;
  return Array.from({ length: width }, (_, i) => output.width === width && output.guards.has(i));
}
