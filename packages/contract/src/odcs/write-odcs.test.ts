import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { dump } from "js-yaml";
import { describe, expect, it } from "vitest";
import { lockText, readContract, writeContract, writeOdcs } from "../index.ts";
import type { Contract } from "../index.ts";
import { arbitraryFile } from "../testdata/arbitrary-file.ts";
import { placeless } from "../testdata/placeless.ts";
import { standardDocuments } from "../testdata/standard-documents.ts";

const read = (text: string, file = "a.odcs.yaml") => readContract({ file, text });
const errorsOf = (text: string) =>
  read(text).diagnostics.filter((d) => d.severity === "error" || d.severity === "warning");

const isDefault = (contract: Contract, name: string): boolean =>
  contract.ports.some((port) => port.default && port.name === name);
const lockless = (sla: Contract["sla"]): string => JSON.stringify(sla);

/** Checks have no order that counts: rules stand with their columns there. */
const meaning = (contract: Contract | undefined): unknown =>
  placeless({
    ...contract,
    ports: contract?.ports.map((port) => ({
      ...port,
      checks: [...port.checks].sort((a, b) => (a.name < b.name ? -1 : 1)),
    })),
  });

describe("every valid document of the standard and of its reference tool", () => {
  const documents = [...standardDocuments("odcs"), ...standardDocuments("datacontract-cli")].filter(
    ({ text, file }) =>
      /^kind: *"?DataContract/m.test(text) && read(text, file).diagnostics.every((d) => d.severity !== "error"),
  );

  it("comes back from read and write as an equal contract, and loses nothing", () => {
    expect(documents.length).toBeGreaterThan(125);
    for (const { file, text } of documents) {
      const first = read(text, file).value!;
      const written = writeOdcs(first);
      const second = read(written.text, file);
      expect([file, written.losses, placeless(second.value)]).toEqual([file, [], placeless(first)]);
      expect([file, second.value!.dialect]).toEqual([file, first.dialect]);
      expect([file, writeOdcs(second.value!).text]).toEqual([file, written.text]);
    }
  });

  it("keeps its promises and what we have no word for in our own dialect", () => {
    for (const { file, text } of documents) {
      const first = read(text, file).value!;
      // Our dialect has one place for the service levels of the product and of its default port.
      if (first.ports.some((port) => port.default && lockless(port.sla) !== lockless(first.sla))) continue;
      const ours = read(writeContract(first), "b.yaml");
      // There a named port is never the default one.
      const ports = ours.value!.ports.map((port) => ({ ...port, default: isDefault(first, port.name) }));
      expect([file, lockText({ ...ours.value!, ports })]).toEqual([file, lockText(first)]);
      expect([file, ours.value!.extensions]).toEqual([file, first.extensions]);
    }
  });

  it.each(["3.0", "3.1", "3.2"] as const)(
    "is valid when it is written as %s, and what is missing is listed",
    (version) => {
      for (const { file, text } of documents) {
        const first = read(text, file).value!;
        const written = writeOdcs(first, { version });
        expect([file, errorsOf(written.text).map((d) => d.message)]).toEqual([file, []]);
        const dropped = written.losses.filter(({ how }) => how === "dropped");
        const second = read(written.text).value!;
        if (dropped.length === 0) expect([file, lockText(second)]).toEqual([file, lockText(first)]);
      }
    },
  );
});

describe("a contract of our own dialect", () => {
  it.each(["3.0", "3.1", "3.2"] as const)("is the same contract after %s, for every key of the format", (version) => {
    fc.assert(
      fc.property(arbitraryFile, (file) => {
        const first = read(dump(file), "b.yaml").value!;
        // Two ports of one name are an error in both dialects.
        fc.pre(new Set(first.ports.map(({ name }) => name)).size === first.ports.length);
        const written = writeOdcs(first, { version });
        expect(errorsOf(written.text).map((d) => d.message)).toEqual([]);
        expect(written.losses.filter(({ how }) => how === "dropped")).toEqual([]);
        const second = read(written.text).value!;
        expect(meaning(second)).toEqual(meaning(first));
        expect(lockText(second)).toBe(lockText(first));
      }),
      { numRuns: 100 },
    );
  });

  it("writes bounds that a number does not hold digit by digit", () => {
    const text = `apiVersion: v3.1.0
kind: DataContract
id: a
version: 1.0.0
status: active
schema:
  - name: t
    properties:
      - { name: n, logicalType: integer, logicalTypeOptions: { format: i64, maximum: 9223372036854775807 } }
`;
    const first = read(text).value!;
    const written = writeOdcs(first);
    expect(written).toMatchObject({ losses: [] });
    expect(written.text).toContain("maximum: 9223372036854775807 ");
    expect(placeless(read(written.text).value)).toEqual(placeless(first));
  });

  it("keeps the words of a document about parts that have no place of their own in the model", () => {
    const text = `apiVersion: v3.2.0
kind: DataContract
id: a
version: 1.0.0
status: active
schema:
  - name: t
    properties:
      - { name: tags, logicalType: array, items: { name: tag, logicalType: string, partitioned: true } }
      - { name: day, logicalType: date, partitionKeyPosition: 3 }
      - name: labels
        logicalType: map
        map: { key: { logicalType: string, description: A locale. }, value: { logicalType: string } }
      - name: code
        logicalType: string
        quality:
          - type: custom
            engine: greatExpectations
            implementation: { type: expect_column_value_lengths_to_equal, kwargs: { value: 1 }, meta: { note: a } }
`;
    const { value } = read(text);
    const { text: written } = writeOdcs(value!);
    for (const kept of ["name: tag,", "partitionKeyPosition: 3", "description: A locale.", "meta: { note: a }"])
      expect(written).toContain(kept);
    expect(value!.ports[0]!.checks).toMatchObject([{ column: "code" }]);
  });

  it("lists what other tools will not see", () => {
    const url = new URL("../testdata/source-documents/data-product-contract.yaml", import.meta.url);
    const { losses } = writeOdcs(read(readFileSync(url, "utf8"), "b.yaml").value!, { version: "3.1" });
    const told = losses.map(({ path, what, how }) => `${path.join(".")} ${what} ${how}`);
    expect(told).toContain("schema.0.properties.2.customProperties.0 masking custom-property");
    expect(told).toContain("customProperties.0 lineage custom-property");
  });
});
