import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Contract } from "@meshwork/contract";
import { lockText, readContract } from "@meshwork/contract";
import { classifyAll } from "./classify.ts";
import { diff } from "./diff.ts";

const file = join(import.meta.dirname, "testdata/order-events.yaml");
const read = readContract({ file: "order-events.yaml", text: readFileSync(file, "utf8") }).value!;
// What the example leaves out, so that every promise there is has a value to be changed.
const rich: Contract = {
  ...read,
  deprecation: { since: "2.0.0", until: "2027-01-01", replacedBy: "orders.facts", reason: "r", guide: "g" },
  storage: { ...read.storage!, location: "s3://a", encryption: "AES-256" },
  sla: { ...read.sla, latency: { text: "1m", seconds: 60 } },
  ports: read.ports.map((port, i) =>
    i > 0 ? port : { ...port, columns: [...port.columns, full("everything"), { ...full("second"), constraints: {} }] },
  ),
};
function full(name: string) {
  const constraints = {
    unique: true,
    minLength: 1,
    maxLength: 9,
    min: 1,
    max: 8,
    exclusiveMin: 0,
    exclusiveMax: 9,
    pattern: "a",
    enum: ["a", "b"],
    format: "email",
    timezone: "UTC",
    references: "a.b.c",
    primaryKey: true,
    primaryKeyPosition: 2,
  };
  return {
    name,
    type: { kind: "decimal", precision: 9, scale: 2 } as const,
    typeName: "decimal",
    nullable: false,
    title: "t",
    tags: ["x"],
    constraints,
    pii: true,
    masking: "hash" as const,
    classification: "restricted" as const,
    deprecated: { since: "1.0.0", until: "2027-01-01" },
    media: {
      types: ["image/png", "image/jpeg"],
      base: "s3://a/",
      schemes: ["s3", "https"],
      typeColumn: "t",
      sizeColumn: "s",
      checksum: { algorithm: "sha256" as const, column: "c" },
      maxBytes: 9,
    },
    extensions: { "x-a": 1 },
    at: [],
  };
}

type Step = string | number;
/** Places that hold no promise of their own: positions, the spelling of a value that stands beside it. */
const silent = new Set(["at", "kind", "dialect", "typeName", "text"]);

function* places(value: unknown, path: readonly Step[] = []): Generator<readonly Step[]> {
  if (path.length > 0 && silent.has(String(path.at(-1)))) return;
  // An element is reached by its column; what it is called says nothing.
  if (path.at(-1) === "name" && path.at(-2) === "element") return;
  if (typeof value !== "object" || value === null) {
    yield path;
    return;
  }
  if (path.length > 0) yield path;
  for (const [key, inner] of Object.entries(value))
    yield* places(inner, [...path, Array.isArray(value) ? Number(key) : key]);
}

const other = (value: unknown): unknown => {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  if (value === "warning") return "error";
  if (typeof value === "string") return `${value}2`;
  return undefined;
};

/** A copy with one place changed, or removed where it holds more than a value. */
function changed(contract: Contract, path: readonly Step[], remove: boolean): Contract {
  const copy = structuredClone(contract) as unknown;
  let at = copy as Record<Step, unknown>;
  for (const step of path.slice(0, -1)) at = at[step] as Record<Step, unknown>;
  const last = path.at(-1)!;
  // A required place is never taken away; what holds more than one value is only taken away.
  const next = remove ? undefined : other(at[last]);
  if (!remove && next === undefined) return contract;
  if (remove && typeof last === "string" && required.has(last)) return contract;
  if (next !== undefined) at[last] = next;
  else if (Array.isArray(at)) at.splice(Number(last), 1);
  else delete at[last];
  return copy as Contract;
}

/** What every contract has cannot be taken away, only changed. */
const required = new Set([
  "name",
  "id",
  "domain",
  "product",
  "version",
  "status",
  "tags",
  "ownership",
  "sla",
  "inputs",
  "ports",
  "lineage",
  "access",
  "extensions",
  "columns",
  "checks",
  "constraints",
  "type",
  "nullable",
  "pii",
  "from",
  "roles",
  "policies",
  "purposes",
  "partitionBy",
  "upstream",
  "downstream",
  "previousVersions",
  "useCases",
  "assertion",
  "arguments",
  "severity",
  "seconds",
  "value",
  "period",
  "element",
  "fields",
  "dimensions",
  "types",
  "algorithm",
  "column",
  "default",
  "precision",
  "scale",
  "bits",
  "signed",
  "zoned",
  "key",
]);

