import { describe, expect, it } from "vitest";
import { listing } from "./index.ts";
import type { SelectableType, Selection } from "./index.ts";
import { everyResource, recorded } from "./testdata/every-resource.ts";

const project = everyResource();

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The flags of `dbt ls` as a selection. */
function read(flags: readonly string[]): { selection: Selection; output: "selector" | "name" | "path" } {
  const selection: Mutable<Selection> = {};
  let output: "selector" | "name" | "path" = "selector";
  const values = new Map<string, string[]>();
  let flag = "";
  for (const word of flags) {
    if (word.startsWith("--")) values.set((flag = word.replace(/s$/, "")), []);
    else values.get(flag)!.push(word);
  }
  for (const [name, words] of values) {
    if (name === "--select") selection.select = words;
    else if (name === "--exclude") selection.exclude = words;
    else if (name === "--selector") selection.selector = words[0];
    else if (name === "--model") {
      selection.select = words;
      selection.resourceTypes = ["model"];
    } else if (name === "--indirect-selection")
      selection.indirectSelection = words[0] as Selection["indirectSelection"];
    else if (name === "--resource-type") selection.resourceTypes = words as SelectableType[];
    else if (name === "--exclude-resource-type") selection.excludeResourceTypes = words as SelectableType[];
    else if (name === "--output") output = words[0] as "name" | "path";
    else throw new Error(name);
  }
  return { selection, output };
}

describe("a selector lists what dbt ls lists", () => {
  it.each(recorded<[string[], string[] | { error: string }][]>("dbt-ls"))("%j", (flags, expected) => {
    const { selection, output } = read(flags);
    const selected = project.select(selection);
    if (Array.isArray(expected)) expect([...new Set(listing(selected, output))].sort()).toEqual(expected);
    else {
      expect(selected.ids).toEqual([]);
      expect(selected.diagnostics.map((d) => d.code)).toEqual(["sql/bad-selector"]);
    }
  });
});
