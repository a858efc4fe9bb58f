import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compat, impact, importUsage, lineage, status } from "../index.ts";
import { commitAll } from "../testdata/git.ts";
import { contract, mesh, product, put, scratchMesh } from "../testdata/scratch-mesh.ts";

const now = new Date("2026-11-21T00:00:00Z");
const id = "name: id, type: long, constraints: { primary_key: true, null: false }";
const fields = [id, "name: name, type: string", "name: age, type: integer"];
const open = (text: string) => text.replace("  lineage:", "  access: { roles: [analyst] }\n  lineage:");
const people = (text: Parameters<typeof contract>[1] = { fields }) =>
  open(contract("crm.people", { version: "2.1.0", ...text }));
const file = "domains/crm/people/data-product-contract.yaml";
const files = {
  ...product("crm.people", { fields }, { people: "select 1::bigint as id, 'Ann' as name, 7::int as age" }),
  [file]: people(),
  ...product("crm.pets", { fields: [id] }, { pets: "select 1::bigint as id" }),
};
const repository = () => commitAll(scratchMesh(files));

/** Imports a log, and shows what is known of each port: `who: columns, last, count`. */
async function imported(root: string, from: string, text: string, more: { own?: string[]; keepNames?: boolean } = {}) {
  put(root, { "export.log": text });
  const done = await importUsage({ root, cwd: root, file: "export.log", from, now, keepNames: true, ...more });
  if (!done.results) return done;
  return Object.values(done.results.record.products).flatMap(({ product: name, ports }) =>
    Object.entries(ports).map(([port, usage]) => [
      `${name} ${port}: ${usage.statements}`,
      ...usage.readers.map(
        (r) =>
          `${[r.role, r.user, r.tool].filter(Boolean).join("/")}: ${Object.keys(r.columns).sort().join(",")}${r.unknownColumns > 0 ? " and unknown" : ""}, ${r.lastSeen}, ${r.count}`,
      ),
    ]),
  );
}

const cell = (value: unknown) => `"${JSON.stringify(value).replaceAll('"', '""')}"`;
const view = (name: string, ...columns: string[]) => ({
  objectDomain: "View",
  objectName: name,
  columns: columns.map((columnName, columnId) => ({ columnId, columnName })),
});