const safely = (work: () => string): string | undefined => {
  try {
    return work();
  } catch {
    return undefined;
  }
};

describe("diff", () => {
  it("is empty for equal contracts", () => {
    expect(diff(rich, structuredClone(rich))).toEqual([]);
    expect(diff(read, rich).length).toBeGreaterThan(0);
  });

  it("finds a change of every promise, one place at a time, in both directions", () => {
    const lock = lockText(rich);
    let promises = 0;
    for (const path of places(rich)) {
      for (const remove of [false, true]) {
        const next = changed(rich, path, remove);
        const text = safely(() => lockText(next));
        if (text === undefined || text === lock) continue;
        promises++;
        expect(diff(rich, next), `${remove ? "removed" : "changed"} ${path.join(".")}`).not.toEqual([]);
        expect(diff(next, rich), `restored ${path.join(".")}`).not.toEqual([]);
      }
    }
    // Should the example lose its richness, this test would say little.
    expect(promises).toBeGreaterThan(200);
  });

  it("finds every text and label, too", () => {
    const texts = [...places(rich)].filter((path) =>
      ["title", "description", "limitations", "owner", "documentationUrl", "reason"].includes(String(path.at(-1))),
    );
    expect(texts.length).toBeGreaterThan(8);
    for (const path of texts) {
      const found = diff(rich, changed(rich, path, false));
      expect(
        found.map((change) => change.effect),
        path.join("."),
      ).toEqual(["neutral"]);
    }
  });

  it("finds something wherever the locks of two edited contracts differ", () => {
    const all = [...places(rich)].filter((path) => typeof path.at(-1) === "string");
    const edits = fc.array(fc.tuple(fc.constantFrom(...all), fc.boolean()), { maxLength: 5 });
    const edited = (list: readonly (readonly [readonly Step[], boolean])[]) =>
      list.reduce<Contract>((c, [path, remove]) => {
        const next = safely(() => JSON.stringify(changed(c, path, remove)));
        return next !== undefined && safely(() => lockText(JSON.parse(next) as Contract)) !== undefined
          ? (JSON.parse(next) as Contract)
          : c;
      }, rich);
    fc.assert(
      fc.property(edits, edits, (a, b) => {
        const [before, after] = [edited(a), edited(b)];
        if (lockText(before) !== lockText(after)) expect(diff(before, after)).not.toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("names the same places in both directions, and nothing of a contract and itself", () => {
    const all = [...places(rich)].filter((path) => typeof path.at(-1) === "string");
    const edits = fc.array(fc.tuple(fc.constantFrom(...all), fc.boolean()), { maxLength: 4 });
    const edited = (list: readonly (readonly [readonly Step[], boolean])[]) =>
      list.reduce<Contract>((c, [path, remove]) => {
        const next = safely(() => JSON.stringify(changed(c, path, remove)));
        const valid = next !== undefined && safely(() => lockText(JSON.parse(next) as Contract)) !== undefined;
        return valid ? (JSON.parse(next) as Contract) : c;
      }, rich);
    const placesOf = (a: Contract, b: Contract) =>
      new Set(diff(a, b).map(({ scope, port, input, column }) => JSON.stringify([scope, port, input, column])));
    fc.assert(
      fc.property(edits, edits, (a, b) => {
        const [before, after] = [edited(a), edited(b)];
        expect(placesOf(before, after)).toEqual(placesOf(after, before));
        expect(diff(after, structuredClone(after))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("grades prose alone as a patch, whichever texts change together", () => {
    const prose = [...places(rich)].filter((path) =>
      ["title", "description", "limitations", "documentationUrl", "reason"].includes(String(path.at(-1))),
    );
    fc.assert(
      fc.property(fc.subarray(prose, { minLength: 1 }), (paths) => {
        const next = paths.reduce((c, path) => changed(c, path, false), rich);
        expect(new Set(classifyAll(diff(rich, next)).map((change) => change.level))).toEqual(new Set(["patch"]));
        expect(lockText(next)).toBe(lockText(rich));
      }),
    );
  });
});
