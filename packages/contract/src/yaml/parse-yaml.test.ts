import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineCounter, isCollection, isScalar, parseAllDocuments, visit } from "yaml";
import { arbitraryFile } from "../testdata/arbitrary-file.ts";
import { readAnyDocument, readContract, writeContract } from "../index.ts";
import { MAX_LENGTH, MAX_NODES, parseYaml } from "./parse-yaml.ts";
import { toValue } from "./yaml-node.ts";
import { YamlSource } from "./yaml-source.ts";

const values = (text: string): unknown[] => parseYaml(text).documents.map(toValue);
const problems = (text: string) => parseYaml(text).problems;

/** Anything near YAML: indentation, brackets, anchors, quotes, tags, controls. */
const yamlLike = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "a",
        "b: ",
        "- ",
        "\n",
        "\n  ",
        "\n    ",
        "{",
        "}",
        "[",
        "]",
        ",",
        ": ",
        "? ",
        "&x ",
        "*x",
        "<<: ",
        "!!str ",
        "!t ",
      ),
      fc.constantFrom(
        '"',
        "'",
        "|\n",
        ">-\n",
        "#c",
        "---\n",
        "...\n",
        "\t",
        "\r\n",
        "\uFEFF",
        "null",
        "~",
        "1",
        "0x1f",
        "1e3",
        "%YAML 1.2\n",
      ),
      fc.string({ unit: "binary", maxLength: 3 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

describe("hostile text", () => {
  it("never throws, and every problem has a place inside the text", () => {
    fc.assert(
      fc.property(yamlLike, (text) => {
        const { documents, problems } = parseYaml(text);
        for (const { start, end } of problems) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeLessThanOrEqual(text.length + 1);
          expect(start).toBeLessThanOrEqual(end);
        }
        documents.map(toValue);
      }),
      { numRuns: 1000 },
    );
  });

  it("reads any text as a contract without throwing, and can name the place of each finding", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          yamlLike,
          yamlLike.map((t) => `apiVersion: datamesh.io/v1\nkind: DataProduct\n${t}`),
        ),
        (text) => {
          const { diagnostics, value } = readAnyDocument({ file: "f", text });
          for (const d of diagnostics) expect([d.code, d.span?.line]).toEqual([d.code, expect.any(Number)]);
          expect(value !== undefined || diagnostics.length > 0).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ["a NUL, as UTF-16 has", "a\u0000: 1", { kind: "not-text", start: 1 }],
    ["another control character", "a: \u0007", { kind: "not-text", start: 3 }],
    ["a tab as indentation", "a:\n\tb: 1", { kind: "not-yaml", start: 3, reason: expect.stringContaining("tab") }],
    ["a quote left open", 'a: "b\n', { kind: "not-yaml", reason: expect.stringContaining("not closed") }],
    ["a bracket left open", "a: [1, 2\n", { kind: "not-yaml", reason: expect.stringContaining("not closed") }],
    ["an alias without anchor", "a: *b", { kind: "not-yaml", start: 3, end: 5 }],
    [
      "an alias to what it stands in",
      "a: &a [*a]",
      { kind: "not-yaml", reason: expect.stringContaining("repeats what it stands in") },
    ],
    ["a tag that means nothing", "a: !!python/object b", { kind: "not-yaml", start: 3 }],
    ["a list as a key", "? [a]\n: 1", { kind: "not-yaml", start: 2 }],
    ["a key twice", "a: 1\nb: 2\na: 3", { kind: "duplicate-key", key: "a", start: 10, end: 11 }],
    ["10,000 levels", "[".repeat(10_000) + "]".repeat(10_000), { kind: "too-large" }],
    [
      "10,000 block levels",
      Array.from({ length: 10_000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
      { kind: "too-large" },
    ],
    ["a text too long", "a".repeat(MAX_LENGTH + 1), { kind: "too-large" }],
    ["too many values", `[${"1,".repeat(MAX_NODES + 1)}]`, { kind: "too-large" }],
  ])("reports %s", (_, text, problem) => {
    expect(problems(text)[0]).toMatchObject(problem);
  });

  it("reports every repeated key, and keeps the first", () => {
    expect(problems("a: 1\na: 2\nb: {c: 1, c: 2}\n").map((p) => p.kind)).toEqual(["duplicate-key", "duplicate-key"]);
    expect(values("a: 1\na: 2\n")).toEqual([{ a: 1 }]);
  });

  it("stops aliases of aliases before they grow", () => {
    const lines = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(10)}]`);
    const text = ["l0: &l0 [x, x, x, x, x, x, x, x, x, x]", ...lines].join("\n");
    expect(problems(text)).toMatchObject([{ kind: "alias-limit" }]);
    const merges = Array.from({ length: 30 }, (_, i) => `m${i + 1}: &m${i + 1} {a: {<<: *m${i}}, b: {<<: *m${i}}}`);
    expect(problems(["m0: &m0 {x: 1}", ...merges].join("\n"))).toMatchObject([{ kind: "alias-limit" }]);
  });

  it("gives no way to the prototype", () => {
    const read = readContract({
      file: "f",
      text: "apiVersion: datamesh.io/v1\nkind: DataProduct\nmetadata: {name: a.b, version: 1.0.0, __proto__: {status: retired}}\nspec:\n  schema: {fields: [{name: __proto__, type: string}]}\n  x-a: {__proto__: {polluted: true}}\n  quality: {checks: [{assertion: row_count, value: {__proto__: {min: 1}}}]}\n",
    });
    expect(read.diagnostics.map((d) => d.message)).toContain('The metadata has no key "__proto__".');
    expect(read.value).toMatchObject({ status: "active", ports: [{ columns: [{ name: "__proto__" }] }] });
    expect(read.value!.extensions).toEqual({ "x-a": {} });
    expect(Object.hasOwn({}, "polluted") || "polluted" in {}).toBe(false);
  });
});

describe("what YAML means", () => {
  it.each([
    ["null: 1", { null: 1 }],
    ["~: 1", { null: 1 }],
    ['"null": 1', { null: 1 }],
    ["1: a\ntrue: b", { 1: "a", true: "b" }],
    ["a: 2023-01-01", { a: "2023-01-01" }],
    ["a: 2.1.0", { a: "2.1.0" }],
    ["a: yes", { a: "yes" }],
    ["a: 0x1F", { a: 31 }],
    ["a: 9223372036854775807", { a: "9223372036854775807" }],
    ["a: !!str 5", { a: "5" }],
    ["a: &x 1\nb: *x", { a: 1, b: 1 }],
    ["d: &d {x: 1, y: 2}\na: {<<: *d, y: 3}", { d: { x: 1, y: 2 }, a: { x: 1, y: 3 } }],
    ["\uFEFFa: 1\r\nb:\r\n  - 2\r\n", { a: 1, b: [2] }],
    ["a: |\n  x\n  y\n", { a: "x\ny\n" }],
    ['{"a": [1, {"b": null}]}', { a: [1, { b: null }] }],
  ])("%j", (text, value) => {
    expect(parseYaml(text).problems).toEqual([]);
    expect(values(text)).toEqual([value]);
  });

  it("agrees with another parser on what both accept, value and place", () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.oneof(yamlLike, arbitraryFile.map(asText)), (text) => {
        const written = text.startsWith("apiVersion");
        const other = parseAllDocuments(text, { merge: true, uniqueKeys: false, lineCounter: new LineCounter() });
        const file = parseYaml(text);
        // The other parser joins documents, and takes aliases for keys and tags for values, in ways of its own.
        if (
          !Array.isArray(other) ||
          other.length !== 1 ||
          file.documents.length !== 1 ||
          (!written && /[&*!?%<]/.test(text))
        )
          return;
        const [document] = other;
        if (document!.errors.length > 0 || document!.warnings.length > 0 || file.problems.length > 0) return;
        expect(normal(toValue(file.documents[0]!))).toEqual(normal(plain(document!.toJS({ mapAsMap: true }))));
        const source = new YamlSource("f", text);
        const ends: [number, number][] = [];
        visit(document!, {
          Node: (_, node) => {
            if (
              (isScalar(node) && node.source !== "" && node.type !== "BLOCK_LITERAL" && node.type !== "BLOCK_FOLDED") ||
              (isCollection(node) && node.flow === true)
            ) {
              ends.push([node.range![0], node.range![1]]);
            }
          },
        });
        const ours = new Set(placesIn(source));
        expect(ends.filter((range) => !ours.has(range.join("-")))).toEqual([]);
        compared++;
      }),
      { numRuns: 600 },
    );
    expect(compared).toBeGreaterThan(200);
  });
});

const asText = (file: object): string => writeContract(readContract({ file: "f", text: JSON.stringify(file) }).value!);

function placesIn(source: YamlSource): string[] {
  const places: string[] = [];
  const add = (start: number, end: number): void => void places.push(`${start}-${end}`);
  const walk = (path: (string | number)[]): void => {
    const value = source.valueAt(path);
    for (const part of ["key", "value"] as const) {
      const span = source.spanOf(path, part);
      if (span !== undefined)
        add(offset(source.text, span.line, span.column), offset(source.text, span.endLine, span.endColumn));
    }
    if (typeof value === "object" && value !== null) {
      for (const key of Object.keys(value)) walk([...path, Array.isArray(value) ? Number(key) : key]);
    }
  };
  walk([]);
  return places;
}

function offset(text: string, line: number, column: number): number {
  let start = 0;
  for (let n = 1; n < line; n++) start = text.indexOf("\n", start) + 1;
  return start + column - 1;
}

/** Keys as names, the first of equal ones, as ours are. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof Map)) return value;
  const entries: [string, unknown][] = [];
  for (const [key, each] of value as Map<unknown, unknown>) entries.push([String(key), plain(each)]);
  return Object.fromEntries(entries);
}

/** Numbers that one side keeps as digits, and keys that one side writes in another way, made alike. */
function normal(value: unknown): unknown {
  if (typeof value === "number" && !Number.isSafeInteger(value) && Number.isInteger(value)) return "big";
  if (typeof value === "string" && /^[-+]?\d{16,}$/.test(value)) return "big";
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [/^[-+.0-9]/.test(key) ? "number" : key, normal(each)]),
  );
}
