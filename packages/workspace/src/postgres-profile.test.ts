import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { postgresEngine } from "@meshwork/engine-postgres";
import { postgresMissing, startPostgres } from "@meshwork/engine-postgres/test-server";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildNodes, prune, run } from "./index.ts";

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

function project(output: string, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "meshwork-postgres-"));
  roots.push(root);
  const profile = `shop:\n  target: dev\n  outputs:\n    dev: ${output}\n`;
  const all = { "dbt_project.yml": "name: shop\nprofile: shop\n", "profiles.yml": profile, ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const shop = {
  "seeds/raw.csv": 'id,name,zip,ok,price\n1,Ann,00123,true,1.5\n2,"Bob, it\'s",00124,false,2.25\n',
  "models/orders.sql":
    "{{ config(materialized='table') }}select *, {{ dbt.dateadd('day', 1, \"date '2024-01-31'\") }}::date as due from {{ ref('raw') }}",
  "models/cheap.sql": "select * from {{ ref('orders') }} where price < 2",
  "models/grown.sql":
    "{{ config(materialized='incremental', unique_key='id', incremental_strategy='merge') }}select id, {{ 10 if is_incremental() else 1 }} as n from {{ ref('raw') }}",
  "models/schema.yml": "models:\n  - name: orders\n    columns: [{ name: id, data_tests: [unique, not_null] }]\n",
  "snapshots/kept.yml":
    "snapshots:\n  - name: kept\n    relation: ref('raw')\n    config: { unique_key: id, strategy: check, check_cols: all }\n",
};

describe("a profile of type postgres", () => {
  it.each([
    ["{ type: postgres, user: u, dbname: d }", /no host/],
    ["{ type: postgres, host: h, dbname: d }", /no user/],
    ["{ type: postgres, host: h, user: u }", /no dbname/],
    ["{ type: postgres, host: h, user: u, dbname: d, port: none }", /port is "none"/],
    ["{ type: postgres, host: h, user: u, dbname: d, sslmode: perhaps }", /sslmode is "perhaps".*\n.*verify-full/],
    ["{ type: postgres, host: h, user: u, dbname: d, sslrootcert: nowhere.pem }", /sslrootcert is nowhere.pem/],
    [
      "{ type: postgres, host: 127.0.0.1, port: 1, user: u, password: secret!, dbname: d }",
      /cannot be reached: .*ECONNREFUSED/,
    ],
  ])("%s is refused with a reason", async (output, reason) => {
    const done = await buildNodes({ cwd: project(output, shop), env: {} });
    expect(done.exitCode).toBeGreaterThan(1);
    expect(done.problem).toMatch(reason);
    expect(done.problem).not.toContain("secret!");
  });

  const missing = postgresMissing();
  describe.skipIf(missing !== undefined)(`on a server${missing === undefined ? "" : ` (${missing})`}`, () => {
    let server: Awaited<ReturnType<typeof startPostgres>>;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server.stop());

    it("replaces tables at the same time under views that read all of them", async () => {
      const { port } = new URL(server.url);
      const output = `{ type: postgres, host: 127.0.0.1, port: ${port}, user: postgres, password: x, dbname: postgres, schema: wide, threads: 8 }`;
      const names = Array.from({ length: 16 }, (_, i) => `t${i}`);
      const all = (order: readonly string[]) => order.map((n) => `select n from {{ ref('${n}') }}`).join(" union all ");
      const cwd = project(output, {
        ...Object.fromEntries(names.map((n) => [`models/${n}.sql`, "{{ config(materialized='table') }}select 1 as n"])),
        "models/up.sql": all(names),
        "models/down.sql": all([...names].reverse()),
        "models/above.sql": "select n from {{ ref('up') }} union all select n from {{ ref('down') }}",
      });
      for (let i = 0; i < 3; i++) {
        const done = await buildNodes({ cwd, env: {} });
        expect(done.diagnostics.map((d) => d.message)).toEqual([]);
      }
    });

    it("fills intervals once, and prunes by its mark what no model makes any more", async () => {
      const { port } = new URL(server.url);
      const output = `{ type: postgres, host: 127.0.0.1, port: ${port}, user: postgres, password: x, dbname: postgres, schema: intervals, threads: 2 }`;
      const batches =
        "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='happened', begin='2026-01-01', batch_size='day') }}";
      const events =
        "{{ config(materialized='table', event_time='happened') }}select 1 as id, timestamp '2026-01-02' as happened";
      const cwd = project(output, {
        "models/events.sql": events,
        "models/daily.sql": `${batches}select id, happened from {{ ref('events') }} e`,
        "models/above.sql": "select * from {{ ref('daily') }}",
      });
      const range = { cwd, env: {}, fillFrom: "2026-01-01", fillTo: "2026-01-04" };
      const days = [{ start: "2026-01-01T00:00:00.000Z", end: "2026-01-04T00:00:00.000Z" }];
      const daily = async () => (await run(range)).results.find((r) => r.id === "model.shop.daily");
      expect(await daily()).toMatchObject({ status: "success", intervals: { filled: days, kept: [] } });
      expect(await daily()).toMatchObject({ status: "success", intervals: { filled: [], kept: days } });
      rmSync(join(cwd, "models/above.sql"));
      const gone = await prune({ cwd, env: {}, keep: 0, olderThanMs: 0, remove: true });
      expect(gone.results.map((r) => [r.path, r.kept])).toEqual([['"postgres"."intervals"."above"', undefined]]);
    });

    it("builds what the project says, and builds it again", async () => {
      const { port } = new URL(server.url);
      const output = `{ type: postgres, host: 127.0.0.1, port: ${port}, user: postgres, password: "{{ env_var('PW') }}", dbname: postgres, schema: shop, threads: 3 }`;
      const cwd = project(output, shop);
      for (const n of [1, 10]) {
        const done = await buildNodes({ cwd, env: { PW: "x" } });
        expect(done.problem).toBeUndefined();
        expect(done.results.map((r) => r.status).filter((s) => s !== "success" && s !== "pass")).toEqual([]);
        const engine = postgresEngine({ url: server.url });
        const session = await engine.open();
        const rows = async (sql: string) => (await session.query(sql)).rows();
        expect(await rows("select id, name, zip, ok, price, due from shop.orders order by id")).toEqual([
          [1, "Ann", "00123", true, 1.5, "2024-02-01"],
          [2, "Bob, it's", "00124", false, 2.25, "2024-02-01"],
        ]);
        expect(await rows("select id, n from shop.grown order by id")).toEqual([
          [1, n],
          [2, n],
        ]);
        expect(await rows("select count(*) from shop.kept where dbt_valid_to is null")).toEqual([[2n]]);
        await engine.close();
      }
    });
  });
});
