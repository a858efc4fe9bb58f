import * as fc from "fast-check";
import { expect, it } from "vitest";
import { readContract } from "../index.ts";
import { arbitraryFile } from "../testdata/arbitrary-file.ts";
import { dataProductFile } from "./data-product.schema.ts";

// The reader walks the text itself, for places and speed; the zod types are what it is typed by and what editors check.
// Here both look at the same documents, right ones and damaged ones.

const STRUCTURE = new Set(
  ["wrong-type", "unknown-key", "unknown-value", "out-of-range"].map((code) => `contract/${code}`),
);

interface Damage {
  readonly at: number;
  readonly how: "replace" | "remove" | "add";
  readonly value: unknown;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat(10_000),
  how: fc.constantFrom("replace", "remove", "add"),
  value: fc.oneof(
    fc.constantFrom<unknown>(
      "",
      "text",
      "5",
      5,
      -1,
      1.5,
      1e9,
      true,
      false,
      [],
      {},
      [1],
      ["a"],
      { a: 1 },
      { name: "a" },
      [[]],
      [{}],
    ),
    fc.constantFrom<unknown>("12h", "2.0.0", "restricted", "float32", { type: "string" }, [
      { name: "a", type: "string" },
    ]),
  ),
});

/** Every map and list of a document with each of its keys, in a fixed order. */
function* spots(value: unknown): Generator<[Record<string | number, unknown>, string | number]> {
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    // Extensions are anybody's own, and so are the values of checks and examples.
    if (key.startsWith("x-") || key === "value" || key === "examples" || key === "must_be") continue;
    yield [value as Record<string | number, unknown>, Array.isArray(value) ? Number(key) : key];
    yield* spots((value as Record<string, unknown>)[key]);
  }
}

function damaged(file: object, { at, how, value }: Damage): object {
  const copy = structuredClone(file);
  const all = [...spots(copy)];
  const [parent, key] = all[at % all.length]!;
  if (how === "replace") parent[key] = value;
  else if (how === "add") {
    if (Array.isArray(parent)) parent.push(value);
    else parent["nmae"] = value;
  } else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
  return copy;
}

const withoutExtensions = (file: object): unknown =>
  JSON.parse(JSON.stringify(file, (key, value: unknown) => (key.startsWith("x-") ? undefined : value)));

it("refuses what the types refuse, and nothing of a right document", () => {
  let refused = 0;
  fc.assert(
    fc.property(arbitraryFile, fc.option(damage, { freq: 8 }), (file, harm) => {
      const document = harm === null ? file : damaged(file, harm);
      const issues = dataProductFile.safeParse(withoutExtensions(document)).error?.issues;
      const read = readContract({ file: "f", text: JSON.stringify(document) });
      const errors = read.diagnostics.filter((d) => d.severity === "error");
      if (issues === undefined) {
        expect(errors.filter((d) => STRUCTURE.has(d.code))).toEqual([]);
      } else {
        refused++;
        expect({ issues, errors: errors.length }).toEqual({ issues, errors: expect.toSatisfy((n: number) => n > 0) });
      }
    }),
    { numRuns: 400 },
  );
  expect(refused).toBeGreaterThan(100);
});
