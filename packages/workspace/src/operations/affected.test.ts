import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { affectedProducts } from "../index.ts";
import type { AffectedVerb } from "../index.ts";
import { commitAll, git } from "../testdata/git.ts";
import { contract, mesh, product, put, scratchMesh } from "../testdata/scratch-mesh.ts";

const id = "name: id, type: long, constraints: { primary_key: true, null: false }";

/** crm.people ─▶ sales.leads ─▶ sales.totals; crm.places stands beside crm.people and reads nothing. */
const files = {
  ...product("crm.people", { fields: [id] }, { people: "select 1::bigint as id" }),
  ...product("crm.places", { fields: [id] }, { places: "select 1::bigint as id" }),
  ...product(
    "sales.leads",
    { upstream: "crm.people", fields: [id] },
    { leads: "select id from {{ ref('crm', 'people') }}" },
  ),
  ...product(
    "sales.totals",
    { upstream: "sales.leads", fields: [id] },
    { totals: "select id from {{ ref('sales', 'leads') }}" },
  ),
  "domains/crm/macros/shared.sql": "{% macro one() %}1{% endmacro %}",
  "domains/crm/people/tests/some.sql": "select 1 where false",
  "domains/crm/people/README.md": "People\n",
};
const people = "domains/crm/people";
const withText = (text: (t: string) => string) => ({
  [`${people}/data-product-contract.yaml`]: text(contract("crm.people", { fields: [id] })),
});
const verbs = ["lint", "typecheck", "build", "test", "check", "compat", "publish", "render"] as const;
const everything = verbs.join(" ");
const sql = "lint typecheck build test check publish";
const data = "build test check publish";

/** By product: the verbs that an edit asks for. */
async function affected(root: string): Promise<Record<string, string>> {
  const by: Record<string, AffectedVerb[]> = {};
  for (const verb of verbs)
    for (const { product: name } of (await affectedProducts({ root, verb })).results) (by[name] ??= []).push(verb);
  return Object.fromEntries(Object.entries(by).map(([name, found]) => [name, found.join(" ")]));
}

