import { expect, it } from "vitest";
import { ruleMesh, typechecked } from "../testdata/rule-mesh.ts";

const promised = "name: id, type: string, constraints: { null: false }";
const found = (sql: string, options: { upstream?: string; own?: string; models?: Record<string, string> } = {}) =>
  typechecked(
    "contract/nullable-source",
    ruleMesh({
      "a.up": {
        fields: [options.upstream ?? "name: id, type: string", "name: n, type: long, constraints: { null: false }"],
        sql: "select '1' as id, 1::bigint as n",
      },
      "b.down": {
        spec: "lineage: { upstream: [a.up] }",
        fields: [options.own ?? promised],
        sql,
        ...(options.models ? { models: options.models } : {}),
      },
    }),
  );
const up = "{{ ref('a', 'up') }}";

it.each<[string, string]>([
  ["as it is", `select id from ${up}`],
  ["through a CTE", `with c as (select id as x from ${up}) select x as id from c`],
  ["behind a filter on something else", `select id from ${up} where n is not null`],
  ["behind a filter that lets NULL pass", `select id from ${up} where id is null or id <> ''`],
  ["behind a comparison that answers for NULL", `select id from ${up} where id is distinct from 'x'`],
  ["of the side of a join that need not match", `select y.id from ${up} as x left join ${up} as y on x.id = y.id`],
  ["of the side that is kept", `select x.id from ${up} as x left join ${up} as y on x.id = y.id`],
  ["of a union with an unguarded branch", `select id from ${up} where id is not null union all select id from ${up}`],
  ["of subtotals", `select id from ${up} where id is not null group by rollup (id)`],
  ["that does not match", `select id from ${up} where id not in (select id from ${up}) or n > 0`],
])("is told of a value %s", async (_, sql) => {
  expect(await found(sql)).toMatchObject([
    { severity: "warning", product: "b.down", at: "domains/b/down/data-product-contract.yaml:9" },
  ]);
});

it.each<[string, string]>([
  ["a filter", `select id from ${up} where id is not null`],
  ["a filter written the other way", `select id from ${up} where not (id is null)`],
  ["a comparison", `select id from ${up} where id > 'a' and n > 1`],
  ["both sides of an or", `select id from ${up} where id = 'a' or id like 'b%'`],
  ["a list", `select id from ${up} where id in ('a', 'b')`],
  ["a subquery", `select id from ${up} where id in (select id from ${up})`],
  ["an inner join", `select x.id from ${up} as x join ${up} as y on x.id = y.id`],
  ["having", `select id from ${up} group by id having id is not null`],
  ["qualify", `select id from ${up} where id is not null qualify row_number() over (partition by id) = 1`],
  ["coalesce", `select coalesce(id, '') as id from ${up}`],
  ["another value", `select 'x' as id from ${up}`],
])("is content with %s", async (_, sql) => {
  expect(await found(sql)).toEqual([]);
});

it("follows values and guards through a staging model", async () => {
  const sql = "select id from {{ ref('stg') }}";
  expect(await found(sql, { models: { stg: `select id from ${up}` } })).toHaveLength(1);
  expect(await found(sql, { models: { stg: `select id from ${up} where id is not null` } })).toEqual([]);
  const filtered = "select id from {{ ref('stg') }} where id is not null";
  expect(await found(filtered, { models: { stg: `select id from ${up}` } })).toEqual([]);
});

it("speaks of promises only: keys are one, and so is an upstream's", async () => {
  const sql = `select id from ${up}`;
  const key = "name: id, type: string, constraints: { primary_key: true }";
  expect((await found(sql, { own: key }))[0]!.message).toContain("to be a key");
  expect(await found(sql, { own: "name: id, type: string" })).toEqual([]);
  expect(await found(sql, { upstream: promised })).toEqual([]);
  expect(await found(sql, { upstream: key })).toEqual([]);
});
