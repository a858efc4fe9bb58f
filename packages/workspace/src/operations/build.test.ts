import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { duckdbEngine } from "@meshwork/engine-duckdb";
import { describe, expect, it } from "vitest";
import { build, check } from "../index.ts";
import { contract, product, put, scratchMesh } from "../testdata/scratch-mesh.ts";

const id = "name: id, type: long, constraints: { primary_key: true, null: false }";
const name = "name: name, type: string";

const people = product(
  "crm.people",
  { fields: [id, name] },
  { people: "select 1::bigint as id, 'Ann' as name union all select 2, 'Bo'" },
);
const greetings = product(
  "sales.greetings",
  { upstream: "crm.people", fields: [id, "name: greeting, type: string"] },
  { greetings: "select id, 'Hello ' || name as greeting from {{ ref('crm', 'people') }}" },
);

async function rowsOf(root: string, port: string): Promise<unknown[][]> {
  const engine = duckdbEngine();
  const session = await engine.open();
  const rows = await (
    await session.query(`SELECT * FROM read_parquet('${root}/.mesh/lake/dev/${port}/current/*.parquet') ORDER BY ALL`)
  ).rows();
  await session.close();
  await engine.close();
  return rows.map((r) => [...r].map((c) => (typeof c === "bigint" ? Number(c) : c)));
}

const statuses = async (root: string, products?: string[]) => {
  const done = await build({ root, products });
  return Object.fromEntries(done.results.map((r) => [r.product, r.status]));
};

describe("what is built, and what is left alone", () => {
  it("builds over domain boundaries, then does nothing", async () => {
    const root = scratchMesh({ ...people, ...greetings });
    expect(await statuses(root)).toEqual({ "crm.people": "ok", "sales.greetings": "ok" });
    expect(await rowsOf(root, "sales/greetings_v1")).toEqual([
      [1, "Hello Ann"],
      [2, "Hello Bo"],
    ]);
    expect(await statuses(root)).toEqual({ "crm.people": "cached", "sales.greetings": "cached" });
  });

  it.each([
    [
      "a comment and a re-indent",
      {
        "domains/crm/people/models/people.sql":
          "-- who\nselect 1::bigint as id,\n       'Ann' as name\nunion all\nselect 2, 'Bo'\n",
      },
      "cached",
      "cached",
    ],
    [
      "a description",
      {
        "domains/crm/people/data-product-contract.yaml": contract("crm.people", { fields: [id, name] }).replace(
          "A product of the test",
          "People",
        ),
      },
      "cached",
      "cached",
    ],
    [
      "SQL that yields the same rows",
      {
        "domains/crm/people/models/people.sql":
          "select id::bigint as id, name from (values (1, 'Ann'), (2, 'Bo')) as t(id, name)",
      },
      "ok",
      "cached",
    ],
    [
      "SQL that yields other rows",
      { "domains/crm/people/models/people.sql": "select 3::bigint as id, 'Cy' as name" },
      "ok",
      "ok",
    ],
    [
      "a new check",
      {
        "domains/crm/people/data-product-contract.yaml": contract("crm.people", {
          fields: [id, name],
          checks: ["column: name, assertion: not_null"],
        }),
      },
      "ok",
      "cached",
    ],
  ] as const)("after %s", async (_, edit, first, second) => {
    const root = scratchMesh({ ...people, ...greetings });
    await build({ root });
    put(root, edit);
    expect(await statuses(root)).toEqual({ "crm.people": first, "sales.greetings": second });
  });

  it("builds again what somebody removed from the lake", async () => {
    const root = scratchMesh({ ...people });
    await build({ root });
    rmSync(join(root, ".mesh/lake/dev/crm/people_v1"), { recursive: true });
    expect(await statuses(root)).toEqual({ "crm.people": "ok" });
  });

  it("runs an incremental model on what it has", async () => {
    const model = (day: number) => `{{ config(materialized='incremental', unique_key='id') }}
select range::bigint as id, 'day ${day}' as name from range(${day}) {% if is_incremental() %} where range >= (select max(id) from {{ this }}) {% endif %}`;
    const root = scratchMesh(product("crm.people", { fields: [id, name] }, { people: model(2) }));
    await build({ root });
    put(root, { "domains/crm/people/models/people.sql": model(4) });
    await build({ root });
    expect(await rowsOf(root, "crm/people_v1")).toEqual([
      [0, "day 2"],
      [1, "day 4"],
      [2, "day 4"],
      [3, "day 4"],
    ]);
    await build({ root, fullRefresh: true });
    expect((await rowsOf(root, "crm/people_v1")).map((r) => r[1])).toEqual(["day 4", "day 4", "day 4", "day 4"]);
  });
});

