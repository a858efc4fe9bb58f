import { attributeGetter, defaulted, filter } from "./filter.ts";
import type { Named } from "./filter.ts";
import type { Environment, Filter } from "../environment.ts";
import { joinText } from "../methods/string.methods.ts";
import { attributeOnly } from "../runtime/access.ts";
import { add } from "../runtime/arithmetic.ts";
import { checkItems, indexOf, spend } from "../runtime/budget.ts";
import { compare, truth } from "../runtime/compare.ts";
import { items, iterate, lengthOf, sortBy } from "../runtime/iterate.ts";
import { PythonError } from "../runtime/python-error.ts";
import { signature } from "../runtime/signature.ts";
import { str } from "../runtime/text.ts";
import { requireDefined } from "../runtime/undefined.ts";
import { PyDict } from "../values/dict.ts";
import { PyIterator, PyTuple, typeName, Undefined } from "../values/value.ts";
import type { Kwargs, Value } from "../values/value.ts";

/** The key sorting goes by: an attribute or the value itself, in small letters unless case matters. */
function sortKey(attribute: Value | undefined, caseSensitive: boolean): (value: Value) => Value {
  const fold = (value: Value): Value => (typeof value === "string" && !caseSensitive ? value.toLowerCase() : value);
  if (attribute === undefined || attribute === null) return fold;
  const getters =
    typeof attribute === "string" ? attribute.split(",").map(attributeGetter) : [attributeGetter(attribute)];
  const [only] = getters;
  if (only && getters.length === 1) return (value) => fold(only(value));
  return (value) => getters.map((get) => fold(get(value)));
}

function sorted(list: Value[], key: (value: Value) => Value, reverse: boolean): Value[] {
  sortBy(list, key, reverse, compare);
  return list;
}

function extreme(value: Value, attribute: Value | undefined, caseSensitive: boolean, sign: 1 | -1): Value {
  const key = sortKey(attribute, caseSensitive);
  let best: Value | undefined;
  for (const item of items(value)) if (best === undefined || compare(key(item), key(best)) * sign < 0) best = item;
  return best === undefined ? new Undefined(undefined, { hint: "No aggregated item, sequence was empty." }) : best;
}

function group(value: Value, attribute: Value, fallback: Value | undefined, caseSensitive: boolean): Value[] {
  const get = attributeGetter(attribute);
  const keyOf = (item: Value): Value => {
    const key = get(item);
    return key instanceof Undefined && fallback !== undefined ? fallback : key;
  };
  const fold = (key: Value): Value => (typeof key === "string" && !caseSensitive ? key.toLowerCase() : key);
  const list = sorted(items(value), (item) => fold(keyOf(item)), false);
  const groups: { readonly key: Value; readonly folded: Value; readonly list: Value[] }[] = [];
  for (const item of list) {
    const key = keyOf(item);
    const folded = fold(key);
    const last = groups.at(-1);
    if (last && compare(last.folded, folded) === 0) last.list.push(item);
    else groups.push({ key, folded, list: [item] });
  }
  return groups.map((each) => new PyTuple([each.key, each.list], ["grouper", "list"]));
}

function* batches(list: readonly Value[], size: number, fill: Value | undefined): Generator<Value> {
  if (size < 1) throw new PythonError("ValueError", "batch needs a size of at least 1");
  for (let at = 0; at < list.length; at += size) {
    const batch = list.slice(at, at + size);
    if (fill !== undefined && fill !== null && batch.length < size) {
      checkItems(size);
      while (batch.length < size) batch.push(fill);
    }
    yield batch;
  }
}

function* slices(list: readonly Value[], count: number, fill: Value | undefined): Generator<Value> {
  if (count < 1) throw new PythonError("ValueError", "slice needs at least 1 part");
  const size = Math.floor(list.length / count);
  const longer = list.length % count;
  let at = 0;
  for (let part = 0; part < count; part++) {
    spend();
    const length = size + (part < longer ? 1 : 0);
    const slice = list.slice(at, at + length);
    at += length;
    if (fill !== undefined && fill !== null && part >= longer) slice.push(fill);
    yield slice;
  }
}

