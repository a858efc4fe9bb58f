import { describe, expect, it } from "vitest";
import { edited, mesh, orders, ordersModel, put, scratch, steady } from "./testdata/scratch-mesh.ts";

const pretty = async (root: string, ...argv: string[]) =>
  steady((await mesh(root, ...argv, "--format", "pretty")).stdout, root);

/** An upstream product with a duplicated key and a missing value: two checks fail, the reader is skipped. */
const badRows = {
  [ordersModel]: "select 1::bigint as order_id, 9.5::decimal(10,2) as amount union all select 1::bigint, null\n",
};

describe("lint", () => {
  it("clean: one line", async () => {
    expect(await pretty(await scratch(), "lint")).toMatchInlineSnapshot(`
      "2 products, no findings (N s)
      "
    `);
  });
  it("findings with their place, a frame, what to do, and what to type next", async () => {
    const root = await scratch(edited(orders, "column: amount", "column: amuont"));
    await mesh(root, "sync");
    expect(await pretty(root, "lint")).toMatchInlineSnapshot(`
      "error contract/unknown-column: Port "orders" has no column "amuont".
        domains/shop/orders/data-product-contract.yaml:15:19
          11 |       - { name: amount, type: "decimal(10,2)", description: What was paid. }
             |                 ------ declared here
          14 |       - { column: order_id, assertion: unique }
        > 15 |       - { column: amuont, assertion: not_null }
             |                   ^^^^^^
        help: did you mean "amount"? (mesh lint --fix does it)

      1 error in 1 of 2 products (N s); 1 can be fixed
      next: mesh lint --fix, or mesh explain contract/unknown-column
      "
    `);
  });
  it("--fix applies what has one answer", async () => {
    const root = await scratch(edited(orders, "column: amount", "column: amuont"));
    await mesh(root, "sync");
    expect(await pretty(root, "lint", "--fix")).toMatchInlineSnapshot(`
      "2 findings fixed
      2 products, no findings (N s)
      "
    `);
  });
});

describe("build", () => {
  it("each product with its models, checks and time; the second time nothing is rebuilt", async () => {
    const root = await scratch();
    expect(await pretty(root, "build")).toMatchInlineSnapshot(`
      "ok  shop.orders      1 model  4 of 4 checks  N s
      ok  finance.revenue  1 model  1 of 1 check  N s
      2 products built (N s)
      "
    `);
    expect(await pretty(root, "build")).toMatchInlineSnapshot(`
      "cached  shop.orders
      cached  finance.revenue
      2 products, nothing changed, nothing rebuilt (N s)
      "
    `);
  });
  it("failing rows, and what reads them skipped", async () => {
    expect(await pretty(await scratch(badRows), "build")).toMatchInlineSnapshot(`
      "failed   shop.orders      1 model            2 of 4 checks  N s
      skipped  finance.revenue  reads shop.orders

      error check/unique: 2 of 2 rows of port orders share their "order_id" with another row; none may.
        domains/shop/orders/data-product-contract.yaml:14:9
          13 |     checks:
        > 14 |       - { column: order_id, assertion: unique }
             |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          order_id  amount
                 1    9.50
                 1    null
        help: run it yourself: .mesh/build/shop.orders/unique_order_id.sql

      error check/not-null: 1 of 2 rows of port orders have no "amount"; none may.
        domains/shop/orders/data-product-contract.yaml:15:9
          14 |       - { column: order_id, assertion: unique }
        > 15 |       - { column: amount, assertion: not_null }
             |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          amount  order_id
            null         1
        help: run it yourself: .mesh/build/shop.orders/not_null_amount.sql

      2 errors; 1 product failed, 1 skipped (N s)
      next: mesh build shop.orders, or mesh explain check/unique
      "
    `);
  });
  it("products that read each other are told as that", async () => {
    const root = await scratch(edited(orders, "raw.files", "finance.revenue"));
    expect(await pretty(root, "build")).toMatchInlineSnapshot(`
      "failed  finance.revenue  reads itself through others
      failed  shop.orders      reads itself through others

      error contract/upstream-cycle: These products read each other in a circle: finance.revenue -> shop.orders -> finance.revenue.
        domains/finance/revenue/data-product-contract.yaml:7:25
          6 |   sla: { availability: "99%" }
        > 7 |   lineage: { upstream: [shop.orders] }
            |                         ^^^^^^^^^^^
        "shop.orders" reads "finance.revenue" domains/shop/orders/data-product-contract.yaml:7:25
        help: no order can build them: move what both need into a product upstream of both

      error contract/upstream-cycle: These products read each other in a circle: shop.orders -> finance.revenue -> shop.orders.
        domains/shop/orders/data-product-contract.yaml:7:25
          6 |   sla: { availability: "99%" }
        > 7 |   lineage: { upstream: [finance.revenue] }
            |                         ^^^^^^^^^^^^^^^
        "finance.revenue" reads "shop.orders" domains/finance/revenue/data-product-contract.yaml:7:25
        help: no order can build them: move what both need into a product upstream of both

      2 errors; 2 products failed (N s)
      next: mesh build finance.revenue, or mesh explain contract/upstream-cycle
      "
    `);
  });
});

