import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import type { Contract } from "@meshwork/contract";
import { readContract } from "@meshwork/contract";
import type { ClassifyOptions, CompatibilityMode } from "./classify.ts";
import { classifyAll, isCompatibilityMode } from "./classify.ts";
import { diff } from "./diff.ts";

interface Case {
  readonly case: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly theirs: Readonly<Record<string, Verdict>>;
  readonly ours?: Readonly<Record<string, Verdict>>;
  readonly because?: string;
}
type Verdict = "ok" | "breaks";

const sets = load(readFileSync(join(import.meta.dirname, "testdata/registry-cases.yaml"), "utf8")) as Readonly<
  Record<string, { readonly rules: string; readonly cases: readonly Case[] }>
>;

function contractOf(fields: readonly string[]): Contract {
  const all = ["name: key, type: string", ...fields].map((f) => `      - { ${f} }`).join("\n");
  const text = `apiVersion: datamesh.io/v1\nkind: DataProduct\nmetadata: { name: t, domain: d, version: 1.0.0 }\nspec:\n  schema:\n    fields:\n${all}\n`;
  const read = readContract({ file: "case.yaml", text });
  expect(read.diagnostics.filter((d) => d.severity === "error").map((d) => d.message)).toEqual([]);
  return read.value!;
}

/** buf's strictest category asks for the same types in generated code; the others for data that is still understood. */
const optionsOf = (mode: string): ClassifyOptions =>
  isCompatibilityMode(mode)
    ? { mode: mode satisfies CompatibilityMode }
    : { mode: "keep-readers", strict: mode === "FILE" };

const verdictOf = (each: Case, mode: string): Verdict =>
  classifyAll(diff(contractOf(each.before), contractOf(each.after)), optionsOf(mode)).some((c) => c.level === "major")
    ? "breaks"
    : "ok";

describe.each(Object.entries(sets))("%s", (_, { rules, cases }) => {
  it("says where its rules stand", () => expect(rules).toMatch(/\w{10}|\d/));

  it.each(cases.map((each) => [each.case, each] as const))("%s", (_, each) => {
    for (const [mode, theirs] of Object.entries(each.theirs)) {
      expect(`${mode} ${verdictOf(each, mode)}`).toBe(`${mode} ${each.ours?.[mode] ?? theirs}`);
      // A difference that is none any more is to be taken out, and each has its reason.
      if (each.ours?.[mode] !== undefined)
        expect([each.ours[mode], each.because], mode).not.toEqual([theirs, undefined]);
      if (each.ours?.[mode] !== undefined) expect(each.ours[mode]).not.toBe(theirs);
    }
    expect(Object.keys(each.ours ?? {}).every((mode) => mode in each.theirs)).toBe(true);
    expect(each.ours === undefined).toBe(each.because === undefined);
  });
});

it("is a hundred cases and more", () => {
  const all = Object.values(sets).flatMap((set) => set.cases.flatMap((each) => Object.keys(each.theirs)));
  expect(all.length).toBeGreaterThan(200);
});
