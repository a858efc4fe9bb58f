import { callValue, defineFunction, defineObject, itemsOf, PythonError, PyTuple } from "@meshwork/jinja";
import type { HostObject, Value } from "@meshwork/jinja";

const maximumItems = 100_000;

function bounded(items: Value[]): Value[] {
  if (items.length > maximumItems)
    throw new PythonError("ValueError", `itertools makes at most ${maximumItems.toLocaleString("en-US")} items here`);
  return items;
}

const lists = (args: readonly Value[]): Value[][] => args.map((a) => [...itemsOf(a)]);

function integer(value: Value | undefined, fallback: number): number {
  if (value === undefined || value === null) return fallback;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0)
    throw new PythonError("TypeError", "this takes a whole number");
  return value;
}

/** Every way to take one item of each list, in order. */
function product(pools: readonly Value[][]): Value[] {
  const size = pools.reduce((n, pool) => n * pool.length, 1);
  if (size > maximumItems) bounded(Array.from({ length: maximumItems + 1 }, () => null));
  let found: Value[][] = [[]];
  for (const pool of pools) found = found.flatMap((head) => pool.map((item) => [...head, item]));
  return found.map((items) => new PyTuple(items));
}

/** Every choice of `length` positions; in any order where `ordered` is false. */
function choices(items: readonly Value[], length: number, ordered: boolean, repeats: boolean): Value[] {
  const found: Value[] = [];
  const walk = (taken: readonly number[]): void => {
    if (taken.length === length) {
      found.push(new PyTuple(taken.map((i) => items[i]!)));
      bounded(found);
      return;
    }
    const from = ordered ? (taken.at(-1) ?? -1) + (repeats ? (taken.length === 0 ? 1 : 0) : 1) : 0;
    for (let i = from; i < items.length; i++) {
      if (!ordered && taken.includes(i)) continue;
      walk([...taken, i]);
    }
  };
  if (length <= 64) walk([]);
  return found;
}

const chain = (args: readonly Value[]): Value => bounded(lists(args).flat());

/** `modules.itertools`, as lists: what Python would make step by step is made at once, and has an end. */
export const itertoolsModule: HostObject = defineObject("module", {
  attributes: {
    chain: defineObject("type", {
      call: chain,
      methods: { from_iterable: ([items]) => chain([...itemsOf(items ?? [])]) },
    }),
    product: defineFunction("product", (args, kwargs) => {
      const pools = lists(args);
      const repeat = integer(kwargs.get("repeat"), 1);
      if (repeat > 64) throw new PythonError("ValueError", "repeat is at most 64");
      return product(Array.from({ length: repeat }, () => pools).flat());
    }),
    combinations: defineFunction("combinations", ([items, length]) =>
      choices([...itemsOf(items!)], integer(length, 0), true, false),
    ),
    combinations_with_replacement: defineFunction("combinations_with_replacement", ([items, length]) =>
      choices([...itemsOf(items!)], integer(length, 0), true, true),
    ),
    permutations: defineFunction("permutations", ([items, length]) => {
      const all = [...itemsOf(items!)];
      return choices(all, integer(length, all.length), false, false);
    }),
    zip_longest: defineFunction("zip_longest", (args, kwargs) => {
      const all = lists(args);
      const length = Math.max(0, ...all.map((l) => l.length));
      const fill = kwargs.get("fillvalue") ?? null;
      return bounded(Array.from({ length }, (_, i) => new PyTuple(all.map((l) => l[i] ?? fill))));
    }),
    islice: defineFunction("islice", ([items, first, second, step]) => {
      const all = [...itemsOf(items!)];
      const [start, stop] =
        second === undefined ? [0, integer(first, all.length)] : [integer(first, 0), integer(second, all.length)];
      const by = Math.max(1, integer(step, 1));
      return all.slice(start, stop).filter((_, i) => i % by === 0);
    }),
    repeat: defineFunction("repeat", ([item, times], kwargs) => {
      const count = times ?? kwargs.get("times");
      if (count === undefined) throw new PythonError("ValueError", "repeat() without a number has no end");
      const length = integer(count, 0);
      return bounded(Array.from({ length: Math.min(length, maximumItems + 1) }, () => item ?? null));
    }),
    compress: defineFunction("compress", ([items, selectors]) => {
      const chosen = [...itemsOf(selectors!)];
      return [...itemsOf(items!)].filter((_, i) => {
        const by = chosen[i];
        return by !== undefined && by !== null && by !== false && by !== 0 && by !== "";
      });
    }),
    starmap: defineFunction("starmap", ([fn, items]) =>
      bounded([...itemsOf(items!)].map((args) => callValue(fn!, [...itemsOf(args)]))),
    ),
  },
});
