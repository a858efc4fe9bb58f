import fc from "fast-check";
import { expect, it } from "vitest";
import { defineArea, diagnostic, didYouMean, examplesOf, LineIndex, nearest, pageOf } from "./index.ts";

it("works out a place once, and only when asked", () => {
  let asked = 0;
  const d = diagnostic({
    code: "a/b",
    severity: "error",
    message: "m",
    span: () => {
      asked++;
      return { file: "f", line: 1, column: 1, endLine: 1, endColumn: 2 };
    },
  });
  expect(asked).toBe(0);
  expect(d.span?.line).toBe(1);
  expect(d.span?.line).toBe(1);
  expect(asked).toBe(1);
});

it("builds a code's message from its typed parameters", () => {
  const area = defineArea(
    "contract",
    { directory: new URL("./", import.meta.url), suffix: ".rule.md" },
    {
      "unknown-column": {
        severity: "error",
        message: (p: { column: string }) => `No column "${p.column}".`,
        help: "check the spelling",
      },
    },
  );
  expect(area.create("unknown-column", { column: "x" }, { severity: "warning" })).toMatchObject({
    code: "contract/unknown-column",
    severity: "warning",
    message: 'No column "x".',
    help: "check the spelling",
  });
});

it("offers what a person may have meant, and nothing far away", () => {
  expect(nearest("ordr_id", ["order_id", "orders", "amount"])).toEqual(["order_id"]);
  expect(nearest("colums", ["columns", "config"])).toEqual(["columns"]);
  expect(nearest("teh", ["the"])).toEqual(["the"]);
  expect(nearest("xyz", ["order_id"])).toEqual([]);
  expect(didYouMean("Orders", ["orders"])).toBe(' Did you mean "orders"?');
});

it("offset and position are each other's inverse", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "\n", "é", "😀") }), fc.nat(), (text, n) => {
      const index = new LineIndex(text);
      const at = text.length === 0 ? 0 : n % (text.length + 1);
      const { line, column } = index.position(at);
      expect(index.offset(line, column)).toBe(at);
      expect(line).toBe(text.slice(0, at).split("\n").length);
    }),
  );
});

it("reads a code's page and its examples", async () => {
  const { mkdtempSync, writeFileSync } = await import("node:fs");
  const { tmpdir } = await import("node:os");
  const { join } = await import("node:path");
  const { pathToFileURL } = await import("node:url");
  const dir = mkdtempSync(join(tmpdir(), "pages-"));
  writeFileSync(
    join(dir, "x.rule.md"),
    "# a/x\nWhat it\nfinds.\n\n## Why\nBecause.\n\n## Wrong\n```yaml\na: 1\n```\n\n## Right\n```yaml\na: 2\n```\n",
  );
  const area = defineArea(
    "a",
    { directory: pathToFileURL(`${dir}/`), suffix: ".rule.md" },
    { x: { severity: "error", message: () => "" } },
  );
  const page = pageOf(area, "a/x")!;
  expect(page.what).toBe("What it finds.");
  expect(page.sections.get("why")).toBe("Because.");
  expect(examplesOf(page, "wrong")).toEqual([{ language: "yaml", body: "a: 1\n" }]);
  expect(pageOf(area, "a/constructor")).toBeUndefined();
});
