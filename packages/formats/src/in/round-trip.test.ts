import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { readContract } from "@meshwork/contract";
import type { Contract } from "@meshwork/contract";
import { describe, expect, it } from "vitest";
import { formatNamed } from "../registry.ts";
import { everyFeature, everyType } from "../testdata/every-feature.ts";
import { importFormats } from "./registry.ts";
import { arbitraryContract } from "./testdata/arbitrary-contract.ts";
import { complete, roundTrip } from "./testdata/round-trip.ts";

/** Formats that are written and read. */
const both = importFormats.map((format) => format.name).filter((name) => formatNamed(name) !== undefined);
const orderEvents = readContract({
  file: "order-events.yaml",
  text: readFileSync(join(import.meta.dirname, "../testdata/order-events.yaml"), "utf8"),
}).value!;

/** What differs and nobody listed; what is listed and does not differ. */
function disagreement(
  format: string,
  contract: Contract,
): { unlisted: string[]; kept: string[]; problems: readonly string[] } {
  const { differences, listed, problems } = roundTrip(format, complete(contract));
  return {
    unlisted: differences.filter((each) => !listed.includes(each)),
    kept: listed.filter((each) => !differences.includes(each) && !mayBeKept(format, each)),
    problems,
  };
}
/**
 * A suite says nothing of types: the reader lists each, although text may have been text. Avro's own readers see
 * another name; ours finds the column's beside it.
 */
const mayBeKept = (format: string, listed: string): boolean =>
  (format === "great-expectations" && listed.endsWith(": type")) || (format === "avro" && listed.endsWith(": name"));
/** The disagreement and the columns that make it; a whole contract fills the screen. */
function shortly(details: fc.RunDetails<[Contract]>): void {
  if (!details.failed) return;
  const [contract] = details.counterexample ?? [];
  const columns = contract?.ports.flatMap((port) =>
    port.columns.map((c) =>
      JSON.stringify({
        name: c.name,
        type: c.type,
        nullable: c.nullable,
        constraints: c.constraints,
        description: c.description,
      }),
    ),
  );
  throw new Error(`seed ${details.seed}: ${String(details.errorInstance)}\n${columns?.join("\n")}`, {
    cause: details.errorInstance,
  });
}
const agreement = { unlisted: [], kept: [], problems: [] };

describe.each(both)("%s: a contract comes back, but for exactly what both sides list", (format) => {
  it.each([
    ["every-feature", everyFeature],
    ["every-type", everyType],
    ["order-events", orderEvents],
  ] as const)("%s", (_, contract) => {
    expect(disagreement(format, contract)).toEqual(agreement);
  });

  it("whatever it holds", () => {
    fc.assert(
      fc.property(arbitraryContract, (contract) => {
        expect(disagreement(format, contract)).toEqual(agreement);
      }),
      { numRuns: 60, reporter: shortly },
    );
  });
});

it("is tried for every format that is written and read", () => {
  expect(both.length).toBeGreaterThanOrEqual(15);
});
