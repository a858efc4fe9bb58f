import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Edit } from "./index.ts";
import { edit, readContract } from "./index.ts";

const at = (text: string, ...edits: Edit[]): string => {
  const edited = edit({ file: "f", text }, edits);
  expect(edited.refused).toEqual([]);
  return edited.text;
};

describe("set", () => {
  it.each<[string, string, Edit["path"], unknown, string]>([
    ["a plain value", "a: 1 # one\nb: 2\n", ["a"], 3, "a: 3 # one\nb: 2\n"],
    ["a quoted value", "a: 'x' # c\n", ["a"], "it's: so", 'a: "it\'s: so" # c\n'],
    ["an empty value", "a: # nothing yet\nb: 2\n", ["a"], 1, "a: 1 # nothing yet\nb: 2\n"],
    ["below an empty value", "a:\nb: 2\n", ["a", "c"], 1, "a:\n  c: 1\nb: 2\n"],
    ["a block by a line", "a:\n  # inside\n  - 1\n  - 2\nb: 2\n", ["a"], [3], "a: [3]\nb: 2\n"],
    ["a block scalar", "a: |\n  x\n  y\nb: 2\n", ["a"], "z", "a: z\nb: 2\n"],
    ["a line by a block", "a: 1 # c\nb: 2\n", ["a"], [{ x: 1 }], "a: # c\n  - { x: 1 }\nb: 2\n"],
    ["a new key at the end", "a:\n  b: 1 # last\nc: 2\n", ["a", "d"], true, "a:\n  b: 1 # last\n  d: true\nc: 2\n"],
    [
      "a new key after a nested one",
      "a:\n  b:\n    - 1 # x\n# about c\nc: 2",
      ["a", "d"],
      1,
      "a:\n  b:\n    - 1 # x\n  d: 1\n# about c\nc: 2",
    ],
    ["a new key at the end of a file", "a: 1", ["b"], "x", "a: 1\nb: x"],
    ["a new key between braces", "a: { b: 1 }\n", ["a", "c"], [1], "a: { b: 1, c: [1] }\n"],
    ["a new key after a comma", "a: {b: 1,}\n", ["a", "c"], 2, "a: {b: 1, c: 2}\n"],
    ["a new key in empty braces", "a: {}\n", ["a", "c"], 2, "a: { c: 2 }\n"],
    ["several levels", "a: 1\n", ["b", "c", "d"], 1, "a: 1\nb:\n  c: { d: 1 }\n"],
    [
      "a key called null",
      "constraints: { pii: true }\n",
      ["constraints", "null"],
      false,
      "constraints: { pii: true, null: false }\n",
    ],
    ["a key called null that is there", "c: {null: true}\n", ["c", "null"], false, "c: {null: false}\n"],
    ["an entry of a list", "a:\n  - x\n  - y # why\n", ["a", 1], "z", "a:\n  - x\n  - z # why\n"],
    ["one more entry", "a:\n- x # c\nb: 1\n", ["a", 1], { z: 1 }, "a:\n- x # c\n- z: 1\nb: 1\n"],
    ["one more entry in brackets", "a: [x,\n    y] # c\n", ["a", 2], "z", "a: [x,\n    y, z] # c\n"],
    ["a value of an entry", "a:\n  - name: x\n    type: y\n", ["a", 0, "type"], "z", "a:\n  - name: x\n    type: z\n"],
    ["with the file's line ends", "a: 1\r\nb: 2\r\n", ["c"], 3, "a: 1\r\nb: 2\r\nc: 3\r\n"],
    ["text of several lines", "a: 1\n", ["a"], "x\ny\n", "a: |\n  x\n  y\n"],
  ])("%s", (_, before, path, set, after) => {
    expect(at(before, { path, set })).toBe(after);
  });
});

