import { describe, expect, it } from "vitest";
import { typecheck } from "../index.ts";
import { contract, mesh, product, put, scratchMesh } from "../testdata/scratch-mesh.ts";

const id = "name: id, type: long, constraints: { primary_key: true, null: false }";
const name = "name: full_name, type: string";
const people = product("crm.people", { fields: [id, name] }, { people: "select 1::bigint as id, 'Ann' as full_name" });
const greetings = product(
  "sales.greetings",
  { upstream: "crm.people", fields: [id, "name: greeting, type: string"] },
  {
    stg_people: "{# keys #}\nselect\n  id,\n  full_name\nfrom {{ ref('crm', 'people') }}",
    greetings: "select id, 'Hello ' || full_name as greeting from {{ ref('stg_people') }}",
  },
);
const found = async (files: Record<string, string>, products?: string[]) =>
  (await typecheck({ root: scratchMesh(files), products })).diagnostics.map((d) => ({
    code: d.code,
    at: d.span ? `${d.span.file}:${d.span.line}:${d.span.column}` : "nowhere",
    says: `${d.message} ${d.help ?? ""}`,
  }));

describe("typecheck", () => {
  it("tells every column of every model with its type and where it comes from", async () => {
    const done = await typecheck({ root: scratchMesh({ ...people, ...greetings }) });
    expect(done).toMatchObject({ exitCode: 0, diagnostics: [] });
    const model = done.results.find((m) => m.model === "stg_people")!;
    expect(model.columns).toEqual([
      {
        name: "id",
        type: expect.stringMatching(/int|long/i),
        origins: [{ upstream: "port:crm.people.people", column: "id", kind: "identity" }],
      },
      {
        name: "full_name",
        type: "string",
        origins: [{ upstream: "port:crm.people.people", column: "full_name", kind: "identity" }],
      },
    ]);
    const greeting = done.results.find((m) => m.model === "greetings")!.columns[1]!;
    expect(greeting.origins).toEqual([
      { upstream: "model.sales.stg_people", column: "full_name", kind: "transformation" },
    ]);
  });

  it("a column that upstream renamed is an error at the consumer's line, with what it may be called now", async () => {
    const renamed = {
      ...people,
      "domains/crm/people/data-product-contract.yaml": contract("crm.people", {
        fields: [id, "name: full_names, type: string"],
      }),
      "domains/crm/people/models/people.sql": "select 1::bigint as id, 'Ann' as full_names",
    };
    expect(await found({ ...renamed, ...greetings })).toEqual([
      {
        code: "sql/query-failed",
        at: "domains/sales/greetings/models/stg_people.sql:4:3",
        says: expect.stringMatching(/full_name[\s\S]*full_names/),
      },
    ]);
  });

  it("names every line that reads a column, whichever of them is renamed", async () => {
    const columns = ["person_id", "mail", "born", "town"];
    const field = (n: string) => `name: ${n}, type: string`;
    // Each line says itself which of the columns it reads from the port.
    const sql: Record<string, string> = {
      stg: `select
  p.person_id as pid, -- reads person_id
  trim(mail) as address, -- reads mail
  {% for part in ["x", "y"] %}
  '{{ part }}' || town as town_{{ part }}, -- reads town
  {% endfor %}
  case when born > '2000' then 1 end as young -- reads born
from {{ ref('crm', 'people') }} as p
where mail is not null -- reads mail
  and p.town <> '' -- reads town`,
      counted: `with all_people as (select * from {{ ref('crm', 'people') }}),
towns as (
  select town, -- reads town
    count(distinct person_id) as people -- reads person_id
  from all_people
  group by town, -- reads town
    left(born, 4) -- reads born
)
select towns.town as id, people, row_number() over (order by people) as place
from towns
where exists (
  select 1 from {{ ref('crm', 'people') }} as x
  where x.born = '1' -- reads born
)
order by people`,
    };
    const test = `select * from {{ ref('crm', 'people') }}
where mail = '' -- reads mail`;
    const files = {
      ...product("sales.reached", { upstream: "crm.people", fields: [field("id")] }, sql),
      "domains/sales/reached/tests/has_mail.sql": test,
    };
    for (const renamed of columns) {
      const now = columns.map((c) => field(c === renamed ? `${c}_2` : c));
      const root = scratchMesh({ ...product("crm.people", { fields: now }, {}), ...files });
      const { diagnostics } = await typecheck({ root });
      const said = diagnostics.filter((d) => d.code === "sql/query-failed");
      const marked = Object.entries(files).flatMap(([file, text]) =>
        text.split("\n").flatMap((l, i) => (l.endsWith(`-- reads ${renamed}`) ? [`${file}:${i + 1}`] : [])),
      );
      expect(said.map((d) => `${d.span?.file}:${d.span?.line}`).sort()).toEqual(marked.sort());
      for (const d of said) expect(d.message).toContain(`${renamed}_2`);
    }
  });

  it("follows contracts, so that a consumer is checked before the producer's SQL follows", async () => {
    const root = scratchMesh({ ...people, ...greetings });
    put(root, { "domains/crm/people/models/people.sql": "select this is no sql" });
    expect((await typecheck({ root, products: ["sales.greetings"] })).exitCode).toBe(0);
    expect((await typecheck({ root, products: ["crm.people"] })).diagnostics[0]?.span?.file).toBe(
      "domains/crm/people/models/people.sql",
    );
  });

  it.each([
    [
      "a type that loses something",
      "select 1.5::double as id, 'Ann' as full_name",
      "sql/type-mismatch",
      /double|float/,
      "domains/crm/people/data-product-contract.yaml:10:17",
    ],
    [
      "a column that is not there",
      "select 1::bigint as id, 'Ann' as ful_name",
      "sql/missing-column",
      /ful_name/,
      ":11:17",
    ],
    [
      "a column that nobody promised",
      "select 1::bigint as id, 'Ann' as full_name, 7 as age",
      "sql/extra-column",
      /age/,
      "data-product-contract.yaml",
    ],
  ])("%s", async (_, sql, code, says, at) => {
    const all = await found({ ...people, "domains/crm/people/models/people.sql": sql });
    const [finding] = all.filter((f) => f.code === code);
    expect(finding?.says).toMatch(says);
    expect(finding?.at).toContain(at);
  });

  it.each([
    ["a narrower integer", "select 1::int as id, 'Ann' as full_name"],
    ["another case", "select 1::bigint as ID, 'Ann' as Full_Name"],
  ])("%s fits", async (_, sql) => {
    expect(await found({ ...people, "domains/crm/people/models/people.sql": sql })).toEqual([]);
  });

  it("a source that nobody described is said to be unknown, its columns never guessed", async () => {
    const files = {
      ...product(
        "crm.people",
        { fields: [id, name] },
        { people: "select id, whatever as full_name from {{ source('raw', 'people') }}" },
      ),
      "domains/crm/people/models/sources.yml":
        "version: 2\nsources:\n  - name: raw\n    tables:\n      - name: people\n",
    };
    const done = await typecheck({ root: scratchMesh(files) });
    expect(done.exitCode).toBe(0);
    expect(done.results).toMatchObject([{ model: "people", answer: "unknown", columns: [] }]);
    expect(done.diagnostics).toMatchObject([
      { severity: "info", span: { file: expect.stringContaining("domains/crm/people/models/") } },
    ]);
    expect(done.diagnostics[0]!.message).toContain("raw");
  });

  it("a source that declares its columns is held to them", async () => {
    const source = (columns: string) => ({
      ...product(
        "crm.people",
        { fields: [id, name] },
        { people: "select id, fullname as full_name from {{ source('raw', 'people') }}" },
      ),
      "domains/crm/people/models/sources.yml": `version: 2
sources:
  - name: raw
    tables:
      - name: people
        columns: [{ name: id, data_type: bigint }, { name: ${columns}, data_type: varchar }]
`,
    });
    expect(await found(source("fullname"))).toEqual([]);
    expect((await found(source("full_name"))).map((f) => [f.code, f.at])).toEqual([
      ["sql/query-failed", "domains/crm/people/models/people.sql:1:12"],
    ]);
  });
});