describe("when something is wrong", () => {
  it("a failing check keeps the former port, stops its readers and nobody else", async () => {
    const root = scratchMesh({
      ...people,
      ...greetings,
      ...product("hr.rooms", { fields: [id] }, { rooms: "select 7::bigint as id" }),
    });
    await build({ root });
    put(root, {
      "domains/crm/people/models/people.sql": "select 1::bigint as id, 'Ann' as name union all select 1, 'twice'",
      "domains/hr/rooms/models/rooms.sql": "select 8::bigint as id",
    });
    const done = await build({ root });
    expect(done.exitCode).toBe(1);
    expect(Object.fromEntries(done.results.map((r) => [r.product, r.status]))).toEqual({
      "crm.people": "failed",
      "hr.rooms": "ok",
      "sales.greetings": "skipped",
    });
    expect(await rowsOf(root, "crm/people_v1")).toEqual([
      [1, "Ann"],
      [2, "Bo"],
    ]);
    const finding = done.diagnostics.find((d) => d.code.startsWith("check/"))!;
    expect(finding.span?.file).toBe("domains/crm/people/data-product-contract.yaml");
    expect(finding.details?.join("\n")).toContain("twice");
    const file = /\.mesh\/build\/\S+\.sql/.exec(finding.help ?? "")![0];
    expect(readFileSync(join(root, file), "utf8")).toMatch(/select/i);
    // A failed product is never taken for a finished one.
    expect((await build({ root, products: ["crm.people"] })).results[0]!.status).toBe("failed");
  });

  it("an SQL error points into the author's file and names what may be meant", async () => {
    const root = scratchMesh(
      product(
        "crm.people",
        { fields: [id, name] },
        {
          stg: "select 1::bigint as id, 'Ann' as full_name",
          people: "{# a comment #}\nselect id,\n  ful_name as name\nfrom {{ ref('stg') }}",
        },
      ),
    );
    const { diagnostics } = await build({ root });
    const [finding] = diagnostics.filter((d) => d.severity === "error");
    expect(finding).toMatchObject({
      product: "crm.people",
      span: { file: "domains/crm/people/models/people.sql", line: 3, column: 3 },
    });
    expect(`${finding!.message} ${finding!.help}`).toContain("full_name");
  });

  it("a source without files says which, and where it is read", async () => {
    const root = scratchMesh({
      ...product(
        "crm.people",
        { fields: [id, name] },
        { people: "select id, name from {{ source('raw', 'people') }}" },
      ),
      "domains/crm/people/models/sources.yml": `version: 2
sources:
  - name: raw
    tables:
      - name: people
        config: { meta: { external_location: "read_parquet('{{ env_var('MESH_DATA') }}/raw/*.parquet')" } }
`,
    });
    const { diagnostics, results } = await build({ root });
    expect(results[0]!.status).toBe("failed");
    const [finding] = diagnostics.filter((d) => d.severity === "error");
    expect(finding?.span?.file).toBe("domains/crm/people/models/people.sql");
    expect(finding?.message).toMatch(/raw/);
  });

  it("an upstream that is not built is named with the command that builds it", async () => {
    const root = scratchMesh({ ...people, ...greetings });
    const { diagnostics } = await build({ root, products: ["sales.greetings"] });
    expect(diagnostics[0]).toMatchObject({
      code: "sql/unreachable-upstream",
      help: "build it first: mesh build crm.people",
    });
  });

  it("SQL of another team reads no file outside the workspace", async () => {
    const root = scratchMesh(
      product("crm.people", { fields: [name] }, { people: "select content as name from read_text('/etc/hostname')" }),
    );
    const { results, diagnostics } = await build({ root });
    expect(results[0]!.status).toBe("failed");
    expect(diagnostics.map((d) => d.message).join(" ")).toMatch(/not allowed|permission|disabled/i);
  });

  it("names with quotes and semicolons do no harm", async () => {
    const odd = `o"; drop table x; --`;
    const quoted = odd.replaceAll('"', '""');
    const root = scratchMesh(
      product("crm.people", { fields: [`name: '${odd}', type: string`] }, { people: `select 'v' as "${quoted}"` }),
    );
    const done = await build({ root });
    if (done.results[0]!.status === "ok") expect(await rowsOf(root, "crm/people_v1")).toEqual([["v"]]);
    else expect(done.diagnostics.filter((d) => d.severity === "error")).not.toEqual([]);
  });
});

