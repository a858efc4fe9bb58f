import { expect, it } from "vitest";
import { linted, ruleMesh } from "../testdata/rule-mesh.ts";

const code = "contract/input-mismatch";
const found = (expected: string, more = "", from = "a.up@1") =>
  linted(
    code,
    ruleMesh({
      "a.up": {
        spec: "sla: { freshness: 2h }",
        fields: [
          "name: id, type: string, constraints: { primary_key: true }",
          "name: n, type: long",
          "name: price, type: decimal, precision: 10, scale: 2",
        ],
      },
      "b.down": { spec: `inputs: [{ name: up, from: ${from}${more}, schema: { fields: [{ ${expected} }] } }]` },
    }),
  );

it.each<[string, string, string | undefined]>([
  ["what is promised", "name: id, type: string, constraints: { null: false }", undefined],
  ["another letter case", "name: ID, type: string", undefined],
  ["a wider type", "name: price, type: decimal, precision: 12, scale: 2", undefined],
  ["a narrower type", "name: n, type: integer", '"a.up" promises "n" as long, and integer is expected'],
  ["a column that is not there", "name: nn, type: long", '"a.up" promises no column "nn"'],
  ["a value in every row", "name: n, type: long, constraints: { null: false }", '"n" of "a.up" may be null'],
])("expects %s", async (_, expected, message) => {
  const all = await found(expected);
  expect(all).toHaveLength(message === undefined ? 0 : 1);
  if (message !== undefined)
    expect(all[0]).toMatchObject({
      severity: "error",
      product: "b.down",
      message: expect.stringContaining(message),
      at: "domains/b/down/data-product-contract.yaml:6",
    });
});

it("offers the column that may have been meant", async () => {
  expect((await found("name: prise, type: decimal, precision: 10, scale: 2"))[0]!.help).toContain('"price"');
});

it("expects a freshness", async () => {
  expect(await found("name: id, type: string", ", freshness: 2h")).toEqual([]);
  expect((await found("name: id, type: string", ", freshness: 1h"))[0]!.message).toContain(
    "promises a freshness of 2h",
  );
});

it("leaves another major version and sources outside the mesh alone", async () => {
  expect(await found("name: gone, type: string", "", "a.up@2")).toEqual([]);
  expect(await found("name: gone, type: string", "", "raw.up.files")).toEqual([]);
});
