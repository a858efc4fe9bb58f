import { expect, it } from "vitest";
import { linted, ruleMesh } from "../testdata/rule-mesh.ts";

it.each<[string, string, boolean]>([
  ["active", "draft", true],
  ["active", "active", false],
  ["active", "deprecated", false],
  ["draft", "draft", false],
  ["deprecated", "draft", false],
])("%s reads %s", async (own, upstream, wrong) => {
  const spec = "lineage: { upstream: [a.up] }";
  const root = ruleMesh({
    "a.up": { metadata: `, status: ${upstream}` },
    "b.down": { metadata: `, status: ${own}`, spec },
  });
  const found = await linted("contract/status-order", root);
  expect(found.map((f) => f.at)).toEqual(wrong ? ["domains/b/down/data-product-contract.yaml:6"] : []);
});
