import type { CheckStatus, ProductRecord, Verdict } from "@meshwork/catalog-api";
import { describe, expect, test } from "vitest";
import type { Latest } from "./quality.ts";
import { checkHistories, sharesByDimension, summarize } from "./quality.ts";

const record = (checks: readonly string[], version = "1.0.0") =>
  ({
    version,
    ports: [
      {
        name: "p",
        checks: checks.map((check) => ({
          port: "p",
          check,
          assertion: "not_null",
          severity: "error",
          expectation: "never null",
        })),
      },
    ],
  }) as unknown as ProductRecord;

const result = (name: string, status: CheckStatus, more: Partial<Latest> = {}): Latest => ({
  port: "p",
  name,
  version: "1.0.0",
  runId: "r1",
  environment: "dev",
  at: new Date("2026-11-20T10:00:00Z"),
  body: { port: "p", check: name, assertion: "not_null", status },
  ...more,
});

describe("the verdict on two promised checks", () => {
  // What "a" and "b" found last; undefined: never ran.
  const table: [CheckStatus | undefined, CheckStatus | undefined, Verdict][] = [
    [undefined, undefined, "not-run"],
    ["skipped", undefined, "not-run"],
    ["skipped", "skipped", "not-run"],
    ["passed", undefined, "partial"],
    ["passed", "skipped", "partial"],
    ["passed", "passed", "passing"],
    ["passed", "warning", "warning"],
    ["warning", undefined, "warning"],
    ["passed", "error", "error"],
    ["error", undefined, "error"],
    ["warning", "error", "error"],
    ["passed", "failed", "failing"],
    ["error", "failed", "failing"],
    ["failed", undefined, "failing"],
  ];
  test.each(table)("%s and %s: %s", (a, b, verdict) => {
    const latest = [...(a === undefined ? [] : [result("a", a)]), ...(b === undefined ? [] : [result("b", b)])];
    const summary = summarize(record(["a", "b"]), latest);
    expect(summary.verdict).toBe(verdict);
    expect(summary.passed + summary.failed + summary.notRun).toBe(2);
  });
});

test("results of another version make no verdict", () => {
  expect(summarize(record(["a"]), [result("a", "passed", { version: "0.9.0" })])).toMatchObject({
    verdict: "stale",
    passed: 0,
    notRun: 1,
  });
  expect(summarize(record(["a"]), [result("a", "failed", { version: "0.9.0" })]).verdict).toBe("stale");
});

test("a check that the contract gave up counts while its run is the newest, and not after", () => {
  const old = result("gone", "failed");
  expect(summarize(record(["a"]), [result("a", "passed"), old]).verdict).toBe("failing");
  const later = result("a", "passed", { runId: "r2", at: new Date("2026-11-20T11:00:00Z") });
  expect(summarize(record(["a"]), [later, old]).verdict).toBe("passing");
});

test("the verdict is as old as its oldest part, and of one environment or none", () => {
  const b = result("b", "passed", { at: new Date("2026-11-20T12:00:00Z"), environment: "prod" });
  const summary = summarize(record(["a", "b"]), [result("a", "passed"), b]);
  expect(summary.checkedAt).toBe("2026-11-20T10:00:00.000Z");
  expect(summary).not.toHaveProperty("environment");
  expect(summarize(record(["b"]), [b])).toMatchObject({ environment: "prod" });
});

test("shares count what was measured, by dimension", () => {
  const checks = checkHistories(
    record(["a", "b", "c", "d"]),
    [result("a", "passed"), result("b", "failed"), result("c", "skipped")],
    new Map(),
  );
  expect(sharesByDimension(checks)).toEqual({ general: 0.5 });
  expect(sharesByDimension(checks.slice(2))).toEqual({});
});