function* uniques(value: Value, attribute: Value | undefined, caseSensitive: boolean): Generator<Value> {
  const key = sortKey(attribute, caseSensitive);
  const seen = new PyDict();
  for (const item of iterate(value)) {
    spend();
    const id = key(item);
    if (seen.has(id)) continue;
    seen.set(id, null);
    yield item;
  }
}

function filterNamed(name: Value | undefined, env: Environment): Filter {
  const found = typeof name === "string" ? env.filters.get(name) : undefined;
  if (found) return found;
  throw new PythonError("TemplateRuntimeError", `No filter is named "${name === undefined ? "" : str(name)}".`);
}

const map: Filter = (value, args, kwargs, env) => {
  const attribute = kwargs.get("attribute");
  let apply: (item: Value) => Value;
  if (args.length === 0 && attribute !== undefined) {
    const fallback = kwargs.get("default");
    for (const key of kwargs.keys())
      if (key !== "attribute" && key !== "default")
        throw new PythonError("FilterArgumentError", `Unexpected keyword argument '${key}'`);
    const get = attributeGetter(attribute);
    apply = (item) => {
      const found = get(item);
      return found instanceof Undefined && fallback !== undefined ? fallback : found;
    };
  } else {
    const [name, ...rest] = args;
    if (name === undefined) throw new PythonError("FilterArgumentError", "map requires a filter argument");
    const chosen = filterNamed(name, env);
    apply = (item) => chosen(item, rest, kwargs, env);
  }
  return new PyIterator("sync_do_map", mapped(value, apply));
};

function* mapped(value: Value, apply: (item: Value) => Value): Generator<Value> {
  if (!truth(value)) return;
  for (const item of iterate(value)) {
    spend();
    yield apply(item);
  }
}

/** `select`, `reject`, `selectattr` and `rejectattr`: a test on each item, or on an attribute of it. */
function selector(name: string, byAttribute: boolean, keep: boolean): Named<Filter> {
  return [
    name,
    (value, args, kwargs: Kwargs, env) => {
      const [first, ...others] = args;
      if (byAttribute && first === undefined)
        throw new PythonError("FilterArgumentError", "Missing parameter for attribute name");
      const get = byAttribute ? attributeGetter(first as Value) : undefined;
      const [testName, ...rest] = byAttribute ? others : args;
      let passes: (item: Value) => boolean = truth;
      if (testName !== undefined) {
        const test = env.tests.get(str(testName));
        if (!test) throw new PythonError("TemplateRuntimeError", `No test is named "${str(testName)}".`);
        passes = (item) => test(item, rest, kwargs, env);
      }
      return new PyIterator(
        `${keep ? "select" : "reject"}_or_reject`,
        selected(value, (item) => passes(get ? get(item) : item) === keep),
      );
    },
  ];
}

function* selected(value: Value, passes: (item: Value) => boolean): Generator<Value> {
  if (!truth(value)) return;
  for (const item of iterate(value)) {
    spend();
    if (passes(item)) yield item;
  }
}

function join(value: Value, separator: Value | undefined, attribute: Value | undefined): string {
  const get = attribute === undefined || attribute === null ? undefined : attributeGetter(attribute);
  const parts = items(value).map((item) => str(get ? get(item) : item));
  return joinText(str(separator ?? ""), parts);
}

function lengthFilter(value: Value): number {
  const length = lengthOf(value);
  if (length === undefined) throw new PythonError("TypeError", `object of type '${typeName(value)}' has no len()`);
  return length;
}

function first(value: Value): Value {
  for (const item of iterate(value)) return item;
  return new Undefined(undefined, { hint: "No first item, sequence was empty." });
}

function last(value: Value): Value {
  if (value instanceof PyIterator) throw new PythonError("TypeError", "'generator' object is not reversible");
  const found = items(value).at(-1);
  return found === undefined ? new Undefined(undefined, { hint: "No last item, sequence was empty." }) : found;
}

function reverse(value: Value): Value {
  if (typeof value === "string") return Array.from(value).reverse().join("");
  return new PyIterator("reversed", items(value).reverse().values());
}

