import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { parse } from "../operations/dbt-read.ts";

const made: string[] = [];
afterEach(() => made.splice(0).forEach((root) => rmSync(root, { recursive: true, force: true })));

const shop: Readonly<Record<string, string>> = {
  "dbt_project.yml": "name: shop\nprofile: shop\nmodels: { shop: { mart: { +materialized: table } } }\n",
  "profiles.yml":
    "shop:\n  target: \"{{ env_var('TARGET', 'dev') }}\"\n  outputs:\n    dev: { type: duckdb, path: shop.duckdb }\n    ci: { type: duckdb, path: ci.duckdb, schema: ci }\n",
  "macros/money.sql": "{% macro euros(c) %}{{ c }} / {{ var('cents', 100) }}{% endmacro %}",
  "seeds/raw.csv": "id,amount\n1,10\n",
  "models/base/orders.sql": "select id, amount from {{ ref('raw') }}",
  "models/base/people.sql": "select id from {{ source('crm', 'people') }}",
  "models/mart/big.sql":
    "select *, {{ euros('amount') }} as e from {{ ref('orders') }} join {{ ref('people') }} using (id)",
  "models/mart/small.sql": "{{ config(tags=['daily'], group='sales') }} select * from {{ ref('orders') }}",
  "models/base/schema.yml":
    "sources: [{ name: crm, tables: [{ name: people }] }]\nmodels:\n  - name: orders\n    description: \"{{ doc('orders') }}\"\n    columns: [{ name: id, data_tests: [unique, not_null] }]\n",
  "models/mart/schema.yml": "models: [{ name: big, columns: [{ name: id, data_tests: [not_null] }] }]\n",
  "models/groups.yml": "groups: [{ name: sales, owner: { name: Sales } }]\n",
  "models/docs.md": "{% docs orders %}All orders.{% enddocs %}",
  "tests/none.sql": "select * from {{ ref('big') }} where id is null",
};

function project(): string {
  const root = mkdtempSync(join(tmpdir(), "meshwork-partial-"));
  made.push(root);
  for (const [path, text] of Object.entries(shop)) put(root, path, text);
  return root;
}

function put(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

interface How {
  readonly env?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, unknown>>;
}

/** What a parse says and writes, but for the times and the id of the run. */
async function parsed(root: string, how: How = {}): Promise<unknown> {
  const done = await parse({ cwd: root, env: {}, ...how });
  const text = existsSync(join(root, "target/manifest.json"))
    ? readFileSync(join(root, "target/manifest.json"), "utf8")
    : "";
  const manifest = text
    .replaceAll(/"(generated_at|invocation_id|invocation_started_at|run_started_at)": "[^"]*"/g, "$1")
    .replaceAll(/"created_at": [\d.]+/g, "created_at")
    .replaceAll(root, "ROOT");
  return JSON.parse(JSON.stringify({ ...done, manifest }).replaceAll(root, "ROOT"));
}

/** The same project without anything kept. */
async function parsedAnew(root: string, how: How): Promise<unknown> {
  const copy = mkdtempSync(join(tmpdir(), "meshwork-partial-"));
  made.push(copy);
  cpSync(root, copy, { recursive: true, filter: (path) => !path.startsWith(join(root, "target")) });
  return parsed(copy, how);
}

const createdAt = (root: string, name: string): number => {
  const manifest = JSON.parse(readFileSync(join(root, "target/manifest.json"), "utf8")) as {
    nodes: Record<string, { created_at: number; raw_code: string }>;
  };
  return manifest.nodes[`model.shop.${name}`]!.created_at;
};

const bodies = [
  "select 1 as id",
  "select id, amount from {{ ref('raw') }} -- café",
  "select * from {{ ref('orders') }}",
  "select * from {{ ref('orders') }} join {{ ref('people') }} using (id)",
  "{{ config(tags=['daily'], group='sales') }}\n select id from {{ ref('orders') }}",
  "{{ config(group='nobody') }} select id from {{ ref('orders') }}",
  "select * from {{ ref('small') }}",
  "select * from {{ ref('gone') }}",
  "select {{ euros('amount') }} from {{ ref('orders') }}",
  "select {{ euros() }} from {{ ref('orders') }}",
  "select {{ unknown_macro('x') }}",
  "{% if %} select",
  "select {{ env_var('COLUMN', 'id') }} as x from {{ ref('orders') }}",
  "select {{ env_var('NEEDED') }} as x from {{ ref('orders') }}",
  "select {{ var('cents') }} from {{ ref('orders') }}",
  "{% for n in graph.nodes.values() %}{{ n.name }}{% endfor %}",
  "select '{{ invocation_id }}' as run, '{{ run_started_at }}' as at from {{ ref('orders') }}",
  "{{ config(materialized='ephemeral') }} select 1 as id",
  "{{ config(alias='orders') }} select 1 as id",
];
const models = ["base/orders", "base/people", "mart/big", "mart/small", "mart/new"];

const step = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant("write"), fc.constantFrom(...models), fc.constantFrom(...bodies)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant("comment"), fc.constantFrom(...models), fc.constantFrom("a", "b")) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("delete"), fc.constantFrom(...models), fc.constant("")) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ["file", "macros/money.sql", "{% macro euros(c) %}{{ c }}{% endmacro %}"],
      ["file", "macros/money.sql", "{% macro euros(c) %}{{ ref('orders') }}{% endmacro %}"],
      ["file", "models/mart/schema.yml", "models: [{ name: big, description: Big., columns: [{ name: id }] }]\n"],
      ["file", "models/groups.yml", "groups: []\n"],
      ["file", "models/docs.md", "{% docs orders %}Other.{% enddocs %}"],
      ["file", "seeds/raw.csv", "id,amount,more\n1,10,1\n"],
      ["file", "tests/none.sql", "select * from {{ ref('small') }}"],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ["memory", "", "cut"],
      ["memory", "", "junk"],
      ["memory", "", "manifest"],
      ["memory", "", "gone"],
    ),
  },
);