describe("masking", () => {
  const masked = (extra = "") => [
    "name: email, type: string, constraints: { pii: true, masking: hash }",
    ...(extra ? [extra] : []),
  ];
  const hashed = "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b"; // sha256 of test@example.com

  it("masks what the contract says, in the files themselves", async () => {
    const root = scratchMesh(
      product("crm.people", { fields: masked() }, { people: "select 'test@example.com' as email" }),
    );
    expect(await statuses(root)).toEqual({ "crm.people": "ok" });
    expect(await rowsOf(root, "crm/people_v1")).toEqual([[hashed]]);
  });

  it("does not mask again what another product masked, so that joins go on working", async () => {
    const root = scratchMesh({
      ...product("crm.people", { fields: masked() }, { people: "select 'test@example.com' as email" }),
      ...product(
        "sales.leads",
        { upstream: "crm.people", fields: masked() },
        { leads: "select email from {{ ref('crm', 'people') }}" },
      ),
    });
    await build({ root });
    expect(await rowsOf(root, "sales/leads_v1")).toEqual([[hashed]]);
  });

  it("leaves what the author says is masked in the SQL", async () => {
    const root = scratchMesh({
      ...product("crm.people", { fields: masked() }, { people: "select 'secret-key-7' as email" }),
      "domains/crm/people/models/schema.yml":
        "version: 2\nmodels:\n  - name: people\n    columns:\n      - name: email\n        config: { meta: { masked: true } }\n",
    });
    await build({ root });
    expect(await rowsOf(root, "crm/people_v1")).toEqual([["secret-key-7"]]);
  });

  it("never shows a masked value among failing rows", async () => {
    const root = scratchMesh(
      product(
        "crm.people",
        { fields: [...masked(), "name: age, type: integer, constraints: { min: 0 }"] },
        { people: "select 'test@example.com' as email, -1 as age" },
      ),
    );
    const { diagnostics } = await build({ root });
    const text = JSON.stringify(diagnostics.map((d) => [d.message, d.details]));
    expect(text).toContain("-1");
    expect(text).not.toContain("test@example.com");
  });
});

it("checks built ports without a lock, again and again", async () => {
  const root = scratchMesh({ ...people });
  await build({ root });
  const done = await check({ root });
  expect(done.exitCode).toBe(0);
  expect(done.results.length).toBeGreaterThan(2);
  expect(done.results.every((r) => r.status === "passed" || r.status === "skipped")).toBe(true);
});

it("refuses a target it cannot drive before anything runs", async () => {
  const root = scratchMesh({ ...people });
  mkdirSync(join(root, "x"));
  const done = await build({ root, target: "prod" });
  expect(done).toMatchObject({ exitCode: 2, problem: expect.stringContaining('no target "prod"') });
});
