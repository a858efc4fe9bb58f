import type { Tree } from "@nx/devkit";
import { createTreeWithEmptyWorkspace } from "@nx/devkit/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import ciGenerator from "./ci/generator.ts";
import dataProductGenerator from "./data-product/generator.ts";
import domainGenerator from "./domain/generator.ts";
import removeGenerator from "./remove/generator.ts";
import syncGenerator from "./sync/generator.ts";

let tree: Tree;
const printed: string[] = [];

beforeAll(() => {
  vi.stubEnv("NX_SKIP_FORMAT", "true");
  vi.stubEnv("NX_INTERACTIVE", "false");
  vi.spyOn(console, "log").mockImplementation((text: string) => void printed.push(...text.split("\n")));
});
afterAll(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
beforeEach(async () => {
  tree = createTreeWithEmptyWorkspace();
  tree.write(
    "mesh.yaml",
    'apiVersion: datamesh.io/v1\nkind: Mesh\nmetadata: { name: acme }\nspec: { npm_scope: "@acme" }\n',
  );
  await domainGenerator(tree, { name: "orders" });
  await dataProductGenerator(tree, { name: "orders/facts" });
  printed.length = 0;
});

/** All texts of a tree. */
function texts(): Record<string, string> {
  return Object.fromEntries(
    tree
      .listChanges()
      .filter((c) => c.type !== "DELETE")
      .map((c) => [c.path, c.content!.toString()]),
  );
}

describe("generators on Nx's tree", () => {
  const runs: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["domain", () => domainGenerator(tree, { name: "orders" })],
    ["data-product", () => dataProductGenerator(tree, { name: "orders/facts" })],
    [
      "data-product with inputs in one flag",
      () => dataProductGenerator(tree, { name: "daily", domain: "orders", inputs: ["orders.facts"] }),
    ],
    ["ci", () => ciGenerator(tree, {})],
    ["sync", () => syncGenerator(tree)],
  ];
  it.each(runs)("%s twice is once", async (_, run) => {
    await run();
    const before = texts();
    printed.length = 0;
    await run();
    expect(texts()).toEqual(before);
  });

  it("says in one line that nothing had to be done", async () => {
    await dataProductGenerator(tree, { name: "orders/facts" });
    expect(printed).toEqual(["orders.facts is up to date (11 files)"]);
  });

  it("a dry run writes to the tree what a run writes, and promises nothing it did not do", async () => {
    const again = createTreeWithEmptyWorkspace();
    for (const [path, text] of Object.entries(texts())) again.write(path, text);
    await dataProductGenerator(tree, { name: "orders/more" });
    vi.stubEnv("NX_DRY_RUN", "true");
    printed.length = 0;
    await dataProductGenerator(again, { name: "orders/more" });
    vi.stubEnv("NX_DRY_RUN", "false");
    expect(printed).toEqual(["orders.more: 11 files to create, 1 file to update"]);
    const list = (t: Tree) =>
      t
        .listChanges()
        .map((c) => `${c.path}`)
        .sort();
    expect(list(again)).toEqual(list(tree));
  });

  it("keeps a user's edit and names the file", async () => {
    tree.write("domains/orders/facts/models/facts.sql", "select 1 as mine");
    await dataProductGenerator(tree, { name: "orders/facts" });
    expect(tree.read("domains/orders/facts/models/facts.sql", "utf-8")).toBe("select 1 as mine");
    expect(printed).toEqual([
      "orders.facts is up to date (11 files)",
      "  kept domains/orders/facts/models/facts.sql: edited by hand",
    ]);
  });

  it("refuses in two lines, without a stack and before anything is written", async () => {
    const before = texts();
    const refusal = await dataProductGenerator(tree, { name: "order/x" }).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    expect(refusal?.message).toBe(
      'No domain "order". Did you mean "orders"?\nsee them: ls domains  [scaffold/unknown-domain]',
    );
    expect(refusal?.stack).toBe("");
    expect(texts()).toEqual(before);
  });

  it("takes a product away without a trace", async () => {
    const before = texts();
    await dataProductGenerator(tree, { name: "orders/more", inputs: ["orders.facts"] });
    await removeGenerator(tree, { name: "orders.more" });
    expect(texts()).toEqual(before);
  });

  it("sync brings back what was deleted or changed, and names it", async () => {
    const before = texts();
    tree.write("domains/orders/facts/contract.lock.json", "{}");
    tree.delete("domains/orders/_mesh/macros/ref.sql");
    expect(await syncGenerator(tree)).toEqual({
      outOfSyncMessage: "Generated files are not in step with the contracts.",
      outOfSyncDetails: ["domains/orders/_mesh/macros/ref.sql", "domains/orders/facts/contract.lock.json"],
    });
    expect(texts()).toEqual(before);
    expect(await syncGenerator(tree)).toEqual({});
  });

  it("sync leaves a contract that cannot be read alone, and does the rest", async () => {
    await dataProductGenerator(tree, { name: "orders/more" });
    const lock = tree.read("domains/orders/more/contract.lock.json", "utf-8");
    tree.write("domains/orders/more/data-product-contract.yaml", "}{");
    tree.delete("domains/orders/facts/contract.js");
    const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    expect(await syncGenerator(tree)).toMatchObject({ outOfSyncDetails: ["domains/orders/facts/contract.js"] });
    expect(warned.mock.calls.flat().join()).toContain(
      'scaffold/contract-unreadable: The contract of "orders.more" cannot be read',
    );
    expect(tree.read("domains/orders/more/contract.lock.json", "utf-8")).toBe(lock);
  });
});