describe("typecheck by the target's engine", () => {
  const targets = mesh("    server: { engine: postgres }\n    warehouse: { engine: snowflake }\n");
  const shop = (sql: string) =>
    scratchMesh({
      "mesh.yaml": targets,
      ...product(
        "crm.people",
        { fields: [id, "name: tags, type: json"] },
        { people: "select 1::bigint as id, '{}'::jsonb as tags" },
      ),
      ...product("sales.named", { upstream: "crm.people", fields: [id, "name: city, type: string"] }, { named: sql }),
    });

  it("binds PostgreSQL's SQL by PostgreSQL, with its names, types and places", async () => {
    const good = "select id, tags ->> 'city' as city\nfrom {{ ref('crm', 'people') }} where tags ? 'city'";
    const done = await typecheck({ root: shop(good), target: "server" });
    expect(done).toMatchObject({ exitCode: 0, diagnostics: [], summary: { unknown: 0 } });
    expect(done.results.find((m) => m.model === "named")).toEqual({
      product: "sales.named",
      model: "named",
      answer: "known",
      columns: [
        { name: "id", type: "long", origins: [{ upstream: "port:crm.people.people", column: "id", kind: "identity" }] },
        {
          name: "city",
          type: "string",
          origins: [{ upstream: "port:crm.people.people", column: "tags", kind: "transformation" }],
        },
      ],
    });
    const bad = "select id,\n  tag ->> 'city' as city\nfrom {{ ref('crm', 'people') }}";
    const { diagnostics } = await typecheck({ root: shop(bad), target: "server" });
    expect(diagnostics.map((d) => [d.code, d.span!.line, d.span!.column, d.message])).toEqual([
      ["sql/query-failed", 2, 3, expect.stringContaining('Did you mean "tags"?')],
    ]);
  });

  it("says that it does not know where nothing understands the SQL, and what to do", async () => {
    const done = await typecheck({
      root: shop("select id, tags:city as city from {{ ref('crm', 'people') }}"),
      target: "warehouse",
    });
    expect(done.exitCode).toBe(0);
    expect(done.diagnostics.map((d) => [d.code, d.severity, d.product])).toEqual([
      ["sql/unchecked-dialect", "warning", "crm.people"],
      ["sql/unchecked-dialect", "warning", "sales.named"],
    ]);
    expect(done.diagnostics[1]!.help).toContain("--target dev");
    expect(done.results.map((r) => [r.model, r.answer, r.columns])).toEqual([
      ["people", "unknown", []],
      ["named", "unknown", []],
    ]);
  });
});
