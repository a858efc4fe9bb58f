/** What a predicate says of NULL: a row passes only when these inputs, by position, are not NULL. Unsure is not said. */
export type Guards = ReadonlySet<number>;

type Json = { readonly [key: string]: unknown };

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

const none: Guards = new Set();
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
export function guardsOf(predicate: Json): Guards {
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

/** The two sides' inputs that are not NULL in every pair of rows that a join's condition brings together. */
export function joinGuards(join: Json): { readonly left: Guards; readonly right: Guards } {
  const conditions = objects(join["conditions"]).filter((c) => !nullSafe.has(String(c["comparison"])));
  const side = (name: "left" | "right"): Guards =>
    union(conditions.map((c) => (isObject(c[name]) ? strictInputs(c[name]) : none)));
  return { left: side("left"), right: side("right") };
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