describe("usage out of logs", () => {
  it("Snowflake's ACCESS_HISTORY as CSV: objects by name in any case, columns, roles where joined, stages left out", async () => {
    const rows = [
      ["2026-11-20 16:17:47.388 +0000", "JSMITH", "ANALYST", [view("LAKE.CRM.PEOPLE_V2", "NAME", "AGE")], []],
      ["2026-11-20 18:17:47.388 +0200", "JSMITH", "ANALYST", [view("LAKE.CRM.PEOPLE_V2", "NAME")], []],
      ["2026-10-01 00:00:00.000 +0000", "BO", "ANALYST", [view('LAKE."CRM"."people_v1"', "NAME")], []],
      [
        "2026-11-20 00:00:00.000 +0000",
        "BUILD",
        "TRANSFORMER",
        [view("LAKE.CRM.PEOPLE_V2", "ID")],
        [view("LAKE.CRM.PETS_V1")],
      ],
      [
        "2026-11-20 00:00:00.000 +0000",
        "BO",
        "ANALYST",
        [{ objectDomain: "Stage", objectName: "LAKE.CRM.PEOPLE_V2" }, view("LAKE.RAW.X", "A")],
        [],
      ],
    ] as const;
    const text = ["QUERY_START_TIME,USER_NAME,ROLE_NAME,DIRECT_OBJECTS_ACCESSED,OBJECTS_MODIFIED"]
      .concat(
        rows.map(([at, user, role, direct, modified]) => [at, user, role, cell(direct), cell(modified)].join(",")),
      )
      .join("\n");
    expect(await imported(repository(), "snowflake", text, { own: ["transformer"] })).toEqual([
      ["crm.people people@2: 3", "ANALYST/JSMITH: age,name, 2026-11-20T16:17:47.388Z, 2"],
      ["crm.people people@1: 1", "ANALYST/BO: name, 2026-10-01T00:00:00Z, 1"],
      ["crm.pets pets@1: 1"],
    ]);
  });

  it("BigQuery's JOBS as NDJSON: columns from the query's text", async () => {
    const table = (name: string) => ({ project_id: "lake", dataset_id: "crm", table_id: name });
    const job = (query: string, more: object = {}) =>
      JSON.stringify({
        creation_time: "2026-11-19 10:00:00.123 UTC",
        user_email: "bi@acme.example",
        job_type: "QUERY",
        statement_type: "SELECT",
        query,
        referenced_tables: [table("people_v2")],
        ...more,
      });
    const text = [
      job("# weekly\nselect name, count(*) n from `lake.crm.people_v2` where age > @limit group by name"),
      job("select safe_divide(age, 2) from `lake`.`crm`.`people_v2`", { user_email: "ml@acme.example" }),
      job("begin select 1; end", { statement_type: "SCRIPT" }),
      job("load", { job_type: "LOAD" }),
      job("select * from `lake.crm.pets_v1`", {
        referenced_tables: [table("pets_v1")],
        destination_table: { project_id: "lake", dataset_id: "_anon", table_id: "x" },
      }),
    ].join("\n");
    expect(await imported(repository(), "bigquery", text)).toEqual([
      [
        "crm.people people@2: 2",
        "bi@acme.example: age,name, 2026-11-19T10:00:00.123Z, 1",
        "ml@acme.example:  and unknown, 2026-11-19T10:00:00.123Z, 1",
      ],
      ["crm.pets pets@1: 1", "bi@acme.example: id, 2026-11-19T10:00:00.123Z, 1"],
    ]);
  });

  it("Trino's events as JSON: the tables that the statement names, not those beneath its views", async () => {
    const event = (more: object) => ({
      metadata: { queryState: "FINISHED", query: "select 1", tables: [] },
      context: { user: "ann", source: "superset", enabledRoles: ["reader"] },
      ioMetadata: { inputs: [] },
      createTime: 1_795_168_800.5,
      endTime: 1_795_168_801.5,
      ...more,
    });
    const named = (table: string, columns: unknown, directlyReferenced = true) => ({
      catalog: "lake",
      schema: "crm",
      table,
      columns,
      directlyReferenced,
    });
    const text = JSON.stringify([
      event({
        metadata: {
          queryState: "FINISHED",
          query: "q",
          tables: [named("people_v2", [{ column: "age", mask: null }]), named("pets_v1", [{ column: "id" }], false)],
        },
      }),
      event({
        ioMetadata: { inputs: [{ catalogName: "lake", schema: "crm", table: "people_v2", columns: ["name"] }] },
      }),
      event({ metadata: { queryState: "FAILED", tables: [named("pets_v1", ["id"])] } }),
      { ...event({}), ioMetadata: undefined },
    ]);
    expect(await imported(repository(), "trino", text)).toEqual([
      ["crm.people people@2: 2", "reader/ann/superset: age,name, 2026-11-20T10:00:01.500Z, 2"],
    ]);
  });

  it.each([
    ["select name from crm.people_v2 where age > $1", "name,age", 2],
    ['select p."name" from "crm"."people_v2" p', "name", 2],
    ["select crm.people_v2.age from crm.people_v2", "age", 2],
    ["select people_v2.age from people_v2", "age", 2],
    ["select count(*) from lake.crm.people_v2", "", 2],
    ["insert into private.t select name from crm.people_v2", "name", 2],
    ["create table t as (with x as (select name from crm.people_v2) select * from x)", "name", 2],
    ["select '{crm.pets_v1}', name from crm.people_v2 -- crm.pets_v1", "name", 2],
    ["select name from crm.people_v1", "name", 1],
    ["select shoe_size from crm.people_v1", undefined, 1],
    ["select name from private.t, people_v2", undefined, 2],
    ["copy (select name from crm.people_v2) to '/tmp/x'", undefined, 2],
    ["select name from crm.people_v2 where name @> $1::jsonb", undefined, 2],
  ] as const)("pg_stat_statements: %s", async (query, columns, major) => {
    const csv = `rolname,queryid,calls,query\nbi,17,42,"${query.replaceAll('"', '""')}"\n`;
    const known = columns === undefined ? " and unknown" : "";
    expect(await imported(repository(), "pg", csv)).toEqual([
      [`crm.people people@${major}: 42`, `bi: ${(columns ?? "").split(",").sort().join(",")}${known}, null, 42`],
    ]);
  });

  it("hides the names of people unless asked not to, is the same text each time, and replaces what the log said before", async () => {
    const root = repository();
    const csv = (rows: string) => `rolname,queryid,calls,query\n${rows}`;
    await imported(root, "pg", csv("ann,1,1,select name from crm.people_v2"), { keepNames: false });
    const text = readFileSync(join(root, "usage/pg.json"), "utf8");
    expect(text).not.toContain("ann");
    expect(text).toMatch(/"user": "sha256:[0-9a-f]{12}"/);
    await imported(root, "pg", csv("ANN,1,1,select name from crm.people_v2"), { keepNames: false });
    expect(readFileSync(join(root, "usage/pg.json"), "utf8")).toBe(text);
    await imported(root, "pg", csv("ann,1,1,select 1"));
    expect(readFileSync(join(root, "usage/pg.json"), "utf8")).toContain('"products": {}');
  });

  it("keeps a record on this machine where asked to", async () => {
    const root = repository();
    put(root, { "export.log": "rolname,queryid,calls,query\nbi,1,1,select name from crm.people_v2\n" });
    await importUsage({ root, cwd: root, file: "export.log", from: "pg", local: true, now });
    expect([existsSync(join(root, "usage")), existsSync(join(root, ".mesh/usage/pg.json"))]).toEqual([false, true]);
    expect((await impact({ root, name: "crm.people", now })).results!.outside).toHaveLength(1);
  });

  it.each([
    ["no log's name", undefined, "a,b\n1,2\n", "Say whose log it is"],
    ["a log that nobody knows", "snowflak", "a,b\n1,2\n", "Did you mean snowflake?"],
    ["another file", "snowflake", "a,b\n1,2\n", "is no export of ACCOUNT_USAGE.ACCESS_HISTORY"],
    ["broken JSON", "trino", '{"metadata": {}}\n{"metadata": \n', "export.log:2 is no JSON"],
    ["broken CSV", "pg", 'query,calls\n"select', "is no CSV"],
  ])("refuses %s", async (_, from, text, problem) => {
    const root = repository();
    put(root, { "export.log": text });
    const done = await importUsage({ root, cwd: root, file: "export.log", from, now });
    expect(done).toMatchObject({ exitCode: 2, problem: expect.stringContaining(problem) });
    expect(existsSync(join(root, "usage"))).toBe(false);
  });

  it("refuses a record that somebody broke, because it would decide", async () => {
    const root = repository();
    put(root, { "usage/pg.json": '{"usageVersion": 1}' });
    expect(await impact({ root, name: "crm.people", now })).toMatchObject({
      exitCode: 2,
      problem: expect.stringContaining("usage/pg.json is no record of usage"),
    });
  });
});

