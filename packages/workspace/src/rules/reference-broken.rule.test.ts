import { expect, it } from "vitest";
import { linted, ruleMesh } from "../testdata/rule-mesh.ts";

const port = "ports: [{ name: lines, schema: { fields: [{ name: line, type: integer }] } }]";
const found = (references: string, type = "string") =>
  linted(
    "contract/reference-broken",
    ruleMesh({
      "sales.orders": { spec: port, fields: ["name: order_id, type: string, max_length: 20", "name: n, type: long"] },
      "b.down": { fields: [`name: id, type: ${type}, constraints: { references: ${references} }`] },
    }),
  );

it.each<[string, string, string]>([
  ["a column of the default port", "sales.orders.order_id", "string"],
  ["the same in snake_case and capitals", "sales.orders.ORDER_ID", "string"],
  ["a column of a named port", "sales.orders.lines.line", "integer"],
  ["a narrower integer", "sales.orders.n", "integer"],
  ["a source outside the mesh", "warehouse.stock.items.sku", "string"],
])("%s holds", async (_, references, type) => {
  expect(await found(references, type)).toEqual([]);
});

it.each<[string, string, string, string]>([
  ["sales.orders.ordr_id", "string", '"sales.orders" has no column "ordr_id"', "sales.orders.order_id"],
  ["sales.order.order_id", "string", 'the mesh has no product "sales.order"', "sales.orders.order_id"],
  ["sale.orders.order_id", "string", 'the mesh has no product "sale.orders"', "sales.orders.order_id"],
  ["sales.orders.line.line", "integer", '"sales.orders" has no port "line"', "sales.orders.lines.line"],
  ["sales.orders.order_id", "long", 'it is string, and "id" is long', ""],
])("%s for a %s: %s", async (references, type, problem, help) => {
  const [one, ...rest] = await found(references, type);
  expect(rest).toEqual([]);
  expect(one).toMatchObject({
    severity: "error",
    product: "b.down",
    at: "domains/b/down/data-product-contract.yaml:8",
  });
  expect(one!.message).toContain(problem);
  expect(one!.help).toContain(help);
});
