import { describe, expect, it } from "vitest";
import { emit } from "./define-format.ts";
import { html } from "./html.format.ts";
import { everyFeature, hostile } from "./testdata/every-feature.ts";
import { expectGolden } from "./testdata/golden.ts";

const tags = (text: string): Set<string> =>
  new Set([...text.matchAll(/<\/?([a-z0-9]+)/gi)].map((found) => found[1]!.toLowerCase()));

describe("html", () => {
  it("writes what a person can read, and loses nothing that is asked for", () => {
    expectGolden(html, everyFeature, "every-feature");
    const page = emit(html, everyFeature).files[0]!.text;
    for (const part of [
      "team@acme.example",
      "30d by at",
      "freshness 15m",
      "personal, masked (hash)",
      "one of placed, it&#39;s paid",
      "3 dimensions, all-minilm-l6-v2",
      "until 2030-01-01",
    ])
      expect(page).toContain(part);
  });

  it("has no tag of an author, and loads nothing", () => {
    const page = emit(html, hostile).files[0]!.text;
    expect([...tags(page)].every((tag) => tags(emit(html, everyFeature).files[0]!.text).has(tag))).toBe(true);
    expect(page).not.toMatch(/<(?:script|link|img|iframe)|url\(|@import/i);
  });

  it("links to pages only", () => {
    const page = emit(html, { ...everyFeature, documentationUrl: "javascript:alert(1)" }).files[0]!.text;
    expect(page).not.toContain("<a ");
  });
});
