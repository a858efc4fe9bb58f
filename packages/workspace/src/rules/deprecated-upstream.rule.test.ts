import { expect, it } from "vitest";
import { linted, ruleMesh, typechecked } from "../testdata/rule-mesh.ts";

const code = "contract/deprecated-upstream";
const reader = { spec: "lineage: { upstream: [a.up] }", sql: "select id from {{ ref('a', 'up') }}" };

it.each<[string, { metadata?: string; spec?: string }, string | undefined]>([
  ["in use", {}, undefined],
  ["deprecated", { metadata: ", status: deprecated" }, 'warning "a.up" is deprecated.'],
  [
    "with a date to come",
    { spec: "deprecation: { sunset: 2026-11-22 }" },
    'warning "a.up" is deprecated and may be gone from 2026-11-22.',
  ],
  [
    "on its last day",
    { spec: "deprecation: { sunset: 2026-11-21 }" },
    'error "a.up" is deprecated, and may be gone since 2026-11-21.',
  ],
  ["retired", { metadata: ", status: retired" }, 'error "a.up" is retired.'],
])("a product %s", async (_, up, expected) => {
  const found = await linted(code, ruleMesh({ "a.up": up, "b.down": reader }));
  expect(found.map((f) => `${f.severity} ${f.message}`)).toEqual(expected === undefined ? [] : [expected]);
  if (expected !== undefined) expect(found[0]!.at).toBe("domains/b/down/data-product-contract.yaml:6");
});

it("says what replaces it, once per consumer, also where only the SQL reads it", async () => {
  const spec = "deprecation: { sunset: 2027-01-01, replaced_by: a.next, guide: https://docs.scratch.example }";
  const both = { ...reader, spec: "inputs: [{ from: a.up@1 }]\nlineage: { upstream: [a.up] }" };
  const sqlOnly = { sql: reader.sql };
  const found = await linted(code, ruleMesh({ "a.up": { spec }, "b.both": both, "b.sql": sqlOnly }));
  expect(found.map((f) => f.product)).toEqual(["b.both", "b.sql"]);
  expect(found[0]!.help).toBe('read "a.next" instead: https://docs.scratch.example');
});

const old = {
  fields: ["name: id, type: string, deprecated: { until: 2027-01-01, replaced_by: key }"],
  sql: "select '1' as id",
};

it("a column that an input names is told by lint, at the input", async () => {
  const spec = "inputs: [{ from: a.up@1, schema: { fields: [{ name: id, type: string }] } }]";
  const root = ruleMesh({ "a.up": old, "b.down": { ...reader, spec } });
  expect(await linted(code, root)).toMatchObject([
    { message: 'Column "id" of "a.up" is deprecated and may be gone from 2027-01-01.', help: 'read "key" instead' },
  ]);
  expect(await typechecked(code, root)).toEqual([]);
});

it("a column that a port passes on is told by typecheck", async () => {
  const root = ruleMesh({ "a.up": old, "b.down": reader });
  expect(await linted(code, root)).toEqual([]);
  expect(await typechecked(code, root)).toMatchObject([
    { severity: "warning", product: "b.down", at: "domains/b/down/data-product-contract.yaml:9" },
  ]);
});
