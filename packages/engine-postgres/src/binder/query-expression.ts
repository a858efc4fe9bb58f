import {
  constantValue,
  decidedBy,
  mergeValues,
  unite,
  unknownValue,
  type IndirectKind,
  type OriginValue,
} from "@meshwork/engine";
import type { Node, NodeValue } from "./node-tree.ts";
import { flagOf, isNode, listOf, nodeOf, nodesOf, numberOf, wordOf } from "./node-tree.ts";
import type { Catalog, Level, Output } from "./query-level.ts";
import { allOf, targetOf } from "./query-level.ts";

/** What expressions need of the walk that reads them. */
export interface Reader {
  readonly catalog: Catalog;
  value(expression: NodeValue, level: Level): OriginValue;
  query(query: Node, parent: Level | undefined): Output;
  table(level: Level, index: number): Output;
  decide(values: readonly OriginValue[], kind: IndirectKind): void;
}

/** Expressions whose parts are all there is to them. What is in none of these lists is unknown. */
const transparent = new Set([
  "FUNCEXPR",
  "NAMEDARGEXPR",
  "OPEXPR",
  "DISTINCTEXPR",
  "SCALARARRAYOPEXPR",
  "BOOLEXPR",
  "SUBSCRIPTINGREF",
  "COERCEVIAIO",
  "ARRAYCOERCEEXPR",
  "CONVERTROWTYPEEXPR",
  "FIELDSELECT",
  "ROWEXPR",
  "ROWCOMPAREEXPR",
  "COALESCEEXPR",
  "MINMAXEXPR",
  "ARRAYEXPR",
  "NULLTEST",
  "BOOLEANTEST",
  "XMLEXPR",
  "JSONCONSTRUCTOREXPR",
  "JSONVALUEEXPR",
  "JSONISPREDICATE",
  "JSONEXPR",
  "JSONBEHAVIOR",
]);
/** Values that pass through as they are, with another name for their type. */
const passing = new Set(["RELABELTYPE", "COLLATEEXPR", "COERCETODOMAIN"]);
const constants = new Set([
  "CONST",
  "SQLVALUEFUNCTION",
  "CASETESTEXPR",
  "COERCETODOMAINVALUE",
  "GROUPINGFUNC",
  "SETTODEFAULT",
]);

export function valueOf(expression: Node, level: Level, reader: Reader): OriginValue {
  const { kind } = expression;
  if (constants.has(kind)) return constantValue;
  const value = (field: string): OriginValue => reader.value(expression.fields.get(field), level);
  const values = (field: string): OriginValue[] =>
    nodesOf(expression.fields.get(field)).map((e) => reader.value(e, level));
  if (passing.has(kind)) return value("arg");
  switch (kind) {
    case "VAR":
      return variable(expression, level, reader);
    case "PARAM":
      // A column of the subquery that a comparison stands before; that subquery is read with it.
      return wordOf(expression, "paramkind") === "2" ? constantValue : unknownValue;
    case "CASEEXPR": {
      const cases = nodesOf(expression.fields.get("args"));
      const results = [...cases.map((c) => c.fields.get("result")), expression.fields.get("defresult")];
      const conditions = [expression.fields.get("arg"), ...cases.map((c) => c.fields.get("expr"))];
      const read = (parts: readonly NodeValue[]) => parts.filter(isNode).map((e) => reader.value(e, level));
      return withDeciders(mergeValues(read(results), "transformation"), [decidedBy(read(conditions), "condition")]);
    }
    case "NULLIFEXPR": {
      // The first value, or NULL by comparison with the second.
      const [first = unknownValue, ...rest] = values("args");
      return withDeciders(mergeValues([first], "transformation"), [decidedBy([first, ...rest], "condition")]);
    }
    case "AGGREF":
      return aggregate(expression, level, reader);
    case "WINDOWFUNC":
      return window(expression, level, reader, values("args"));
    case "SUBLINK":
      return subquery(expression, level, reader);
    default:
      break;
  }
  if (!transparent.has(kind)) return unknownValue;
  if (reader.catalog.reading.has(numberOf(expression, "funcid"))) return unknownValue;
  const merged = mergeValues(
    partsOf(expression).map((e) => reader.value(e, level)),
    "transformation",
  );
  // A function that yields rows decides how many there are.
  if (flagOf(expression, "funcretset")) reader.decide([merged], "join");
  return merged;
}

