import { expect, it } from "vitest";
import { planDomain, planDataProduct } from "./index.ts";
import { memoryWorkspace } from "./testdata/memory-workspace.ts";

it("dump", () => {
  const ws = memoryWorkspace({ "mesh.yaml": "apiVersion: datamesh.io/v1\nkind: Mesh\nmetadata: {name: acme}\nspec: {npm_scope: '@acme'}\n" });
  const run = (p: ReturnType<typeof planDomain>) => { ws.apply(p); return p; };
  run(planDomain({ name: "shipping" }, ws.view));
  run(planDomain({ name: "growth" }, ws.view));
  run(planDataProduct({ name: "shipping/parcels" }, ws.view));
  run(planDataProduct({ name: "growth/daily-parcels", inputs: ["shipping.parcels"] }, ws.view));
  run(planDataProduct({ name: "growth/parcel-view", preset: "consumer-aligned", inputs: ["shipping.parcels", "growth.daily-parcels"] }, ws.view));
  run(planDataProduct({ name: "growth/own-aggregates", preset: "aggregate" }, ws.view));
  const p = run(planDataProduct({ name: "growth/own-views", preset: "consumer-aligned" }, ws.view));
  console.log(JSON.stringify(p.diagnostics));
  for (const [path, text] of [...ws.files].sort()) if (!path.endsWith("contract.js") && !path.endsWith("contract.d.ts")) console.log(`=== ${path}\n${text}`);
  const again = planDataProduct({ name: "growth/daily-parcels" }, ws.view);
  console.log(again);
  expect(again.actions).toEqual([]);
});
