import type { Engine, Session } from "@meshwork/engine";
import { pgliteEngine } from "@meshwork/engine-postgres";
import { postgres } from "@meshwork/sql";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { memoryProject, rowsOf } from "../testdata/memory-project.ts";
import { runNodes } from "./run-nodes.ts";

let engine: Engine;
let session: Session;
beforeAll(async () => {
  engine = pgliteEngine();
  session = await engine.open();
  await session.query(`create role reader; create role "Odd role"`);
});
afterAll(() => engine.close());
beforeEach(async () => {
  await session.query(
    "drop schema if exists shop_private cascade; drop schema if exists outside cascade; create schema outside",
  );
});

/** Builds a project on PostgreSQL; gives what went wrong. */
async function build(files: Readonly<Record<string, string>>): Promise<string[]> {
  const target = { name: "dev", schema: "shop_private", type: "postgres" };
  const project = memoryProject(files, { dialect: postgres, target });
  const outcome = await runNodes(project, session, { nodes: [...project.nodes.values()], now: () => new Date(0) });
  return [...project.diagnostics, ...outcome.results.flatMap((r) => r.diagnostics)].map((d) => d.message);
}

const rows = (sql: string) => rowsOf(session, sql);
const config = (text: string, query: string): string => `{{ config(${text}) }} ${query}`;

describe("views above a table that is built again", () => {
  const shop = (query: string) => ({
    "models/base.sql": config("materialized='table'", query),
    "models/above.sql": "select id from {{ ref('base') }}",
  });

  it("are there afterwards, others' too, with grants, options, comments and the new rows", async () => {
    expect(await build(shop("select 1 as id, 'a' as k"))).toEqual([]);
    await session.query(`
      create view outside."of others" with (security_barrier = true) as select id, k from shop_private.base;
      comment on view outside."of others" is 'it''s theirs';
      grant select on outside."of others" to "Odd role" with grant option;
      create materialized view outside.kept as select count(*) as n from outside."of others";
      create unique index on outside.kept (n);
      create view outside.above_all as select * from outside.kept, shop_private.above`);
    expect(await build(shop("select generate_series(1, 3) as id, 'b' as k"))).toEqual([]);
    expect(await rows('select k, count(*) from outside."of others" group by k')).toEqual([["b", 3]]);
    expect(await rows("select n, id from outside.above_all order by id")).toEqual([
      [3, 1],
      [3, 2],
      [3, 3],
    ]);
    expect(
      await rows(`select reloptions::text, obj_description(oid, 'pg_class'), has_table_privilege('Odd role', oid, 'SELECT WITH GRANT OPTION')
        from pg_class where relname = 'of others'`),
    ).toEqual([["{security_barrier=true}", "it's theirs", true]]);
    expect(await rows("select count(*) from pg_indexes where schemaname = 'outside' and tablename = 'kept'")).toEqual([
      [1],
    ]);
  });

  it("are left out when they read what is gone, and the build goes on", async () => {
    await build(shop("select 1 as id, 'a' as k"));
    await session.query(
      "create view outside.k as select k from shop_private.base; create view outside.id as select id from shop_private.base",
    );
    expect(await build(shop("select 1 as id"))).toEqual([]);
    expect(await rows("select table_name from information_schema.views where table_schema = 'outside'")).toEqual([
      ["id"],
    ]);
  });

  it("see the old rows until the end, and go on seeing them when it fails", async () => {
    await build(shop("select 1 as id"));
    const [message] = await build(shop("select 1 / (1 - id) as id from (select 1 as id) x"));
    expect(message).toContain("ivision by zero");
    expect(await rows("select id from shop_private.above")).toEqual([[1]]);
    expect(
      await rows(
        "select relname from pg_class c join pg_namespace n on n.oid = relnamespace where nspname = 'shop_private' and relname like 'mesh%'",
      ),
    ).toEqual([]);
  });

  it.each([
    ["table", "view"],
    ["view", "table"],
    ["view", "view"],
    ["table", "incremental"],
  ])("stay when a %s becomes a %s", async (before, after) => {
    await build({ "models/base.sql": config(`materialized='${before}'`, "select 1 as id") });
    await session.query("create view outside.above as select id + 1 as id from shop_private.base");
    expect(
      await build({ "models/base.sql": config(`materialized='${after}'`, "select 5 as id, 'x' as more") }),
    ).toEqual([]);
    expect(await rows("select max(id) from outside.above")).toEqual([[after === "incremental" ? 2 + 4 : 6]]);
  });
});

