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
  type ColumnOrigin,
  type Deciders,
  type IndirectKind,
  type IndirectOrigin,
  type OriginValue,
} from "@meshwork/engine";
import type { Node, NodeValue } from "./node-tree.ts";
import { flagOf, isNode, listOf, nodeOf, nodesOf, numberOf, parseNodeTree, wordOf } from "./node-tree.ts";
import { guardKey, GuardReader } from "./query-guards.ts";
import type { Catalog, Output } from "./query-level.ts";
import { allOf, Level, outputOf, targetOf, unknownOutput } from "./query-level.ts";
import { valueOf, type Reader } from "./query-expression.ts";

/** What a query reads. `undefined` where its tree does not tell. */
export interface QueryOrigins {
  readonly columns: readonly {
    readonly origins: readonly ColumnOrigin[] | undefined;
    readonly indirect: readonly IndirectOrigin[] | undefined;
    readonly notNull: boolean;
  }[];
  readonly indirect: readonly IndirectOrigin[] | undefined;
}

/** Trees of hostile depth or size are left unknown rather than followed. */
const deepest = 1_000;
const mostSteps = 200_000;

/** `RTEKind` of `nodes/parsenodes.h`. */
const rangeTable = { relation: 0, subquery: 1, join: 2, function: 3, table: 4, values: 5, cte: 6, result: 8, group: 9 };

class Walk implements Reader {
  rows: Deciders | undefined = new Map();
  readonly catalog: Catalog;
  readonly #guards: GuardReader;
  #depth = 0;
  #steps = 0;

  constructor(catalog: Catalog) {
    this.catalog = catalog;
    this.#guards = new GuardReader(catalog.strict);
  }

  /** Whether there is room for one more step down; `leave` after it. */
  enter(): boolean {
    if (this.#depth >= deepest || ++this.#steps > mostSteps) {
      this.rows = undefined;
      return false;
    }
    this.#depth++;
    return true;
  }

  leave(): void {
    this.#depth--;
  }

  decide(values: readonly OriginValue[], kind: IndirectKind): void {
    this.rows = unite([this.rows, decidedBy(values, kind)]);
  }

