import fc from "fast-check";
import { expect, it } from "vitest";
import type { Edge } from "./graph.ts";
import { ProductGraph } from "./graph.ts";

const edges = (...pairs: string[]): Edge[] =>
  pairs.map((p) => ({ from: p.split("<")[1]!, to: p.split("<")[0]!, kind: "lineage" }));

it("orders consumers after producers, ties by name", () => {
  const graph = new ProductGraph(edges("a.x<b.y", "b.y<c.z", "a.x<a.w"));
  expect(graph.order(["c.z", "b.y", "a.w", "a.x", "d.lone"])).toEqual(["a.x", "a.w", "b.y", "c.z", "d.lone"]);
  expect(graph.reach("a.x")).toEqual(["a.w", "b.y", "c.z"]);
  expect(graph.reach("c.z", "upstream")).toEqual(["b.y", "a.x"]);
});

it("spells out each cycle once", () => {
  const graph = new ProductGraph(edges("a<b", "b<c", "c<a", "x<y", "y<x", "a<z"));
  expect(graph.cycles()).toEqual([
    ["a", "c", "b"],
    ["x", "y"],
  ]);
});

it("any acyclic graph is ordered so that nobody comes before what they read", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(15), fc.nat(15))), (pairs) => {
      const acyclic = pairs
        .filter(([a, b]) => a < b)
        .map(([a, b]): Edge => ({ from: `p${b}`, to: `p${a}`, kind: "sql" }));
      const graph = new ProductGraph(acyclic);
      const names = Array.from({ length: 16 }, (_, i) => `p${i}`);
      const order = graph.order(names);
      expect([...order].sort()).toEqual([...names].sort());
      for (const e of acyclic) expect(order.indexOf(e.to)).toBeLessThan(order.indexOf(e.from));
      expect(graph.cycles()).toEqual([]);
    }),
  );
});

it("a graph of ten thousand products in a chain does not exhaust the stack", () => {
  const chain = Array.from({ length: 10_000 }, (_, i): Edge => ({ from: `p${i + 1}`, to: `p${i}`, kind: "sql" }));
  const graph = new ProductGraph([...chain, { from: "p0", to: "p10000", kind: "sql" }]);
  expect(graph.cycles()[0]).toHaveLength(10_001);
});