it("check", async () => {
  const root = await scratch();
  await mesh(root, "build");
  expect(await pretty(root, "check", "shop.orders")).toMatchInlineSnapshot(`
    "passed  shop.orders orders  schema.order_id  as promised  (column "order_id" as long)
    passed  shop.orders orders  schema.amount    as promised  (column "amount" as decimal(10,2))
    passed  shop.orders orders  unique.order_id  0  (no two rows alike)
    passed  shop.orders orders  not_null.amount  0  (a value in every row)
    4 checks: 4 passed (N s)
    "
  `);
});

describe("compat and diff", () => {
  const gone = edited(orders, '      - { name: amount, type: "decimal(10,2)", description: What was paid. }\n', "");
  it("a removed column: the grade, who breaks, what to do", async () => {
    const root = await scratch({
      [orders]: gone[orders]!.replace("      - { column: amount, assertion: not_null }\n", ""),
    });
    expect(await pretty(root, "compat", "--base", "main")).toMatchInlineSnapshot(`
      "shop.orders  1.0.0 -> 1.0.0  major: must be 2.0.0
        major  compat/column-removed  Port orders: column "amount" is gone.
               domains/shop/orders/data-product-contract.yaml:10:7
        major  compat/check-removed   Port orders: check "not_null.amount" is gone.
               domains/shop/orders/data-product-contract.yaml:13:7
        breaks finance.revenue (team-finance@scratch.example): amount
          read by revenue: column amount (aggregation) at domains/finance/revenue/models/revenue.sql:1
          domains/finance/revenue/models/revenue.sql:1:12 Referenced column "amount" not found in FROM clause! Did you mean "order_id"?
      1 of 2 products changed: 2 major, 0 minor, 0 patch (N s)
      next: set version: 2.0.0 in the contract of shop.orders, or take back what is major
      "
    `);
    expect(await pretty(root, "diff", `HEAD:${orders}`, orders)).toMatchInlineSnapshot(`
      "  major  compat/column-removed  Port orders: column "amount" is gone.
               domains/shop/orders/data-product-contract.yaml:10:7
        major  compat/check-removed   Port orders: check "not_null.amount" is gone.
               domains/shop/orders/data-product-contract.yaml:13:7
      2 changes: major, must be 2.0.0 (N s)
      next: set version: 2.0.0 in the new contract
      "
    `);
  });
  it("no change: one line", async () => {
    expect(await pretty(await scratch(), "compat", "--base", "main")).toMatchInlineSnapshot(`
      "No contract differs from main (N s)
      "
    `);
  });
});

it("status: what is not known says so, what is skipped does not fail", async () => {
  const root = await scratch();
  expect(await pretty(root, "status")).toMatchInlineSnapshot(`
    "domain   products  contracts  last build  checks   freshness
    finance         1  ok         not built   not run  not known
    shop            1  ok         not built   not run  not known
    0 of 2 products current (N s)
    "
  `);
  await mesh(root, "build", "shop.orders");
  expect(await pretty(root, "status")).toMatchInlineSnapshot(`
    "domain   products  contracts  last build         checks   freshness
    finance         1  ok         not built          not run  not known
    shop            1  ok         current, just now  ok       not promised
    1 of 2 products current (N s)
    "
  `);
  expect(await pretty(root, "status", "shop")).toMatchInlineSnapshot(`
    "product      version  contract  build    built     rows  checks  freshness     readers  outside
    shop.orders  1.0.0    ok        current  just now     2  4 of 4  not promised        1        0
    1 of 1 product current (N s)
    "
  `);
});

it("lineage", async () => {
  expect(await pretty(await scratch(), "lineage", "finance.revenue.total")).toMatchInlineSnapshot(`
    "finance.revenue.total
    made of
      └─ shop.orders.amount  (aggregation)
    2 upstreams, 0 readers (N s)
    "
  `);
  const near = await pretty(await scratch(), "lineage", "--depth", "1", "finance.revenue");
  expect(near).toContain("shop.orders");
  expect(near).not.toContain("raw.files");
  expect(await pretty(await scratch(), "lineage", "shop.orders")).toMatchInlineSnapshot(`
    "shop.orders
    reads
      raw.files  outside the mesh
    read by
      finance.revenue
    columns
      finance.revenue.total  <-  shop.orders.amount  aggregation
    1 upstream, 1 reader (N s)
    "
  `);
});

