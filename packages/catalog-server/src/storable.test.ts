import * as fc from "fast-check";
import { expect, test } from "vitest";
import { storable } from "./storable.ts";

test("whatever JSON can carry becomes what Postgres can hold, and what it can hold stays", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false } as object), (value) => {
      const text = JSON.stringify(storable(value));
      expect(text).not.toMatch(/\\u0000|\\ud[89a-f]/i);
      if (!/\\u0000|\\ud[89a-f]/i.test(JSON.stringify(value))) expect(storable(value)).toEqual(value);
    }),
  );
});

test("NUL and lone surrogates are replaced in texts and keys; pairs stay; __proto__ stays a key", () => {
  expect(storable({ "a\0": "b\ud800c", d: ["\udc00", "😀"] })).toEqual({ "a\ufffd": "b\ufffdc", d: ["\ufffd", "😀"] });
  const value = storable(JSON.parse('{"__proto__": {"polluted": true}}') as Record<string, unknown>);
  expect(Object.keys(value)).toEqual(["__proto__"]);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test("nesting ends", () => {
  let deep: unknown = "end";
  for (let at = 0; at < 50_000; at++) deep = [deep];
  expect(JSON.stringify(storable(deep)).length).toBeLessThan(300);
});