describe("settings of dbt-postgres", () => {
  const kind = "select c.relpersistence::text from pg_class c where c.oid = 'shop_private.t'::regclass";
  const indexes =
    "select regexp_replace(indexdef, 'INDEX \\S+', 'INDEX') from pg_indexes where tablename = 't' order by 1";

  it("makes unlogged tables and indexes, anew with each build", async () => {
    const files = {
      "models/t.sql": config(
        "materialized='table', unlogged=true, indexes=[{'columns': ['id', 'k'], 'unique': true}, {'columns': ['lower(k)'], 'type': 'hash'}]",
        "select 1 as id, 'a' as k",
      ),
    };
    for (let i = 0; i < 2; i++) {
      expect(await build(files)).toEqual([]);
      expect(await rows(kind)).toEqual([["u"]]);
      expect(await rows(indexes)).toEqual([
        ["CREATE INDEX ON shop_private.t USING hash (lower(k))"],
        ["CREATE UNIQUE INDEX ON shop_private.t USING btree (id, k)"],
      ]);
    }
  });

  it.each([["{'columns': []}"], ["{'columns': ['id); drop table x; --']}"], ["{'columns': ['id'], 'type': 'b tree'}"]])(
    "refuses the index %s",
    async (index) => {
      const [message] = await build({
        "models/t.sql": config(`materialized='table', indexes=[${index}]`, "select 1 as id"),
      });
      expect(message).toContain("indexes");
    },
  );

  it("grants what is written, and takes back what is no longer", async () => {
    const granted =
      "select has_table_privilege('reader', 'shop_private.t', 'select'), has_table_privilege('Odd role', 'shop_private.t', 'select')";
    const files = (roles: string, materialized: string) => ({
      "models/t.sql": config(`materialized='${materialized}', grants={'select': ${roles}}`, "select 1 as id"),
    });
    for (const materialized of ["incremental", "view", "table"]) {
      expect(await build(files("['reader', 'Odd role']", materialized))).toEqual([]);
      expect(await rows(granted)).toEqual([[true, true]]);
      expect(await build(files("['Odd role']", materialized))).toEqual([]);
      expect(await rows(granted)).toEqual([[false, true]]);
    }
  });

  it("keeps an enforced contract with its constraints, in an unlogged table too", async () => {
    const files = {
      "models/t.sql": config(
        "materialized='table', unlogged=true, contract={'enforced': true}",
        "select 'a' as k, 1 as id",
      ),
      "models/t.yml": `models:
  - name: t
    columns:
      - { name: id, data_type: integer, constraints: [{ type: not_null }, { type: primary_key }] }
      - { name: k, data_type: text, constraints: [{ type: check, expression: "k <> ''" }] }
`,
    };
    expect(await build(files)).toEqual([]);
    expect(await build(files)).toEqual([]);
    expect(
      await rows(
        "select contype::text from pg_constraint where conrelid = 'shop_private.t'::regclass and contype <> 'n' order by 1",
      ),
    ).toEqual([["c"], ["p"]]);
  });
});

