import { expect, it } from "vitest";
import type { SmallProduct } from "../testdata/rule-mesh.ts";
import { linted, ruleMesh } from "../testdata/rule-mesh.ts";

const reads = (...names: string[]) => `lineage: { upstream: [${names.join(", ")}] }`;
const sla = (level: string, spec = ""): SmallProduct => ({ spec: `sla: { ${level} }\n${spec}` });
const code = "contract/sla-unsupported";
const messages = async (products: Record<string, SmallProduct>, more: Record<string, string> = {}) =>
  (await linted(code, ruleMesh(products, more))).map((f) => f.message);

it.each<[string, string, string, string | undefined]>([
  ["as fresh", "freshness: 1h", "freshness: 60m", undefined],
  ["fresher", "freshness: 1h", "freshness: 59m", "Freshness 59m is promised, but what it is made from supports 1h"],
  ["staler", "freshness: 1h", "freshness: 2h", undefined],
  ["of an upstream without a promise", "latency: 1h", "freshness: 1m", undefined],
  ["as available", 'availability: "99.9%"', "availability: 0.999", undefined],
  ["more available", 'availability: "99.9%"', 'availability: "99.95%"', "supports 99.9% at best"],
  ["as complete", 'completeness: "95%"', 'completeness: "95%"', undefined],
  ["more complete", 'completeness: "95%"', 'completeness: "95.1%"', "Completeness 95.1% is promised"],
  ["more accurate", 'accuracy: "95%"', 'accuracy: "100%"', '"a.up" promises 95%'],
])("%s", async (_, upstream, own, expected) => {
  const found = await messages({ "a.up": sla(upstream), "b.down": sla(own, reads("a.up")) });
  expect(found).toHaveLength(expected === undefined ? 0 : 1);
  if (expected !== undefined) expect(found[0]).toContain(expected);
});

it("multiplies availabilities, and names every upstream with its figure", async () => {
  const two = { "a.x": sla('availability: "99%"'), "a.y": sla('availability: "99%"') };
  expect(await messages({ ...two, "b.down": sla('availability: "98.01%"', reads("a.x", "a.y")) })).toEqual([]);
  const [found, ...rest] = await messages({ ...two, "b.down": sla('availability: "98.02%"', reads("a.x", "a.y")) });
  expect(rest).toEqual([]);
  expect(found).toContain('supports 98.01% at best: "a.x" promises 99%, "a.y" promises 99%');
});

it("counts an upstream that another upstream reads once", async () => {
  const chain = { "a.x": sla('availability: "99.9%"'), "a.y": sla('availability: "99%"', reads("a.x")) };
  expect(await messages({ ...chain, "b.down": sla('availability: "99%"', reads("a.x", "a.y")) })).toEqual([]);
});

it("leaves completeness alone where rows may come from outside the mesh", async () => {
  const up = { "a.up": sla('completeness: "95%"') };
  expect(await messages({ ...up, "b.down": sla('completeness: "100%"', reads("a.up", "raw.files")) })).toEqual([]);
});

it("takes what an input expects of a source that promises nothing", async () => {
  const spec = "inputs: [{ name: files, from: raw.files.day, freshness: 24h }]";
  const [found] = await messages({ "b.down": sla("freshness: 1h", spec) });
  expect(found).toContain('input "files" expects 24h of "raw.files.day"');
});

it("points at the figure: a port's own, the product's, the domain's", async () => {
  const port = `ports: [{ name: extra, sla: { freshness: 1m }, schema: { fields: [{ name: id, type: string }] } }]`;
  const root = ruleMesh(
    {
      "a.up": sla("freshness: 1h"),
      "b.down": sla("freshness: 5m", `${reads("a.up")}\n${port}`),
      "c.down": { spec: reads("a.up") },
    },
    {
      "domains/c/domain.yaml":
        "apiVersion: datamesh.io/v1\nkind: Domain\nmetadata: { name: c }\nspec:\n  owner: t@scratch.example\n  defaults:\n    sla: { freshness: 30m }\n",
    },
  );
  expect((await linted(code, root)).map((f) => [f.at, /Freshness \w+/.exec(f.message)![0]])).toEqual([
    ["domains/b/down/data-product-contract.yaml:6", "Freshness 5m"],
    ["domains/b/down/data-product-contract.yaml:8", "Freshness 1m"],
    ["domains/c/domain.yaml:7", "Freshness 30m"],
  ]);
});