describe("remove", () => {
  it.each<[string, string, Edit["path"], string]>([
    ["a line", "a: 1\n# about b\nb: 2 # two\nc: 3\n", ["b"], "a: 1\n# about b\nc: 3\n"],
    ["a block", "a:\n  x: 1\n  y:\n    - 1\n    - 2\nb: 2\n", ["a", "y"], "a:\n  x: 1\nb: 2\n"],
    ["the only key", "a:\n  x: 1\nb: 2\n", ["a", "x"], "a: {}\nb: 2\n"],
    ["the first of braces", "a: { x: 1, y: 2 }\n", ["a", "x"], "a: { y: 2 }\n"],
    ["the last of braces", "a: { x: 1, y: 2 }\n", ["a", "y"], "a: { x: 1 }\n"],
    ["the only one of braces", "a: { x: 1 }\n", ["a", "x"], "a: {}\n"],
    ["an entry", "a:\n  - x\n  - y\n  - z\n", ["a", 1], "a:\n  - x\n  - z\n"],
    ["an entry that is a map", "a:\n  - n: x\n    t: 1\n  - n: y\n", ["a", 0], "a:\n  - n: y\n"],
    ["the key beside the dash", "a:\n  - n: x\n    t: 1\n", ["a", 0, "n"], "a:\n  - t: 1\n"],
    ["an entry of brackets", "a: [x, y, z]\n", ["a", 0], "a: [y, z]\n"],
    ["the last line of a file", "a: 1\nb: 2", ["b"], "a: 1\n"],
  ])("%s", (_, before, path, after) => {
    expect(at(before, { path, remove: true })).toBe(after);
  });
});

it.each<[string, string, Edit]>([
  ["a place inside an alias", "a: &x { b: 1 }\nc: *x\n", { path: ["c", "b"], set: 2 }],
  ["a key that a merge brings", "a: &x { b: 1 }\nc: { <<: *x, d: 1 }\n", { path: ["c", "b"], remove: true }],
  ["what others repeat", "a: &x { b: 1 }\nc: *x\n", { path: ["a", "b"], set: 2 }],
  ["a step through a value", "a: 1\n", { path: ["a", "b"], set: 2 }],
  ["a place past the end of a list", "a: [1]\n", { path: ["a", 5], set: 2 }],
  ["what is not there", "a: 1\n", { path: ["b"], remove: true }],
  ["a broken file", "a: [1\n", { path: ["a"], set: 2 }],
  ["the whole file", "a: 1\n", { path: [], set: 2 }],
])("refuses %s and leaves the text alone", (_, text, change) => {
  expect(edit({ file: "f", text }, [change])).toEqual({ text, refused: [change] });
});

const example = readFileSync(
  new URL("testdata/example-mesh/domains/orders/order-events/data-product-contract.yaml", import.meta.url),
  "utf8",
);

/** Paths of everything in the example, and of keys that it does not have. */
function paths(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, each]) =>
    paths(each, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  const next = Array.isArray(value) ? value.length : "x-new";
  return [path, ...inner, [...path, next]].filter((p) => p.length > 0);
}

it("changes what is asked, keeps every comment outside, and nothing else, anywhere in a real contract", () => {
  const { source } = readContract({ file: "f", text: example });
  const all = paths(source.valueAt([]));
  const value = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.string()),
    fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.string()),
  );
  const change = fc.oneof(
    fc.record({ path: fc.constantFrom(...all), set: value }),
    fc.record({ path: fc.constantFrom(...all), remove: fc.constant(true as const) }),
  );
  fc.assert(
    fc.property(change, (each) => {
      const { text, refused } = edit({ file: "f", text: example }, [each]);
      if (refused.length > 0) {
        // Only what is not there can be refused here: the file has no aliases.
        expect("remove" in each && source.valueAt(each.path) === undefined).toBe(true);
        return;
      }
      const after = readContract({ file: "f", text }).source;
      if ("set" in each) expect(after.valueAt(each.path)).toEqual(each.set);
      // Lines that hold nothing of what was changed are the same lines.
      const parent = each.path.slice(0, -1);
      const span = source.spanOf(parent)!;
      const first = Math.min(span.line, source.spanOf(parent, "key")!.line);
      const lines = example.split("\n");
      expect(text.startsWith(lines.slice(0, first - 1).join("\n"))).toBe(true);
      expect(text.endsWith(lines.slice(span.endLine).join("\n"))).toBe(true);
    }),
    { numRuns: 300 },
  );
});
