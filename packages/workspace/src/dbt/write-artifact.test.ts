import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { hashOf } from "../workspace-files.ts";
import { writeArtifact } from "./write-artifact.ts";

const folder = mkdtempSync(join(tmpdir(), "meshwork-artifact-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("writes what JSON.stringify writes, and says where each entry stands", () => {
  const section = fc.oneof(
    fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue({ maxDepth: 3 })),
    fc.jsonValue({ maxDepth: 2 }),
    fc.constant(undefined),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: "grapheme" }), section), (artifact) => {
      const found: boolean[] = [];
      const spans: { text: string; start: number; end: number }[] = [];
      const hash = writeArtifact(folder, "a.json", artifact, ({ text, span }) => spans.push({ text, ...span }));
      const bytes = readFileSync(join(folder, "a.json"));
      const whole = JSON.stringify(artifact, null, 1);
      expect(bytes.toString()).toBe(`${whole === "{}" ? "{\n}" : whole}\n`);
      expect(hash).toBe(hashOf(bytes));
      for (const { text, start, end } of spans) found.push(bytes.toString("utf8", start, end) === text);
      expect(found).not.toContain(false);
    }),
  );
});