it("ls and sync --check", async () => {
  const root = await scratch();
  expect(await pretty(root, "ls")).toMatchInlineSnapshot(`
    "finance.revenue
    shop.orders
    2 products (N s)
    "
  `);
  expect(await pretty(root, "ls", "--select", "orders+", "--output-format", "path")).toMatchInlineSnapshot(`
    "orders/models/orders.sql
    1 resource (N s)
    "
  `);
  put(root, edited(orders, "What was paid.", "What was really paid."));
  put(root, edited(orders, "version: 1.0.0", "version: 1.1.0"));
  expect(await pretty(root, "sync", "--check")).toMatchInlineSnapshot(`
    "stale  domains/shop/orders/contract.d.ts
    stale  domains/shop/orders/contract.js
    stale  domains/shop/orders/contract.lock.json
    3 files out of date (N s)
    next: mesh sync
    "
  `);
});

it("publish --dry-run", async () => {
  const root = await scratch();
  await mesh(root, "build");
  expect(await pretty(root, "publish", "--dry-run")).toMatchInlineSnapshot(`
    "planned  local  publish finance.revenue 1.0.0
    planned  local  publish shop.orders 1.0.0
    2 planned (N s)
    "
  `);
});

it("doctor", async () => {
  expect(await pretty(await scratch(), "doctor")).toMatchInlineSnapshot(`
    "ok  node       N
    ok  workspace  2 domains, 2 products
    ok  target     dev on duckdb
    ok  storage    <root>/.mesh/lake/dev, N GB free
    ok  duckdb     vN
    ok  git        repository with commits
    6 things looked at, 0 problems (N s)
    "
  `);
});

it("explain", async () => {
  expect(await pretty(await scratch(), "explain", "contract/unread-upstream")).toMatchInlineSnapshot(`
    "contract/unread-upstream: warning
    what   The contract names a product as upstream, and neither SQL nor a program of this product reads it.
    why    A change of that upstream would stop or alarm a product that does not care.
    wrong  -- domains/orders/raw/data-product-contract.yaml
           apiVersion: datamesh.io/v1
           kind: DataProduct
           metadata: { name: raw, domain: orders, version: 1.0.0 }
           spec:
             owner: team@acme.example
             schema:
               fields:
                 - { name: order_id, type: string }

           -- domains/orders/raw/models/raw.sql
           select 'a' as order_id

           -- domains/orders/facts/data-product-contract.yaml
           apiVersion: datamesh.io/v1
           kind: DataProduct
           metadata: { name: facts, domain: orders, version: 1.0.0 }
           spec:
             owner: team@acme.example
             lineage: { upstream: [orders.raw] }
             schema:
               fields:
                 - { name: order_id, type: string }

           -- domains/orders/facts/models/facts.sql
           select 'a' as order_id
    right  -- domains/orders/raw/data-product-contract.yaml
           apiVersion: datamesh.io/v1
           kind: DataProduct
           metadata: { name: raw, domain: orders, version: 1.0.0 }
           spec:
             owner: team@acme.example
             schema:
               fields:
                 - { name: order_id, type: string }

           -- domains/orders/raw/models/raw.sql
           select 'a' as order_id

           -- domains/orders/facts/data-product-contract.yaml
           apiVersion: datamesh.io/v1
           kind: DataProduct
           metadata: { name: facts, domain: orders, version: 1.0.0 }
           spec:
             owner: team@acme.example
             lineage: { upstream: [orders.raw] }
             schema:
               fields:
                 - { name: order_id, type: string }

           -- domains/orders/facts/models/facts.sql
           select order_id from {{ ref('orders', 'raw') }}
    "
  `);
});

it("new, then prune of what it replaced", async () => {
  const root = await scratch();
  expect(await pretty(root, "new", "data-product", "shop/parcels")).toMatchInlineSnapshot(`
    "shop.parcels: 12 files created (N s)
    next: mesh build shop.parcels
    "
  `);
  expect(await pretty(root, "lint")).toMatch(/^3 products, no findings/);
  await mesh(root, "build");
  put(root, { [ordersModel]: "select 7::bigint as order_id, 1::decimal(10,2) as amount\n" });
  await mesh(root, "build");
  const listed = await pretty(root, "prune", "shop.orders", "--older-than", "0");
  expect(listed.replace(/snapshots\/\w+/, "snapshots/<id>")).toMatchInlineSnapshot(`
    "would go  .mesh/lake/dev/shop/orders_v1/snapshots/<id>  former snapshot
    1 folder would go (N s)
    next: mesh prune --yes
    "
  `);
  expect(await pretty(root, "prune", "--older-than", "0", "--yes")).toContain("removed");
  expect(await pretty(root, "prune", "--older-than", "0")).toMatch(/^nothing to remove/);
});
