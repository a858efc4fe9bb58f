import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { createTreeWithEmptyWorkspace } from "@nx/devkit/testing";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";

interface Schema {
  readonly description?: string;
  readonly examples?: readonly { command: string; description: string }[];
  readonly additionalProperties?: unknown;
  readonly properties: Readonly<Record<string, { description?: string; "x-prompt"?: unknown; "x-priority"?: string }>>;
}

const root = join(import.meta.dirname, "../..");
const collection = JSON.parse(readFileSync(join(root, "generators.json"), "utf8")) as {
  generators: Record<string, { implementation: string; schema: string; description: string }>;
};
const generators = Object.entries(collection.generators).map(([name, entry]) => {
  const folder = join(root, "src", entry.schema.replace("./dist/", ""), "..");
  return { name, entry, folder, schema: JSON.parse(readFileSync(join(folder, "schema.json"), "utf8")) as Schema };
});

describe("schemas of the generators", () => {
  it("every generator's folder is in the collection", () => {
    const folders = readdirSync(join(root, "src/generators"), { withFileTypes: true }).filter((e) => e.isDirectory());
    expect(generators.map((g) => g.name).sort()).toEqual(folders.map((f) => f.name).sort());
  });

  it.each(generators)(
    "$name: sentences, priorities, at most three questions, nothing unknown",
    ({ name, entry, schema }) => {
      expect(entry.implementation).toMatch(/^\.\/dist\/.*\.js$/);
      expect(schema.description).toMatch(/\.$/);
      expect(schema.additionalProperties).toBe(false);
      for (const [property, { description }] of Object.entries(schema.properties))
        expect(description, property).toMatch(/\.$/);
      expect(Object.values(schema.properties).filter((p) => p["x-prompt"] !== undefined).length).toBeLessThanOrEqual(3);
      if (name !== "sync") expect(schema.examples).toHaveLength(3);
    },
  );

  it("examples of the help name generators and flags that exist", () => {
    for (const { schema } of generators) {
      for (const { command } of schema.examples ?? []) {
        const [, name, flags] = /^nx g (?:@meshwork\/nx:)?([\w-]+)(.*)$/.exec(command) ?? [];
        const used = generators.find((g) => g.name === name);
        expect(used, command).toBeDefined();
        for (const [, flag] of flags!.matchAll(/--([\w-]+)/g))
          if (flag !== "dry-run") expect(Object.keys(used!.schema.properties), command).toContain(flag);
      }
    }
  });

  it("what the generator takes as a name, the schema takes too", async () => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    const ajv = new Ajv({ strict: false });
    const { plan } = await import("@meshwork/scaffold");
    const { treeView } = await import("./tree-host.ts");
    const tree = createTreeWithEmptyWorkspace();
    tree.write("mesh.yaml", "");
    tree.write(
      "domains/orders/domain.yaml",
      "apiVersion: datamesh.io/v1\nkind: Domain\nmetadata: { name: orders }\nspec: { owner: a@b.example }\n",
    );
    const product = ajv.compile(generators.find((g) => g.name === "data-product")!.schema);
    const domain = ajv.compile(generators.find((g) => g.name === "domain")!.schema);
    const text = fc.oneof(fc.string({ maxLength: 12 }), fc.stringMatching(/^(orders[/.])?[a-z][a-z0-9-]{0,9}$/));
    fc.assert(
      fc.property(text, (name) => {
        const taken = (template: "domain" | "data-product") =>
          plan(template, { name }, treeView(tree)).diagnostics.every((d) => d.severity !== "error");
        if (taken("data-product")) expect(product({ name: name.trim() })).toBe(true);
        if (taken("domain")) expect(domain({ name: name.trim() })).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