  #lost(): Output {
    this.rows = undefined;
    return unknownOutput;
  }

  query(query: Node, parent: Level | undefined): Output {
    if (query.kind !== "QUERY" || !this.enter()) return this.#lost();
    const output = this.#level(new Level(query, parent));
    this.leave();
    return output;
  }

  #level(level: Level): Output {
    const { query } = level;
    const from = nodeOf(query, "jointree");
    const setOperation = nodeOf(query, "setOperations");
    const combined = setOperation === undefined ? undefined : this.#setOperation(setOperation, level);
    const guards = from === undefined || combined !== undefined ? [] : [...this.#from(from, level)];
    level.guards = new Set(guards);
    const shown = level.targets.filter((t) => !flagOf(t, "resjunk"));
    const at = (target: Node): OriginValue =>
      combined === undefined || flagOf(target, "resjunk")
        ? this.value(target.fields.get("expr"), level)
        : combined.at(numberOf(target, "resno") - 1);
    const values = new Map(level.targets.map((t) => [t, at(t)]));
    const named = (clause: NodeValue): OriginValue[] =>
      nodesOf(clause).map((c) => {
        const target = targetOf(level, c);
        return (target && values.get(target)) ?? unknownValue;
      });
    this.decide(named(query.fields.get("groupClause")), "group");
    this.decide(this.#all([query.fields.get("havingQual")], level), "filter");
    this.decide(named(query.fields.get("distinctClause")), "group");
    this.decide(named(query.fields.get("sortClause")), "sort");
    this.decide(this.#all([query.fields.get("limitOffset"), query.fields.get("limitCount")], level), "filter");
    return outputOf(
      shown.map((t) => values.get(t)!),
      shown.map((t) =>
        combined === undefined
          ? this.#notNull(t.fields.get("expr"), level)
          : combined.notNull(numberOf(t, "resno") - 1),
      ),
    );
  }

  #all(expressions: readonly NodeValue[], level: Level): OriginValue[] {
    return expressions.filter(isNode).map((e) => this.value(e, level));
  }

  value(expression: NodeValue, level: Level): OriginValue {
    if (!isNode(expression)) return unknownValue;
    if (!this.enter()) return unknownValue;
    const found = valueOf(expression, level, this);
    this.leave();
    return found;
  }

  /** Goes through FROM and WHERE; gives the variables that they leave no NULL in. */
  #from(node: Node, level: Level): ReadonlySet<string> {
    if (!this.enter()) return new Set();
    const found = this.#part(node, level);
    this.leave();
    return found;
  }

  #part(node: Node, level: Level): ReadonlySet<string> {
    const below = (child: Node | undefined): ReadonlySet<string> =>
      child === undefined ? new Set() : this.#from(child, level);
    switch (node.kind) {
      case "RANGETBLREF":
        this.table(level, numberOf(node, "rtindex"));
        return new Set();
      case "JOINEXPR": {
        const sides = [below(nodeOf(node, "larg")), below(nodeOf(node, "rarg"))];
        this.decide(this.#all([node.fields.get("quals")], level), "join");
        // A variable that an outer join above makes NULL is another variable to the guards, so all sides may be kept.
        const inner = wordOf(node, "jointype") === "0" ? [this.#guards.ofCondition(node.fields.get("quals"))] : [];
        return new Set([...sides, ...inner].flatMap((s) => [...s]));
      }
      case "FROMEXPR": {
        const parts = nodesOf(node.fields.get("fromlist")).map(below);
        this.decide(this.#all([node.fields.get("quals")], level), "filter");
        return new Set([...parts, this.#guards.ofCondition(node.fields.get("quals"))].flatMap((s) => [...s]));
      }
      default:
        this.rows = undefined;
        return new Set();
    }
  }

  table(level: Level, index: number): Output {
    const known = level.outputs.get(index);
    if (known !== undefined) return known;
    const entry = level.tables[index - 1];
    const output = entry === undefined ? this.#lost() : this.#entry(entry, level);
    level.outputs.set(index, output);
    return output;
  }

  #entry(entry: Node, level: Level): Output {
    switch (numberOf(entry, "rtekind")) {
      case rangeTable.relation: {
        const columns = this.catalog.relations.get(numberOf(entry, "relid"));
        const sample = nodeOf(entry, "tablesample");
        if (sample !== undefined) this.decide(this.#all(listOf(sample.fields.get("args")), level), "filter");
        return columns === undefined ? this.#lost() : outputOf(columns.map(columnValue));
      }
      case rangeTable.subquery: {
        const query = nodeOf(entry, "subquery");
        return query === undefined ? this.#lost() : this.query(query, level);
      }
      case rangeTable.join:
        return this.#alias(listOf(entry.fields.get("joinaliasvars")), level);
      case rangeTable.group:
        return this.#alias(listOf(entry.fields.get("groupexprs")), level);
      case rangeTable.function: {
        const values = nodesOf(entry.fields.get("functions")).flatMap((f) => {
          const value = mergeValues(this.#all([f.fields.get("funcexpr")], level), "transformation");
          this.decide([value], "join");
          return Array.from({ length: numberOf(f, "funccolcount") }, () => value);
        });
        return outputOf(flagOf(entry, "funcordinality") ? [...values, constantValue] : values);
      }
      case rangeTable.table: {
        const made = nodeOf(entry, "tablefunc");
        if (made === undefined) return this.#lost();
        const arguments_ = ["docexpr", "rowexpr", "passingvalexprs", "colexprs", "coldefexprs", "ns_uris"].flatMap(
          (f) => {
            const value = made.fields.get(f);
            return isNode(value) ? [value] : [...listOf(value)];
          },
        );
        const value = mergeValues(this.#all(arguments_, level), "transformation");
        this.decide([value], "join");
        return outputOf(listOf(made.fields.get("colnames")).map(() => value));
      }
      case rangeTable.values: {
        const rows = listOf(entry.fields.get("values_lists")).map((row) => this.#all(listOf(row), level));
        const width = rows[0]?.length ?? 0;
        return outputOf(Array.from({ length: width }, (_, i) => mergeValues(rows.map((r) => r[i] ?? unknownValue))));
      }
      case rangeTable.cte:
        return this.#cte(entry, level);
      case rangeTable.result:
        return outputOf([]);
      default:
        return this.#lost();
    }
  }

  #alias(expressions: readonly NodeValue[], level: Level): Output {
    const values: (OriginValue | undefined)[] = [];
    return {
      width: expressions.length,
      at: (i) => (values[i] ??= this.value(expressions[i], level)),
      notNull: (i) => this.#notNull(expressions[i], level),
    };
  }

  #cte(entry: Node, level: Level): Output {
    const home = level.up(numberOf(entry, "ctelevelsup"));
    const name = wordOf(entry, "ctename");
    const known = home?.ctes.get(name);
    if (known !== undefined) return known;
    const written = nodesOf(home?.query.fields.get("cteList")).find((c) => wordOf(c, "ctename") === name);
    const query = written && nodeOf(written, "ctequery");
    if (home === undefined || written === undefined || query === undefined) return this.#lost();
    const plain = nodeOf(written, "search_clause") === undefined && nodeOf(written, "cycle_clause") === undefined;
    const output = !flagOf(written, "cterecursive")
      ? this.query(query, home)
      : plain
        ? this.#recursion(query, name, home)
        : this.#lost();
    home.ctes.set(name, output);
    return output;
  }

  /** Starts from the first rows and follows the recursion until it tells nothing new. */
  #recursion(query: Node, name: string, home: Level): Output {
    const operation = nodeOf(query, "setOperations");
    const [first, second] = [operation && nodeOf(operation, "larg"), operation && nodeOf(operation, "rarg")];
    // `WITH RECURSIVE` may hold CTEs that do not recur.
    if (operation === undefined || first === undefined || second === undefined) return this.query(query, home);
    let values = allOf(this.#leaf(first, new Level(query, home)));
    for (;;) {
      home.ctes.set(name, outputOf(values));
      const next = this.#leaf(second, new Level(query, home));
      if (next.width !== values.length) return this.#lost();
      const merged = values.map((value, i) => mergeValues([value, next.at(i)]));
      if (merged.every((value, i) => sameValue(value, values[i]!))) break;
      values = merged;
    }
    if (!flagOf(operation, "all")) this.decide(values, "group");
    return outputOf(values);
  }

  #leaf(node: Node, level: Level): Output {
    if (node.kind === "RANGETBLREF") return this.table(level, numberOf(node, "rtindex"));
    return node.kind === "SETOPERATIONSTMT" ? this.#setOperation(node, level) : this.#lost();
  }

  #setOperation(node: Node, level: Level): Output {
    if (!this.enter()) return this.#lost();
    const [left, right] = [nodeOf(node, "larg"), nodeOf(node, "rarg")].map((side) =>
      side === undefined ? this.#lost() : this.#leaf(side, level),
    );
    this.leave();
    const { width } = left!;
    if (width === undefined || right!.width !== width) return this.#lost();
    const [unionOf, , except] = ["1", "2", "3"].map((kind) => wordOf(node, "op") === kind);
    // Rows that are in both, or in one only: all their columns are compared.
    if (!unionOf) for (const side of [left!, right!]) this.decide(allOf(side), "join");
    const values = Array.from({ length: width }, (_, i) =>
      except ? left!.at(i) : mergeValues([left!.at(i), right!.at(i)]),
    );
    // Rows that are the same are told once: all their columns are compared.
    if (!flagOf(node, "all")) this.decide(values, "group");
    const guards = values.map((_, i) => left!.notNull(i) && (except || right!.notNull(i)));
    return outputOf(values, guards);
  }

  /** Whether a value passed on as it is comes from rows in which it is not NULL. */
  #notNull(expression: NodeValue, level: Level): boolean {
    if (!isNode(expression)) return false;
    if (expression.kind === "RELABELTYPE" || expression.kind === "COLLATEEXPR")
      return this.#notNull(expression.fields.get("arg"), level);
    if (expression.kind !== "VAR") return false;
    const key = guardKey(expression);
    if (key === undefined) return false;
    if (level.guards.has(key)) return true;
    if (listOf(expression.fields.get("varnullingrels")).length > 0) return false;
    const index = numberOf(expression, "varno");
    // Subtotals have NULL in place of the columns that they add over.
    const grouped = numberOf(level.tables[index - 1] ?? expression, "rtekind") === rangeTable.group;
    if (grouped && listOf(level.query.fields.get("groupingSets")).length > 0) return false;
    return this.table(level, index).notNull(numberOf(expression, "varattno") - 1);
  }
}

/** What a query reads, from the text of its tree. */
export function queryOrigins(tree: string, width: number, catalog: Catalog): QueryOrigins {
  const nothing = { origins: undefined, indirect: undefined, notNull: false };
  const [query] = nodesOf(parseNodeTree(tree));
  if (query === undefined) return { columns: Array.from({ length: width }, () => nothing), indirect: undefined };
  const walk = new Walk(catalog);
  const output = walk.query(query, undefined);
  const indirect = indirectOrigins(walk.rows);
  if (output.width !== width) return { columns: Array.from({ length: width }, () => nothing), indirect };
  return {
    columns: Array.from({ length: width }, (_, i) => ({
      origins: originsOf(output.at(i)),
      indirect: indirectOrigins(output.at(i).indirect),
      notNull: output.notNull(i),
    })),
    indirect,
  };
}