/** The expressions directly within one. */
function partsOf(expression: Node): Node[] {
  const found: Node[] = [];
  const visit = (value: NodeValue): void => {
    if (isNode(value)) found.push(value);
    else for (const inner of listOf(value)) visit(inner);
  };
  for (const [field, value] of expression.fields) if (!notValues.has(field)) visit(value);
  return found;
}

/** Fields of expressions that hold no expression. */
const notValues = new Set(["returning", "format", "opnos", "opfamilies", "inputcollids", "colnames"]);

const withDeciders = (value: OriginValue, more: readonly OriginValue["indirect"][]): OriginValue => ({
  direct: value.direct,
  indirect: unite([value.indirect, ...more]),
});

function variable(node: Node, level: Level, reader: Reader): OriginValue {
  const home = level.up(numberOf(node, "varlevelsup"));
  if (home === undefined) return unknownValue;
  const table = reader.table(home, numberOf(node, "varno"));
  const column = numberOf(node, "varattno");
  // A row as a whole; below zero stand system columns.
  if (column === 0) return mergeValues(allOf(table), "transformation");
  return column < 0 ? unknownValue : table.at(column - 1);
}

function aggregate(node: Node, level: Level, reader: Reader): OriginValue {
  const args = nodesOf(node.fields.get("args"));
  const read = (e: NodeValue): OriginValue => reader.value(e, level);
  const direct = nodesOf(node.fields.get("aggdirectargs")).map(read);
  const shown = args.filter((a) => !flagOf(a, "resjunk")).map((a) => read(a.fields.get("expr")));
  const filter = [node.fields.get("aggfilter")].filter(isNode).map(read);
  // What WITHIN GROUP orders by is the value itself.
  const ordered = wordOf(node, "aggkind") === "n" ? nodesOf(node.fields.get("aggorder")) : [];
  const sorted = ordered.map((clause) => {
    const target = args.find((a) => wordOf(a, "ressortgroupref") === wordOf(clause, "tleSortGroupRef"));
    return target === undefined ? unknownValue : read(target.fields.get("expr"));
  });
  return withDeciders(mergeValues([...direct, ...shown], "aggregation"), [
    decidedBy(filter, "filter"),
    decidedBy(sorted, "sort"),
  ]);
}

function window(node: Node, level: Level, reader: Reader, args: readonly OriginValue[]): OriginValue {
  const over = nodesOf(level.query.fields.get("windowClause")).find(
    (w) => wordOf(w, "winref") === wordOf(node, "winref"),
  );
  if (over === undefined) return unknownValue;
  const read = (e: NodeValue): OriginValue => reader.value(e, level);
  const frame = ["partitionClause", "orderClause"].flatMap((f) =>
    nodesOf(over.fields.get(f)).map((c) => read(targetOf(level, c)?.fields.get("expr"))),
  );
  const bounds = ["startOffset", "endOffset"].flatMap((f) => [nodeOf(over, f)].filter(isNode).map(read));
  const filter = [node.fields.get("aggfilter")].filter(isNode).map(read);
  const kind = flagOf(node, "winagg") ? "aggregation" : "transformation";
  return withDeciders(mergeValues(args, kind), [
    decidedBy([...frame, ...bounds], "window"),
    decidedBy(filter, "filter"),
  ]);
}

/** `SubLinkType` of `nodes/primnodes.h`. */
const sublink = { exists: "0", all: "1", any: "2", rowCompare: "3", value: "4", array: "6" };

function subquery(node: Node, level: Level, reader: Reader): OriginValue {
  const query = nodeOf(node, "subselect");
  if (query === undefined) return unknownValue;
  const output = reader.query(query, level);
  switch (wordOf(node, "subLinkType")) {
    case sublink.exists:
      return constantValue;
    case sublink.value:
      return output.at(0);
    case sublink.array:
      return mergeValues([output.at(0)], "aggregation");
    case sublink.all:
    case sublink.any:
    case sublink.rowCompare: {
      // Whether a row was found: a truth value about rows, out of no column's value.
      const compared = [reader.value(node.fields.get("testexpr"), level), ...allOf(output)];
      return withDeciders(constantValue, [decidedBy(compared, "join")]);
    }
    default:
      return unknownValue;
  }
}