function dictSort(value: Value, caseSensitive: boolean, by: string, reversed: boolean): Value[] {
  if (!(value instanceof PyDict))
    throw new PythonError("AttributeError", `'${typeName(value)}' object has no attribute 'items'`);
  if (by !== "key" && by !== "value")
    throw new PythonError("FilterArgumentError", 'You can only sort by either "key" or "value"');
  const position = by === "key" ? 0 : 1;
  const key = sortKey(undefined, caseSensitive);
  const pairs: Value[] = Array.from(value.entries(), (pair) => new PyTuple(pair));
  return sorted(pairs, (pair) => key((pair as PyTuple).items[position] as Value), reversed);
}

function pairsOf(value: Value): Value {
  if (value instanceof Undefined) return new PyIterator("do_items", [].values());
  if (!(value instanceof PyDict)) throw new PythonError("TypeError", "Can only get item pairs from a mapping.");
  return new PyIterator("do_items", Array.from(value.entries(), (pair) => new PyTuple(pair) as Value).values());
}

const bindSum = signature("sum", "attribute?", "start?");

/** jinja2's filters on lists and dicts. */
export const listFilters: readonly Named<Filter>[] = [
  ["map", map],
  selector("select", false, true),
  selector("reject", false, false),
  selector("selectattr", true, true),
  selector("rejectattr", true, false),
  ...filter("list", [], (value) => items(value)),
  ...filter("length count", [], (value) => lengthFilter(value)),
  ...filter("first", [], (value) => first(value)),
  ...filter("last", [], (value) => last(value)),
  ...filter("join", ["d?", "attribute?"], (value, [separator, attribute]) => join(value, separator, attribute)),
  ...filter("reverse", [], (value) => reverse(value)),
  ...filter("sort", ["reverse?", "case_sensitive?", "attribute?"], (value, [reversed, sensitive, attribute]) =>
    sorted(items(value), sortKey(attribute, truth(sensitive ?? false)), truth(reversed ?? false)),
  ),
  ...filter(
    "unique",
    ["case_sensitive?", "attribute?"],
    (value, [sensitive, attribute]) =>
      new PyIterator("do_unique", uniques(value, attribute, truth(sensitive ?? false))),
  ),
  ...filter("min", ["case_sensitive?", "attribute?"], (value, [sensitive, attribute]) =>
    extreme(value, attribute, truth(sensitive ?? false), 1),
  ),
  ...filter("max", ["case_sensitive?", "attribute?"], (value, [sensitive, attribute]) =>
    extreme(value, attribute, truth(sensitive ?? false), -1),
  ),
  [
    "sum",
    (value, args, kwargs) => {
      const [attribute, start] = bindSum(args, kwargs);
      const get = attribute === undefined || attribute === null ? undefined : attributeGetter(attribute);
      let total: Value = defaulted(start, 0);
      for (const item of items(value)) total = add(total, get ? get(item) : item);
      return total;
    },
  ],
  ...filter("groupby", ["attribute", "default?", "case_sensitive?"], (value, [attribute, fallback, sensitive]) =>
    group(value, attribute as Value, fallback ?? undefined, truth(sensitive ?? false)),
  ),
  ...filter(
    "batch",
    ["linecount", "fill_with?"],
    (value, [size, fill]) => new PyIterator("do_batch", batches(items(value), indexOf(size as Value), fill)),
  ),
  ...filter(
    "slice",
    ["slices", "fill_with?"],
    (value, [count, fill]) => new PyIterator("sync_do_slice", slices(items(value), indexOf(count as Value), fill)),
  ),
  ...filter("dictsort", ["case_sensitive?", "by?", "reverse?"], (value, [sensitive, by, reversed]) =>
    dictSort(value, truth(sensitive ?? false), str(by ?? "key"), truth(reversed ?? false)),
  ),
  ...filter("items", [], (value) => pairsOf(value)),
  ...filter("default d", ["default_value?", "boolean?"], (value, [fallback, boolean]) =>
    value instanceof Undefined || (truth(boolean ?? false) && !truth(value)) ? defaulted(fallback, "") : value,
  ),
  ...filter("attr", ["name"], (value, [name]) => {
    if (value instanceof Undefined) requireDefined(value);
    return attributeOnly(value, str(name as Value));
  }),
];
