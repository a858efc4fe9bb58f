import type { Node, NodeValue } from "./node-tree.ts";
import { flagOf, isNode, listOf, nodeOf, nodesOf, numberOf, wordOf } from "./node-tree.ts";

/** Variables by relation, column and the outer joins that may have made them NULL. */
type Guards = ReadonlySet<string>;
const none: Guards = new Set();
const union = (all: readonly Guards[]): Guards => new Set(all.flatMap((g) => [...g]));
const common = ([first = none, ...rest]: readonly Guards[]): Guards =>
  new Set([...first].filter((key) => rest.every((g) => g.has(key))));

/** A variable of the query itself; `undefined` for one of a query around. */
export const guardKey = (variable: Node): string | undefined =>
  numberOf(variable, "varlevelsup") > 0
    ? undefined
    : [
        wordOf(variable, "varno"),
        wordOf(variable, "varattno"),
        ...listOf(variable.fields.get("varnullingrels")).map(String),
      ].join(" ");

/** What a condition that holds says of variables, with the functions that yield NULL for NULL. */
export class GuardReader {
  readonly #strict: ReadonlySet<number>;
  #depth = 0;
  constructor(strict: ReadonlySet<number>) {
    this.#strict = strict;
  }

  /** Variables that are not NULL whenever the condition holds. */
  ofCondition(condition: NodeValue): Guards {
    if (!isNode(condition) || this.#depth > 500) return none;
    this.#depth++;
    try {
      return this.#condition(condition);
    } finally {
      this.#depth--;
    }
  }

  #condition(condition: Node): Guards {
    const args = nodesOf(condition.fields.get("args"));
    switch (condition.kind) {
      case "BOOLEXPR": {
        const operator = wordOf(condition, "boolop");
        if (operator === "and") return union(args.map((a) => this.ofCondition(a)));
        if (operator === "or") return common(args.map((a) => this.ofCondition(a)));
        const [inner] = args;
        return inner?.kind === "NULLTEST" ? this.#nullTest(inner, "0") : this.ofValue(inner);
      }
      case "NULLTEST":
        return this.#nullTest(condition, "1");
      case "BOOLEANTEST":
        // IS TRUE and IS FALSE; IS UNKNOWN and the negations let NULL through.
        return ["0", "2"].includes(wordOf(condition, "booltesttype")) ? this.ofValue(nodeOf(condition, "arg")) : none;
      case "SUBLINK":
        // `x IN (SELECT …)`.
        return wordOf(condition, "subLinkType") === "2" ? this.ofCondition(nodeOf(condition, "testexpr")) : none;
      default:
        return this.ofValue(condition);
    }
  }

  #nullTest(test: Node, kind: string): Guards {
    return wordOf(test, "nulltesttype") === kind && !flagOf(test, "argisrow")
      ? this.ofValue(nodeOf(test, "arg"))
      : none;
  }

  /** Variables without which the expression is NULL. */
  ofValue(expression: NodeValue): Guards {
    if (!isNode(expression) || this.#depth > 500) return none;
    this.#depth++;
    try {
      const args = nodesOf(expression.fields.get("args"));
      switch (expression.kind) {
        case "VAR": {
          const key = guardKey(expression);
          return key === undefined ? none : new Set([key]);
        }
        case "RELABELTYPE":
        case "COLLATEEXPR":
        case "COERCEVIAIO":
        case "COERCETODOMAIN":
          return this.ofValue(expression.fields.get("arg"));
        case "FUNCEXPR":
          return this.#strict.has(numberOf(expression, "funcid")) ? union(args.map((a) => this.ofValue(a))) : none;
        case "OPEXPR":
          return this.#strict.has(numberOf(expression, "opfuncid")) ? union(args.map((a) => this.ofValue(a))) : none;
        case "SCALARARRAYOPEXPR":
          // `x IN (1, 2)` and `x NOT IN (1, 2)`; the list itself may hold NULL.
          return this.#strict.has(numberOf(expression, "opfuncid")) ? this.ofValue(args[0]) : none;
        default:
          return none;
      }
    } finally {
      this.#depth--;
    }
  }
}