describe("what an edit reaches", () => {
  it.each<[string, (root: string) => void, Record<string, string>]>([
    ["nothing", () => undefined, {}],
    [
      "a description",
      (root) =>
        put(
          root,
          withText((t) => t.replace("A product of the test", "People")),
        ),
      { "crm.people": "lint publish render" },
    ],
    [
      "a comment",
      (root) =>
        put(
          root,
          withText((t) => `# who\n${t}`),
        ),
      { "crm.people": "lint publish render" },
    ],
    [
      "a column's type",
      (root) =>
        put(
          root,
          withText((t) => t.replace("type: long", "type: integer")),
        ),
      { "crm.people": everything, "sales.leads": sql },
    ],
    [
      "a service level",
      (root) =>
        put(
          root,
          withText((t) => t.replace("99%", "98%")),
        ),
      { "crm.people": everything, "sales.leads": "lint" },
    ],
    [
      "a contract that broke",
      (root) => put(root, { [`${people}/data-product-contract.yaml`]: "metadata: [\n" }),
      { "crm.people": everything, "sales.leads": sql },
    ],
    [
      "SQL",
      (root) => put(root, { [`${people}/models/people.sql`]: "select 2::bigint as id" }),
      { "crm.people": sql, "sales.leads": data, "sales.totals": data },
    ],
    [
      "a new model that git does not know yet",
      (root) => put(root, { [`${people}/models/deeper/stg.sql`]: "select 1" }),
      { "crm.people": sql, "sales.leads": data, "sales.totals": data },
    ],
    ["a file that git ignores", (root) => put(root, { ".gitignore": "*.tmp\n", [`${people}/models/x.tmp`]: "" }), {}],
    ["a test", (root) => put(root, { [`${people}/tests/some.sql`]: "select 2 where false" }), { "crm.people": sql }],
    ["a README", (root) => put(root, { [`${people}/README.md`]: "Persons\n" }), {}],
    ["a generated file", (root) => put(root, { [`${people}/contract.lock.json`]: "{}" }), {}],
    [
      "domain.yaml",
      (root) =>
        put(root, { "domains/crm/domain.yaml": "apiVersion: datamesh.io/v1\nkind: Domain\nmetadata: { name: crm }\n" }),
      {
        "crm.people": "lint build test check compat publish render",
        "crm.places": "lint build test check compat publish render",
      },
    ],
    [
      "mesh.yaml",
      (root) => put(root, { "mesh.yaml": mesh("  policies: [{ name: data-lineage, domains: [all] }]\n") }),
      { "crm.people": everything, "crm.places": everything, "sales.leads": everything, "sales.totals": everything },
    ],
    [
      "a macro of the domain",
      (root) => put(root, { "domains/crm/macros/shared.sql": "{% macro one() %}2{% endmacro %}" }),
      { "crm.people": sql, "crm.places": sql, "sales.leads": data, "sales.totals": data },
    ],
    [
      "a macro in a product's folder, which is the domain's all the same",
      (root) => put(root, { [`${people}/macros/own.sql`]: "{% macro two() %}2{% endmacro %}" }),
      { "crm.people": sql, "crm.places": sql, "sales.leads": data, "sales.totals": data },
    ],
    [
      "a deleted product",
      (root) => rmSync(join(root, people), { recursive: true }),
      { "sales.leads": sql, "sales.totals": data },
    ],
    [
      "a deleted domain",
      (root) => rmSync(join(root, "domains/crm"), { recursive: true }),
      { "sales.leads": sql, "sales.totals": data },
    ],
    [
      "a renamed product",
      (root) => {
        mkdirSync(join(root, "domains/crm"), { recursive: true });
        renameSync(join(root, people), join(root, "domains/crm/persons"));
      },
      { "crm.persons": everything, "sales.leads": sql, "sales.totals": data },
    ],
    [
      "a new product",
      (root) => put(root, product("crm.pets", { fields: [id] }, { pets: "select 1::bigint as id" })),
      { "crm.pets": everything },
    ],
    ["a file outside the domains", (root) => put(root, { "docs/x.md": "x", "package.json": "{}" }), {}],
  ])("%s", async (_, edit, expected) => {
    const root = commitAll(scratchMesh(files));
    edit(root);
    expect(await affected(root)).toEqual(expected);
  });
});

it("says why", async () => {
  const root = commitAll(scratchMesh(files));
  put(root, { [`${people}/models/people.sql`]: "select 2::bigint as id" });
  const { results } = await affectedProducts({ root, verb: "build" });
  expect(results).toEqual([
    { product: "crm.people", because: `${people}/models/people.sql changed` },
    { product: "sales.leads", because: expect.stringContaining("crm.people") },
    { product: "sales.totals", because: expect.stringContaining("crm.people") },
  ]);
});

it("looks at a mesh in a folder of a repository, and at that only", async () => {
  const root = scratchMesh({});
  const inner = scratchMesh(files);
  renameSync(inner, join(root, "mesh"));
  commitAll(root);
  put(root, { "domains/other.txt": "x", [`mesh/${people}/tests/some.sql`]: "select 3 where false" });
  expect(await affected(join(root, "mesh"))).toEqual({ "crm.people": sql });
});

it("holds a branch against the place where it left", async () => {
  const root = commitAll(scratchMesh(files));
  git(root, "checkout", "-q", "-b", "work");
  put(root, { [`${people}/tests/some.sql`]: "select 2 where false" });
  git(root, "commit", "-qam", "test");
  git(root, "checkout", "-q", "main");
  put(root, { "mesh.yaml": mesh("  policies: []\n") });
  git(root, "commit", "-qam", "mesh");
  git(root, "checkout", "-q", "work");
  expect(await affected(root)).toEqual({ "crm.people": sql });
});