function take(root: string, [kind, subject, text]: readonly string[]): void {
  const model = join(root, `models/${subject}.sql`);
  const memory = join(root, "target/partial_parse.mesh");
  if (kind === "write") put(root, `models/${subject}.sql`, text!);
  else if (kind === "comment" && existsSync(model)) writeFileSync(model, `${readFileSync(model, "utf8")}\n-- ${text}`);
  else if (kind === "delete") rmSync(model, { force: true });
  else if (kind === "file") put(root, subject!, text!);
  else if (kind === "memory" && existsSync(memory)) {
    if (text === "cut") writeFileSync(memory, readFileSync(memory).subarray(0, 100));
    if (text === "junk") writeFileSync(memory, "junk");
    if (text === "manifest") writeFileSync(join(root, "target/manifest.json"), "{}");
    if (text === "gone") rmSync(memory);
  }
}

describe("a parse that goes on from the last one", () => {
  it("reads an edited model alone, and says what a full parse says", async () => {
    const root = project();
    const now = new Date("2026-01-01T00:00:00Z");
    await parse({ cwd: root, env: {}, now });
    put(root, "models/mart/big.sql", `${shop["models/mart/big.sql"]}\n-- edited`);
    const done = await parse({ cwd: root, env: {}, now: new Date("2026-01-02T00:00:00Z") });
    expect(done.exitCode).toBe(0);
    // Who was not edited keeps the time of its reading, as in dbt's partial parse.
    expect(createdAt(root, "big")).toBe(Date.parse("2026-01-02T00:00:00Z") / 1000);
    expect(createdAt(root, "orders")).toBe(Date.parse("2026-01-01T00:00:00Z") / 1000);
    expect(readFileSync(join(root, "target/manifest.json"), "utf8")).toContain("-- edited");
  });

  it("is as good as a full one after any edits", { timeout: 300_000 }, async () => {
    const env = fc.constantFrom<How["env"]>({}, {}, { COLUMN: "amount" }, { NEEDED: "id" }, { TARGET: "ci" });
    const vars = fc.constantFrom<How["vars"]>(undefined, undefined, { cents: 10 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.array(step, { minLength: 1, maxLength: 2 }), env, vars), { minLength: 2, maxLength: 6 }),
        async (turns) => {
          const root = project();
          await parsed(root);
          for (const [steps, env, vars] of turns) {
            for (const one of steps) take(root, one);
            const how = { env: env ?? {}, ...(vars === undefined ? {} : { vars }) };
            expect(await parsed(root, how)).toEqual(await parsedAnew(root, how));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it("is as good when two work at once", async () => {
    const root = project();
    await parsed(root);
    put(root, "models/mart/big.sql", bodies[3]!);
    await Promise.all([parsed(root), parsed(root)]);
    expect(await parsed(root)).toEqual(await parsedAnew(root, {}));
  });
});
