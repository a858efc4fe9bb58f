import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { load } from "js-yaml";
import { expect, it } from "vitest";
import { jsonSchemaOf } from "./index.ts";

const testdata = join(import.meta.dirname, "testdata");
const kinds = ["data-product", "domain", "mesh"] as const;

const validatorOf = async (kind: (typeof kinds)[number]) =>
  new Ajv2020({ allErrors: true, strict: true, strictTypes: false, allowUnionTypes: true }).compile(
    await jsonSchemaOf(kind),
  );

it.each(kinds)("the committed schema of a %s file is what the types say (vitest -u writes it)", async (kind) => {
  const text = `${JSON.stringify(await jsonSchemaOf(kind), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(`../schema/${kind}.v1.schema.json`);
});

it("accepts every file of the example mesh and the source documents", async () => {
  const files = {
    mesh: ["example-mesh/mesh.yaml"],
    domain: ["example-mesh/domains/orders/domain.yaml"],
    "data-product": [
      "example-mesh/domains/orders/order-events/data-product-contract.yaml",
      "source-documents/data-product-contract.yaml",
    ],
  };
  for (const kind of kinds) {
    const validate = await validatorOf(kind);
    for (const file of files[kind]) {
      const value = load(readFileSync(join(testdata, file), "utf8"));
      expect({ file, ok: validate(value), errors: validate.errors }).toEqual({ file, ok: true, errors: null });
    }
  }
});

it("takes x- keys everywhere and no others", async () => {
  const validate = await validatorOf("data-product");
  const document = (extra: object, column: object) => ({
    apiVersion: "datamesh.io/v1",
    kind: "DataProduct",
    metadata: { name: "orders.facts", version: "1.0.0" },
    spec: { schema: { fields: [{ name: "id", type: "string", ...column }] }, ...extra },
  });
  expect(validate(document({ "x-cost": 3 }, { "x-unit": "EUR" }))).toBe(true);
  expect(validate(document({ cost: 3 }, {}))).toBe(false);
  expect(validate(document({}, { unit: "EUR" }))).toBe(false);
});

it("ships all schemas, and no other schema of ours, in the package's schema folder", () => {
  const folder = join(import.meta.dirname, "../schema");
  expect(
    readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .sort(),
  ).toEqual(kinds.map((kind) => `${kind}.v1.schema.json`).sort());
});
