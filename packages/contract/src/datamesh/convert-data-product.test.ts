import { describe, expect, it } from "vitest";
import { convertToDatamesh, lockText, readContract } from "../index.ts";
import { standardDocuments } from "../testdata/standard-documents.ts";

const read = (text: string, file = "a.odcs.yaml") => readContract({ file, text });

describe("a contract of a standard in our own dialect", () => {
  it("promises the same, or says what it promises otherwise", () => {
    const documents = ["odcs", "odps", "dcs", "datacontract-cli"].flatMap((folder) => standardDocuments(folder));
    let whole = 0;
    for (const { file, text } of documents) {
      const first = read(text, file);
      if (first.value === undefined || first.diagnostics.some(({ severity }) => severity === "error")) continue;
      const { text: written, losses } = convertToDatamesh(first.value);
      const second = read(written, "data-product-contract.yaml");
      const dropped = losses.filter(({ how }) => how === "dropped").map(({ what }) => what);
      const errors = second.diagnostics.filter(({ severity }) => severity === "error");
      expect([
        file,
        errors.map(({ message }) => message.replace(/\.$/, "")).filter((what) => !dropped.includes(what)),
      ]).toEqual([file, []]);
      if (dropped.length > 0) continue;
      whole++;
      expect([file, lockText(second.value!)]).toEqual([file, lockText(first.value)]);
    }
    expect(whole).toBeGreaterThan(20);
  });

  it("names what becomes of names and types that it does not take", () => {
    const { value } = read(`apiVersion: v3.1.0
kind: DataContract
id: a
name: My quantum
version: 1.0.0
status: active
servers: [{ server: s, type: kafka, host: h }]
schema:
  - name: 1st
    properties:
      - { name: shape, physicalType: geography }
      - { name: anything }
      - { name: things, logicalType: array }
`);
    const { text, losses } = convertToDatamesh(value!);
    expect(losses.map(({ what, how }) => `${how}: ${what}`)).toEqual([
      'dropped: the name "My quantum" becomes my_quantum',
      'dropped: the port "1st" becomes n_1st',
      "dropped: the type geography of n_1st.shape becomes any",
      "custom-property: servers",
    ]);
    const again = read(text, "data-product-contract.yaml");
    expect(again.diagnostics).toEqual([]);
    expect(again.value).toMatchObject({ name: "my_quantum", title: "My quantum" });
    expect(again.value!.ports[0]!.columns.map(({ typeName }) => typeName)).toEqual(["any", "any", "array<json>"]);
  });
});
