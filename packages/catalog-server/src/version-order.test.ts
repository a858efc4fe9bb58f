import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareVersions, currentOf } from "./version-order.ts";

// semver.org, §11, and what is no version before all that are.
const ascending = [
  "",
  "latest",
  "1.0.0-alpha",
  "1.0.0-alpha.1",
  "1.0.0-alpha.beta",
  "1.0.0-beta",
  "1.0.0-beta.2",
  "1.0.0-beta.11",
  "1.0.0-rc.1",
  "1.0.0",
  "1.2.0",
  "1.10.0",
  "2.0.0",
  "10.0.0",
];

test("versions stand in the order of the specification", () => {
  for (const [at, version] of ascending.entries())
    for (const [other, against] of ascending.entries())
      expect(Math.sign(compareVersions(version, against)), `${version} : ${against}`).toBe(Math.sign(at - other));
});

test("any texts have an order: antisymmetric and transitive", () => {
  const version = fc.oneof(
    fc.constantFrom(...ascending),
    fc.string({ maxLength: 12 }),
    fc.stringMatching(/^\d{1,3}\.\d{1,3}\.\d{1,3}(-[a-z0-9.]{1,5})?$/),
  );
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
        expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});

describe("the current version", () => {
  const of = (...versions: [string, string][]) =>
    currentOf(versions.map(([version, status]) => ({ version, status })))?.version;
  test("is the newest that is released, else the newest", () => {
    expect(of(["1.0.0", "active"], ["2.0.0", "deprecated"], ["3.0.0", "draft"])).toBe("2.0.0");
    expect(of(["1.0.0", "draft"], ["2.0.0", "retired"])).toBe("2.0.0");
    expect(of(["1.9.0", "active"], ["1.10.0", "active"])).toBe("1.10.0");
    expect(of()).toBeUndefined();
  });
});
