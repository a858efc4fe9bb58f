import { expect, it } from "vitest";
import { lint } from "./index.ts";
import { product, scratchMesh } from "./testdata/scratch-mesh.ts";

const project = (paths: string) => `name: crm\nversion: "1.0"\nprofile: mesh\nmodel-paths: [${paths}]\n`;
const people = product("crm.people", { fields: ["name: id, type: long"] }, { people: "select 1::bigint as id" });

it("says which list lacks the folder of a product that was made by hand", async () => {
  const root = scratchMesh({ ...people, "domains/crm/dbt_project.yml": project("") });
  const { diagnostics } = await lint({ root });
  expect(diagnostics.find((d) => d.code === "sql/port-without-model")).toMatchObject({
    product: "crm.people",
    help: "domains/crm/people/models is not read yet: add people/models to model-paths in domains/crm/dbt_project.yml",
  });
});

it("asks for the model where the folder is read", async () => {
  const root = scratchMesh({
    ...product("crm.people", { fields: ["name: id, type: long"] }, { persons: "select 1::bigint as id" }),
    "domains/crm/dbt_project.yml": project("people/models"),
  });
  const { diagnostics } = await lint({ root });
  expect(diagnostics.find((d) => d.code === "sql/port-without-model")?.help).toMatch(/^write models\/people\.sql/);
});
