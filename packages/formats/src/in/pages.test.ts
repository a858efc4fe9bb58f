import { examplesOf, pageOf } from "@meshwork/diagnostics";
import { describe, expect, it } from "vitest";
import { importArea } from "./import-area.ts";
import { readIn } from "./read-in.ts";
import { importFormatNamed } from "./registry.ts";

/** The language of an example's block is the format it is read as. */
function codesOf(source: string, heading: "wrong" | "right"): string[] {
  const page = pageOf(importArea, source)!;
  const examples = examplesOf(page, heading);
  expect(examples.length).toBeGreaterThan(0);
  return examples.flatMap(({ language, body }) =>
    readIn(importFormatNamed(language)!, { file: "example", text: body }).diagnostics.map((d) => d.code),
  );
}

describe.each(Object.keys(importArea.definitions))("import/%s", (short) => {
  const code = `import/${short}`;
  it("has a page whose wrong example gives the code, and whose right one gives nothing", () => {
    const page = pageOf(importArea, code);
    expect(page?.what).toMatch(/\.$/);
    expect(page?.sections.get("why")).not.toBe("");
    expect(codesOf(code, "wrong")).toContain(code);
    expect(codesOf(code, "right")).toEqual([]);
  });
});
