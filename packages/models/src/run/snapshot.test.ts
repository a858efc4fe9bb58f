import { describe, expect, it } from "vitest";
import type { Session } from "@meshwork/engine";
import { runNodes } from "../index.ts";
import { memoryProject, onDuckdb, rowsOf } from "../testdata/memory-project.ts";

const snapshot = (config: string): string =>
  `{% snapshot people_history %}{{ config(unique_key='id', ${config}) }} select * from raw.people {% endsnapshot %}`;

async function build(session: Session, files: Readonly<Record<string, string>>): Promise<void> {
  const project = memoryProject(files);
  expect(project.diagnostics).toEqual([]);
  const outcome = await runNodes(project, session, { nodes: [...project.nodes.values()], now: () => new Date(0) });
  expect(outcome.results.flatMap((r) => r.diagnostics)).toEqual([]);
  expect(outcome.ok).toBe(true);
}

/** Builds a snapshot of each state of `raw.people` in turn, then lists its versions. */
function history(config: string, states: readonly string[], columns: string): Promise<unknown[][]> {
  return onDuckdb(async (session) => {
    await session.query("create schema raw");
    for (const state of states) {
      await session.query(`create or replace table raw.people as select * from (${state})`);
      await build(session, { "snapshots/people.sql": snapshot(config) });
    }
    return rowsOf(session, `select ${columns} from shop_private.people_history order by all`);
  });
}

const at = (day: number): string => `timestamp '2024-01-0${day} 00:00:00'`;
const before = `select 1 as id, 'Ann' as name, ${at(1)} as changed union all select 2, null, ${at(1)}`;
const after = `select 1 as id, 'Anna' as name, ${at(2)} as changed union all select 3, 'Cid', ${at(2)}`;
const versions = "id, name, dbt_valid_from::date::varchar, dbt_valid_to::date::varchar";

describe("a snapshot", () => {
  it("closes a row whose time moved on and opens it anew", async () => {
    expect(await history("strategy='timestamp', updated_at='changed'", [before, after], versions)).toEqual([
      [1, "Ann", "2024-01-01", "2024-01-02"],
      [1, "Anna", "2024-01-02", null],
      [2, null, "2024-01-01", null],
      [3, "Cid", "2024-01-02", null],
    ]);
  });

  it("is the same after a second run on the same rows", async () => {
    const config = "strategy='timestamp', updated_at='changed'";
    const once = await history(config, [before], "*");
    expect(await history(config, [before, before], "*")).toEqual(once);
  });

  it("finds changes from and to NULL in the columns it checks, and no others", async () => {
    const other = `select 1 as id, 'Ann' as name, ${at(9)} as changed union all select 2, 'Bob', ${at(1)}`;
    const rows = await history(
      "strategy='check', check_cols=['name']",
      [before, other],
      "id, name, dbt_valid_to is null",
    );
    expect(rows).toEqual([
      [1, "Ann", true],
      [2, "Bob", true],
      [2, null, false],
    ]);
  });

  it.each([
    ["ignore", [[2, true]]],
    ["invalidate", [[2, false]]],
  ])("leaves or closes rows that are gone: %s", async (mode, expected) => {
    const config = `strategy='timestamp', updated_at='changed', hard_deletes='${mode}'`;
    const rows = await history(config, [before, after], "id, dbt_valid_to is null");
    expect(rows.filter(([id]) => id === 2)).toEqual(expected);
  });

  it("marks rows that are gone once, and opens them when they are back", async () => {
    const config = "strategy='timestamp', updated_at='changed', hard_deletes='new_record'";
    const rows = await history(config, [before, after, after, before], "id, dbt_is_deleted, dbt_valid_to is null");
    expect(rows.filter(([id]) => id === 2)).toEqual([
      [2, "False", false],
      [2, "False", true],
      [2, "True", false],
    ]);
  });

  it("takes on a column that the query has gained", async () => {
    const wider = `select *, 7 as age from (${after})`;
    const rows = await history("strategy='timestamp', updated_at='changed'", [before, wider], "id, name, age");
    expect(rows).toContainEqual([1, "Anna", 7]);
    expect(rows).toContainEqual([1, "Ann", null]);
  });

  it("is defined by YAML alone too, and others may ref it", async () => {
    await onDuckdb(async (session) => {
      await build(session, {
        "models/people.sql": "select 1 as id, 'Ann' as name",
        "models/versions.sql": "{{ config(materialized='table') }} select id, dbt_valid_to from {{ ref('history') }}",
        "snapshots/history.yml":
          "snapshots:\n  - name: history\n    relation: ref('people')\n    config: {unique_key: id, strategy: check, check_cols: all}\n",
      });
      expect(await rowsOf(session, "select * from shop_private.versions")).toEqual([[1, null]]);
    });
  });

  it.each([
    ["strategy='timestamp'", "updated_at"],
    ["strategy='check'", "check_cols"],
    ["strategy='often'", "strategy"],
  ])("says what %s lacks", (config, key) => {
    const { diagnostics } = memoryProject({ "snapshots/people.sql": snapshot(config) });
    expect(diagnostics.map((d) => d.code)).toEqual(["sql/bad-config"]);
    expect(diagnostics[0]!.message).toContain(`"${key}"`);
  });
});

describe("on_schema_change", () => {
  const grow = (mode: string, query: string): Record<string, string> => ({
    "models/grow.sql": `{{ config(materialized='incremental', on_schema_change='${mode}') }} ${query}`,
  });
  it.each([
    [
      "append_new_columns",
      [
        [1, 5, null],
        [2, null, 8],
      ],
    ],
    [
      "sync_all_columns",
      [
        [1, null],
        [2, 8],
      ],
    ],
  ])("%s", async (mode, expected) => {
    await onDuckdb(async (session) => {
      await build(session, grow(mode, "select 1 as id, 5 as gone"));
      await build(session, grow(mode, "select 2 as id, 8 as fresh"));
      expect(await rowsOf(session, "select * from shop_private.grow order by id")).toEqual(expected);
    });
  });
});
