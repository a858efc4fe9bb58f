import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { examplesOf, pageOf } from "@meshwork/diagnostics";
import { evaluatePolicies } from "./evaluate-policies.ts";
import { policies } from "./policies/registry.ts";
import { policyArea } from "./policy-area.ts";
import { governed } from "./testdata/governed.ts";

const names = Object.keys(policyArea.definitions);

/** Where an example brings no mesh.yaml, its policy is required of all. */
const found = (code: string, example: string): string[] => {
  const listed = /^kind: Mesh$/m.test(example) ? "" : policies.some((p) => p.name === code) ? `[${code}]` : "[]";
  return evaluatePolicies(governed(example, listed)).map((d) => d.code);
};

describe("pages of policies", () => {
  it.each(names)("%s: its wrong example is found, its right one is not", (code) => {
    const page = pageOf(policyArea, `policy/${code}`)!;
    expect(page.text.startsWith(`# policy/${code}\n`)).toBe(true);
    expect(page.sections.get("why")).toMatch(/\S/);
    const [wrong, right] = [examplesOf(page, "wrong"), examplesOf(page, "right")];
    expect([wrong.length, right.length]).toEqual([1, 1]);
    expect(found(code, wrong[0]!.body)).toContain(`policy/${code}`);
    expect(found(code, right[0]!.body)).not.toContain(`policy/${code}`);
  });

  it("has a page for each code, and a line in the registry for each policy", () => {
    const files = readdirSync(join(import.meta.dirname, "policies"));
    const pages = files
      .filter((file) => file.endsWith(".policy.md"))
      .map((file) => file.slice(0, -".policy.md".length));
    const modules = files
      .filter((file) => file.endsWith(".policy.ts"))
      .map((file) => file.slice(0, -".policy.ts".length));
    expect(pages.sort()).toEqual([...names].sort());
    expect(modules.sort()).toEqual(policies.map((policy) => policy.name).sort());
  });
});