describe("incremental models, snapshots and tests", () => {
  it.each([
    [
      "append",
      "",
      [
        [1, 10],
        [1, 20],
        [2, 10],
        [2, 20],
      ],
    ],
    [
      "delete+insert",
      ", unique_key='id'",
      [
        [1, 20],
        [2, 20],
      ],
    ],
    [
      "delete+insert",
      ", unique_key=['id', 'k']",
      [
        [1, 20],
        [2, 20],
      ],
    ],
    [
      "merge",
      ", unique_key='id'",
      [
        [1, 20],
        [2, 20],
      ],
    ],
    [
      "merge",
      ", unique_key='id', merge_exclude_columns=['n']",
      [
        [1, 10],
        [2, 10],
      ],
    ],
  ])("%s%s", async (strategy, key, expected) => {
    const files = {
      "models/t.sql": config(
        `materialized='incremental', incremental_strategy='${strategy}'${key}`,
        "select id, 'k' as k, {{ 20 if is_incremental() else 10 }} as n from generate_series(1, 2) id",
      ),
    };
    expect(await build(files)).toEqual([]);
    expect(await build(files)).toEqual([]);
    expect(await rows("select id, n from shop_private.t order by 1, 2")).toEqual(expected);
  });

  it.each(["append_new_columns", "sync_all_columns"])("on_schema_change: %s", async (mode) => {
    const grow = (query: string) => ({
      "models/t.sql": config(`materialized='incremental', on_schema_change='${mode}'`, query),
    });
    expect(await build(grow("select 1 as id, 5 as gone"))).toEqual([]);
    expect(await build(grow("select 2::bigint as id, 'x' as fresh"))).toEqual([]);
    const gone = mode === "sync_all_columns" ? "" : ", gone";
    expect(await rows(`select id, fresh${gone} from shop_private.t order by id`)).toEqual(
      mode === "sync_all_columns"
        ? [
            [1, null],
            [2, "x"],
          ]
        : [
            [1, null, 5],
            [2, "x", null],
          ],
    );
  });

  it.each(["ignore", "invalidate", "new_record"])("a snapshot with hard_deletes: %s", async (mode) => {
    const files = (query: string) => ({
      "snapshots/s.sql": `{% snapshot s %}{{ config(unique_key='id', strategy='timestamp', updated_at='at', hard_deletes='${mode}') }} ${query} {% endsnapshot %}`,
    });
    expect(
      await build(files("select id, 'a' as k, timestamp '2024-01-01' as at from generate_series(1, 2) id")),
    ).toEqual([]);
    expect(await build(files("select 1 as id, 'b' as k, timestamp '2024-01-02' as at"))).toEqual([]);
    const closed = { ignore: 0, invalidate: 1, new_record: 1 }[mode];
    expect(
      await rows(
        "select k, dbt_valid_from::date::text, dbt_valid_to::date::text from shop_private.s where id = 1 order by 1",
      ),
    ).toEqual([
      ["a", "2024-01-01", "2024-01-02"],
      ["b", "2024-01-02", null],
    ]);
    expect(await rows("select count(*) from shop_private.s where id = 2 and dbt_valid_to is not null")).toEqual([
      [closed],
    ]);
  });

  it("seeds of declared types, generic tests and hooks", async () => {
    const found = await build({
      "seeds/s.csv": "id,zip,day,price\n1,00123,2024-01-31,1.10\n2,,2024-02-01,\n",
      "seeds/s.yml": "seeds: [{name: s, config: {column_types: {price: 'numeric(10,2)', zip: 'varchar(5)'}}}]",
      "models/t.sql": config(
        "materialized='table', post_hook='comment on table {{ this }} is \\'hooked\\''",
        "select * from {{ ref('s') }}",
      ),
      "models/t.yml":
        "models: [{name: t, columns: [{name: id, tests: [unique, not_null, {relationships: {arguments: {to: ref('s'), field: id}}}]}, {name: zip, tests: [not_null]}, {name: day, tests: [{accepted_values: {arguments: {values: ['2024-01-31']}}}]}]}]",
    });
    expect(found).toEqual([expect.stringContaining("accepted_values"), expect.stringContaining("not_null")]);
    expect(
      await rows(
        "select zip, day::text, price::text, obj_description('shop_private.t'::regclass) from shop_private.t where id = 1",
      ),
    ).toEqual([["00123", "2024-01-31", "1.10", "hooked"]]);
  });
});
