import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { addToLists, removeFromLists } from "./yaml-list.ts";

const add = (text: string, item: string) => addToLists("f.yml", text, { paths: [item] });

describe("adding to a list of a YAML file", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["a block", "paths:\n  - a # first\nother: 1\n", "paths:\n  - a # first\n  - b\nother: 1\n"],
    ["a block without indentation", "paths:\n- a\n", "paths:\n- a\n- b\n"],
    ["one line", "paths: [a, 'c'] # c\n", "paths: [a, 'c', b] # c\n"],
    ["an empty list becomes lines", "x: 1\npaths: [] # none\ny: 2\n", "x: 1\npaths:\n  - b # none\ny: 2\n"],
    ["no such key", "x: 1", "x: 1\npaths:\n  - b\n"],
    ["no final newline", "paths:\n  - a", "paths:\n  - a\n  - b\n"],
    ["an empty file", "", "paths:\n  - b\n"],
    ["there already", "paths: [b]\n", "paths: [b]\n"],
    ["line ends of Windows", "paths:\r\n  - a\r\n", "paths:\r\n  - a\r\n  - b\r\n"],
  ];
  it.each(cases)("%s", (_, before, after) => {
    expect(add(before, "b")).toBe(after);
  });

  it("refuses what is no list, and what is no YAML", () => {
    expect(() => add("paths: 1\n", "b")).toThrow("f.yml: paths is no list");
    expect(() => add("paths: [\n", "b")).toThrow("f.yml: ");
    expect(() => add("- a\n", "b")).toThrow("f.yml: it is no map of keys");
  });

  it("is undone by removing, to the byte, wherever the list was not empty", () => {
    const item = fc.stringMatching(/^[a-z][a-z/-]{0,8}$/);
    const list = fc.tuple(fc.uniqueArray(item, { minLength: 1, maxLength: 4 }), fc.boolean());
    fc.assert(
      fc.property(list, item, fc.constantFrom("", "# c\n", "z: {a:   1}\n"), ([items, block], added, tail) => {
        fc.pre(!items.includes(added));
        const text = block
          ? `paths:\n${items.map((i) => `  - ${i}\n`).join("")}${tail}`
          : `paths: [${items.join(", ")}]\n${tail}`;
        const more = add(text, added);
        expect(parse(more).paths).toEqual([...items, added]);
        expect(removeFromLists("f.yml", more, { paths: [added] })).toBe(text);
      }),
    );
  });

  it("an empty list is empty again", () => {
    expect(removeFromLists("f.yml", add("paths: []\n", "b"), { paths: ["b"] })).toBe("paths: []\n");
  });
});
