import { expect, test } from "vitest";
import { ageInWords, lengthInWords } from "./ages.ts";

test.each([
  [0, "0 s"],
  [59, "59 s"],
  [60, "1 min"],
  [119, "1 min"],
  [3_600, "1 h"],
  [3_660, "1 h 1 min"],
  [35_999, "9 h 59 min"],
  [36_000, "10 h"],
  [86_400 + 3_600, "1 d 1 h"],
  [86_400 * 400, "400 d"],
  [-5, "0 s"],
])("%d seconds are %s", (seconds, words) => expect(lengthInWords(seconds)).toBe(words));

test("an age counts from now; a clock that is ahead does not make one", () => {
  const now = new Date("2026-11-21T03:12:00Z");
  expect(ageInWords("2026-11-21T03:00:00Z", now)).toBe("12 min ago");
  expect(ageInWords("2026-11-21T04:00:00Z", now)).toBe("just now");
});
