import { lintContract, readContract, writeContract } from "@meshwork/contract";
import { describe, expect, test } from "vitest";
import { deriveContract, proposeProducts } from "../index.ts";
import type { Manifest } from "../index.ts";
import { sampleCatalog, sampleManifest } from "../testdata/artifacts.ts";

const models = (...files: string[]): Manifest => {
  const sample = sampleManifest();
  const like = sample.nodes.get("model.shop.dim_users")!;
  const nodes = files.map((line) => {
    const [file = "", ...reads] = line.split(" ");
    const name = file
      .split("/")
      .at(-1)!
      .replace(/\.sql$/, "");
    return {
      ...like,
      id: `model.shop.${name}`,
      name,
      alias: name,
      file,
      group: undefined,
      dependsOn: reads.map((r) => `model.shop.${r}`),
    };
  });
  return { ...sample, exposures: [], groups: new Map(), nodes: new Map(nodes.map((n) => [n.id, n])) };
};

describe("products of a dbt project", () => {
  test("Core's and Fusion's manifests give the same", () => {
    expect(proposeProducts(sampleManifest("fusion"))).toEqual(proposeProducts(sampleManifest("core")));
  });

  test("are groups, and folders that are named after a subject", () => {
    expect(proposeProducts(sampleManifest()).map((p) => [p.name, p.because, p.models, p.ports])).toEqual([
      ["crm", "folder crm", ["models/marts/crm", "raw_users", "stg_users"], ["model.shop.top_users"]],
      ["finance", "group finance", ["group:finance"], ["model.shop.revenue__daily"]],
      ["shop", "the rest of the project", ["raw_orders", "stg_orders"], ["model.shop.stg_orders"]],
    ]);
  });

  test("a model that others read is a port, one that only its own product reads is none", () => {
    const [finance] = proposeProducts(
      models(
        "models/marts/finance/int_sums.sql",
        "models/marts/finance/revenue.sql int_sums",
        "models/marts/crm/users.sql revenue",
      ),
    ).filter((p) => p.name === "finance");
    expect(finance?.ports).toEqual(["model.shop.revenue"]);
  });

  test("a folder that holds two products' models is named by its models", () => {
    const found = proposeProducts(
      models("models/staging/a.sql", "models/staging/b.sql", "models/marts/x/one.sql a", "models/marts/y/two.sql b"),
    );
    expect(found.map((p) => [p.name, p.models])).toEqual([
      ["x", ["a", "models/marts/x"]],
      ["y", ["b", "models/marts/y"]],
    ]);
  });

  test("every model is in exactly one product, whatever the folders are called", () => {
    const manifest = models(
      "models/a.sql",
      "models/marts/core/b.sql a",
      "models/Sales & Co/c.sql b",
      "models/sales-co/d.sql c",
    );
    const all = proposeProducts(manifest).flatMap((p) => p.nodes);
    expect(all.toSorted()).toEqual([...manifest.nodes.keys()].toSorted());
    expect(new Set(proposeProducts(manifest).map((p) => p.name)).size).toBe(proposeProducts(manifest).length);
  });
});

describe("the contract of a product", () => {
  const manifest = sampleManifest();
  const products = proposeProducts(manifest);
  const derived = (name: string, catalog = true) =>
    deriveContract(
      products.find((p) => p.name === name)!,
      manifest,
      catalog ? sampleCatalog() : undefined,
      {
        domain: "shop",
        owner: "data@acme.example",
        products,
      },
    );

  test("is what models, columns and tests amount to", () => {
    expect(writeContract(derived("finance").contract)).toMatchSnapshot();
    expect(writeContract(derived("shop").contract)).toMatchSnapshot();
  });

  test("is read again as it was written, and only its service level is missing", () => {
    for (const { name } of products) {
      const text = writeContract(derived(name).contract);
      const read = readContract({ file: "data-product-contract.yaml", text }, { domain: "shop", product: name });
      expect(read.diagnostics).toEqual([]);
      const errors = lintContract(read, { today: "2026-01-01" }).filter((d) => d.severity === "error");
      expect(errors.map((d) => d.code)).toEqual(["contract/sla-required"]);
    }
  });

  test("without a catalog untyped columns are said to be a guess", () => {
    expect(derived("finance", false).gaps).toEqual([
      {
        model: "revenue__daily",
        what: "2 columns have no type in YAML and none in a catalog.json, taken as text: day, revenue",
      },
    ]);
  });
});
