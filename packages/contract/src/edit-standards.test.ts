import { expect, it } from "vitest";
import { load } from "js-yaml";
import type { Path } from "@meshwork/diagnostics";
import { edit } from "./index.ts";
import { standardDocuments } from "./testdata/standard-documents.ts";

function* words(value: unknown, path: Path = []): Generator<Path> {
  if (typeof value === "string" && path.length > 0 && !value.includes("\n")) yield path;
  if (typeof value !== "object" || value === null || value instanceof Date) return;
  for (const [key, inner] of Object.entries(value))
    yield* words(inner, [...path, Array.isArray(value) ? Number(key) : key]);
}

function withWord(document: unknown, path: Path, word: string): unknown {
  const copy = structuredClone(document);
  let at = copy as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) at = at[step] as Record<string | number, unknown>;
  at[path.at(-1)!] = word;
  return copy;
}

it.each(["odcs", "odps"])("an edit of any word of the official examples of %s changes that word alone", (folder) => {
  let edited = 0;
  for (const { file, text } of standardDocuments(folder)) {
    let document: unknown;
    try {
      document = load(text);
    } catch {
      continue;
    }
    const all = [...words(document)];
    // Twelve places of each document, spread over it.
    for (const path of all.filter((_, i) => i % Math.ceil(all.length / 12) === 0)) {
      const after = edit({ file, text }, [{ path, set: "edited" }]);
      expect([file, path, after.refused]).toEqual([file, path, []]);
      let start = 0;
      while (text[start] === after.text[start] && start < text.length) start++;
      let end = 0;
      while (text.at(-1 - end) === after.text.at(-1 - end) && end < text.length - start) end++;
      const replaced = text.slice(start, text.length - end);
      expect([file, path, replaced]).toEqual([file, path, expect.not.stringMatching(/ #|\n\s*\n/)]);
      expect([file, path, load(after.text)]).toEqual([file, path, withWord(document, path, "edited")]);
      edited++;
    }
  }
  expect(edited).toBeGreaterThan(10);
});