describe("readers outside", () => {
  const bi = (query: string) => `rolname,queryid,calls,query,last_seen\nbi,1,3,${query},2026-11-01\n`;
  const withoutAge = { [file]: people({ fields: fields.slice(0, 2) }) };

  it("are named by compat where they read what goes, and nobody else is", async () => {
    const root = repository();
    await imported(root, "pg", bi("select name from crm.people_v2"));
    put(root, withoutAge);
    // A log knows the port, and nobody in it reads the column: nothing is unknown, and the change may go through.
    const spared = await compat({ root, now });
    expect(spared.results).toMatchObject([{ verdict: "coordinated", outside: [], unknownConsumers: false }]);
    const read = repository();
    await imported(read, "pg", bi("select age from crm.people_v2"));
    put(read, withoutAge);
    const done = await compat({ root: read, now });
    expect(done.results).toMatchObject([
      {
        verdict: "breaking",
        unknownConsumers: false,
        outside: [{ kind: "usage", name: "user bi", columns: ["age"], lastSeen: "2026-11-01T00:00:00Z", count: 3 }],
      },
    ]);
    expect(done.results[0]!.coordination!.hindrances).toEqual([
      "user bi reads port people (version 2), age: 3 statements, last 2026-11-01.",
    ]);
  });

  it("are not known where roles may read and no log knows the port", async () => {
    const root = repository();
    await imported(root, "pg", bi("select id from crm.pets_v1"));
    put(root, withoutAge);
    expect((await compat({ root, now })).results).toMatchObject([
      {
        verdict: "breaking",
        unknownConsumers: true,
        coordination: { hindrances: [expect.stringContaining("no imported usage tells")] },
      },
    ]);
  });

  it("of a former version are spared by a change of this one, and counted by status", async () => {
    const root = repository();
    await imported(
      root,
      "pg",
      `${bi("select age from crm.people_v1")}bi,2,1,select name from crm.people_v2,2026-11-02\n`,
    );
    put(root, withoutAge);
    expect((await compat({ root, now })).results).toMatchObject([{ verdict: "coordinated", outside: [] }]);
    const [state] = (await status({ root, now, products: ["crm.people"] })).results;
    expect(state!.outside).toEqual({ readers: 2, ofFormerVersions: 1, unknown: false });
  });

  it("are those that the contract itself names, too", async () => {
    const root = commitAll(
      scratchMesh({ ...files, [file]: people().replace("lineage: {", "lineage: { downstream: [bi.sales-board],") }),
    );
    const done = await lineage({ root, name: "crm.people", now });
    expect(done.results).toMatchObject({
      outside: [{ kind: "declared", name: "bi.sales-board", columns: null }],
      unseen: ["analyst"],
    });
  });

  it("are dbt's exposures, of a model of the same domain and of another domain's port", async () => {
    const exposure = (ref: string, name: string) =>
      `exposures: [{ name: ${name}, label: ${name} board, type: dashboard, owner: { name: Ann, email: ann@acme.example }, depends_on: ["${ref}"] }]\n`;
    const root = commitAll(
      scratchMesh({
        ...files,
        "domains/crm/people/models/exposures.yml": exposure("ref('people')", "own"),
        ...product(
          "sales.leads",
          { upstream: "crm.people", fields: [id] },
          { leads: "select id from {{ ref('crm', 'people') }}" },
        ),
        "domains/sales/leads/models/exposures.yml": exposure("ref('crm', 'people')", "other"),
      }),
    );
    put(root, withoutAge);
    const done = await compat({ root, now });
    expect(done.results[0]!.coordination!.hindrances.slice(0, 2)).toEqual([
      'Exposure "own board" (ann@acme.example) reads port people (domains/crm/people/models/exposures.yml:1).',
      'Exposure "other board" (ann@acme.example) reads port people (domains/sales/leads/models/exposures.yml:1).',
    ]);
  });

  it("are whoever is not the mesh itself, as its targets connect", async () => {
    const root = commitAll(
      scratchMesh({
        ...files,
        "mesh.yaml": mesh(
          '    prod: { engine: postgres, url: { env: PG }, identity: { user: { env: "MESH_{DOMAIN}_USER" } } }\n',
        ),
      }),
    );
    put(root, { "export.log": bi("select name from crm.people_v2") });
    const done = await importUsage({
      root,
      cwd: root,
      file: "export.log",
      from: "pg",
      now,
      env: { MESH_CRM_USER: "BI" },
    });
    expect(Object.values(done.results!.record.products)).toMatchObject([
      { ports: { "people@2": { statements: 3, readers: [] } } },
    ]);
  });
});

