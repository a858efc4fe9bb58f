import { expect, it } from "vitest";
import { linted, ruleMesh } from "../testdata/rule-mesh.ts";
import { mesh } from "../testdata/scratch-mesh.ts";

const code = "contract/naming-convention";
const product = {
  fields: ["name: order_id, type: string", "name: shipTo, type: struct, fields: [{ name: ZIP, type: string }]"],
  spec: "ports: [{ name: byDay, schema: { fields: [{ name: day, type: date }] } }]",
};
const wants = (naming: string) =>
  linted(code, ruleMesh({ "crm.people_list": product }, { "mesh.yaml": mesh(`  naming: { ${naming} }\n`) }));

it("wants nothing where mesh.yaml says nothing", async () => {
  expect(await linted(code, ruleMesh({ "crm.people_list": product }))).toEqual([]);
});

it("looks at products, ports and columns, nested ones too, and says what it would call them", async () => {
  expect((await wants("columns: snake_case")).map((f) => [f.message, f.help.split(";")[0]])).toEqual(
    [
      ['The column "ZIP" is not written in snake_case, as mesh.yaml wants it.', "call it zip"],
      ['The column "shipTo" is not written in snake_case, as mesh.yaml wants it.', "call it ship_to"],
    ].reverse(),
  );
  expect((await wants("ports: snake_case, products: kebab-case")).map((f) => f.help.split(";")[0])).toEqual([
    "call it people-list",
    "call it by_day",
  ]);
  expect((await wants("columns: camelCase")).map((f) => f.help.split(";")[0])).toEqual([
    "call it orderId",
    "call it zip",
  ]);
});
