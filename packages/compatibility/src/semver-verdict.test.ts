import { expect, it } from "vitest";
import type { Level } from "./define-change.ts";
import { semverVerdict } from "./semver-verdict.ts";

const verdict = (level: Level, before: string, after: string, scope: "port" | "input" = "port") => {
  const { required, announced, problem } = semverVerdict([{ scope, level }], before, after);
  return [required, announced, ...(problem === undefined ? [] : [problem])];
};

it.each<[Level, string, string, unknown[]]>([
  ["major", "1.4.0", "1.4.1", ["2.0.0", false]],
  ["major", "1.4.0", "1.5.0", ["2.0.0", false]],
  ["major", "1.4.0", "2.0.0", ["2.0.0", true]],
  ["major", "1.4.0", "3.0.0", ["2.0.0", true]],
  ["major", "1.4.0", "2.0.0-rc.1", ["2.0.0", true]],
  ["major", "2.0.0-rc.1", "2.0.0-rc.2", ["2.0.0", true]],
  ["major", "0.4.0", "0.5.0", ["0.5.0", true]],
  ["major", "0.4.0", "0.4.1", ["0.5.0", false]],
  ["minor", "1.4.0", "1.5.0", ["1.5.0", true]],
  ["minor", "1.4.0", "1.4.1", ["1.5.0", false]],
  ["patch", "1.4.0", "1.4.0", ["1.4.1", false]],
  ["patch", "1.4.0", "1.4.1", ["1.4.1", true]],
  ["none", "1.4.0", "1.4.0", ["1.4.0", true]],
  ["none", "1.4.0", "1.3.0", ["1.4.0", false, "backwards"]],
  ["major", "1.4.0", "0.9.0", ["2.0.0", false, "backwards"]],
  ["major", "one", "2.0.0", ["one", false, "unreadable"]],
])("a %s change from %s to %s", (level, before, after, expected) => {
  expect(verdict(level, before, after)).toEqual(expected);
});

it("lets expectations of inputs weigh no more than a patch", () => {
  expect(verdict("major", "1.4.0", "1.4.1", "input")).toEqual(["1.4.1", true]);
  expect(
    semverVerdict(
      [
        { scope: "input", level: "major" },
        { scope: "port", level: "minor" },
      ],
      "1.0.0",
      "1.0.0",
    ).level,
  ).toBe("minor");
});