describe("impact", () => {
  const root = commitAll(
    scratchMesh({
      ...files,
      ...product(
        "sales.names",
        { upstream: "crm.people", fields: ["name: label, type: string"] },
        {
          names: "select\n  name as label\nfrom {{ ref('crm', 'people') }}\nwhere age > 17",
        },
      ),
      ...product(
        "ads.lists",
        { upstream: "sales.names", fields: ["name: item, type: string"] },
        {
          lists: "select upper(label) as item from {{ ref('sales', 'names') }}",
        },
      ),
    }),
  );
  const impactOf = async (name: string) =>
    (await impact({ root, name, now })).results!.consumers.map((c) => [
      `${c.depth} ${c.name} (${c.owner})`,
      ...c.reads.map((r) => `${r.column} ${r.place.file}:${r.place.line}`),
      `${c.columns.join(",")}${c.rows ? " rows" : ""}`,
    ]);

  it("of a column: who reads it at which line, and what is made of it further down", async () => {
    expect(await impactOf("crm.people.name")).toEqual([
      ["1 sales.names (team-sales@scratch.example)", "name domains/sales/names/models/names.sql:2", "label"],
      ["2 ads.lists (team-ads@scratch.example)", "item"],
    ]);
  });

  it("of a column that only decides which rows there are", async () => {
    expect(await impactOf("crm.people.age")).toEqual([
      ["1 sales.names (team-sales@scratch.example)", "age domains/sales/names/models/names.sql:4", " rows"],
      ["2 ads.lists (team-ads@scratch.example)", " rows"],
    ]);
  });

  it("of a product, and of one that nobody reads", async () => {
    expect((await impactOf("crm.people")).map(([name]) => name)).toEqual([
      "1 sales.names (team-sales@scratch.example)",
      "2 ads.lists (team-ads@scratch.example)",
    ]);
    expect(await impactOf("ads.lists")).toEqual([]);
  });

  it.each([
    ["crm.peopl", "Did you mean crm.people?"],
    ["crm.people.nam", "Did you mean name?"],
    ["crm.people.port.name", 'has no port "port"'],
  ])("refuses %s", async (name, problem) => {
    expect(await impact({ root, name, now })).toMatchObject({ exitCode: 2, problem: expect.stringContaining(problem) });
  });
});
