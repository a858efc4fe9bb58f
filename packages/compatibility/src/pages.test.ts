import { readdirSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { readContract } from "@meshwork/contract";
import { examplesOf, pageOf } from "@meshwork/diagnostics";
import { changeKinds } from "./changes/registry.ts";
import { compatArea } from "./compat-area.ts";
import { diff } from "./diff.ts";

interface Example {
  readonly before: Record<string, unknown>;
  readonly after: Record<string, unknown>;
}

/** A page shows parts of a contract; the head that every contract has stands here. `schema` alone is the spec's. */
function contractOf(part: Record<string, unknown>) {
  const { metadata, spec, schema, ...rest } = part;
  const document = {
    apiVersion: "datamesh.io/v1",
    kind: "DataProduct",
    metadata: { name: "orders-domain.order_events", domain: "orders", version: "1.0.0", ...(metadata as object) },
    spec: {
      schema: schema ?? { fields: [{ name: "order_id", type: "string" }] },
      ...(spec as object),
    },
    ...rest,
  };
  const read = readContract({ file: "contract.yaml", text: JSON.stringify(document) });
  expect(read.diagnostics.filter((d) => d.severity === "error")).toEqual([]);
  return read.value!;
}

const codesOf = (body: string): string[] => {
  const example = load(body) as Example;
  return diff(contractOf(example.before), contractOf(example.after)).map((change) => change.code);
};

describe("pages of changes", () => {
  it.each(changeKinds.map((kind) => kind.name))("%s: its wrong example is found, its right one is not", (name) => {
    const page = pageOf(compatArea, `compat/${name}`)!;
    expect(page.text.startsWith(`# compat/${name}\n`)).toBe(true);
    for (const section of ["why", "grade"]) expect(page.sections.get(section), section).toMatch(/\S/);
    const [wrong, right] = [examplesOf(page, "wrong"), examplesOf(page, "right")];
    expect([wrong.length, right.length]).toEqual([1, 1]);
    expect(codesOf(wrong[0]!.body)).toContain(`compat/${name}`);
    expect(codesOf(right[0]!.body)).not.toContain(`compat/${name}`);
  });

  it("has a file, a page and a line in the registry for each", () => {
    const files = readdirSync(join(import.meta.dirname, "changes"));
    const named = (suffix: string) =>
      files.filter((file) => file.endsWith(suffix)).map((file) => file.slice(0, -suffix.length));
    const names = changeKinds.map((kind) => kind.name).sort();
    expect(named(".change.ts").sort()).toEqual(names);
    expect(named(".change.md").sort()).toEqual(names);
  });
});
