import { describe, expect, it } from "vitest";
import { lintContract, readContract, writeOdps } from "../index.ts";
import { placeless } from "../testdata/placeless.ts";
import { standardDocuments } from "../testdata/standard-documents.ts";

const read = (text: string, file = "a.odps.yaml") => readContract({ file, text });

const PRODUCT = `apiVersion: v1.0.0
kind: DataProduct
id: 5a1f
name: Order Events
version: 2.1.0
status: active
domain: orders
description: { purpose: Every order., usage: Reports., limitations: No returns. }
tags: [sales]
inputPorts:
  - { name: payments, version: 2.0.0, contractId: finance.payments }
  - { name: payments, version: 1.4.0, contractId: finance.payments }
outputPorts:
  - { name: order_events, version: 1.0.0, contractId: c1, type: tables }
  - name: order_events
    version: 2.1.0
    contractId: c2
    inputContracts: [{ id: finance.payments, version: 2.0.0 }]
    sbom: [{ url: "https://example.com/sbom" }]
managementPorts:
  - { name: dictionary, content: dictionary, type: rest, url: "https://example.com/d" }
support:
  - { channel: "#orders", url: "https://example.com/slack" }
team:
  name: orders
  members: [{ username: ann@example.com, role: owner }]
customProperties: [{ property: cost, value: { centre: 12 } }]
productCreatedTs: 2026-01-02T03:04:05Z
`;

describe("a product of the Open Data Product Standard", () => {
  it.each(standardDocuments("odps").map(({ file, text }) => [file, text]))(
    "%s is read without an error",
    (file, text) => {
      expect(read(text, file).diagnostics.filter((d) => d.severity === "error")).toEqual([]);
    },
  );

  it("is read into the one model", () => {
    const { value, diagnostics } = read(PRODUCT);
    expect(diagnostics).toEqual([]);
    expect(value).toMatchObject({
      dialect: "odps/1.0.0",
      product: "order-events",
      domain: "orders",
      version: "2.1.0",
      description: "Every order.",
      owner: "ann@example.com",
      inputs: [
        { name: "payments", from: { domain: "finance", product: "payments", major: 2 } },
        { name: "payments_v1", from: { domain: "finance", product: "payments", major: 1 } },
      ],
      ports: [
        { name: "order_events_v1", default: false, schemaType: "tables" },
        { name: "order_events", default: true },
      ],
    });
  });

  it("comes back from read and write as an equal product, and loses nothing", () => {
    for (const { file, text } of [...standardDocuments("odps"), { file: "a", text: PRODUCT }]) {
      const first = read(text, file).value!;
      const { text: again, losses } = writeOdps(first);
      const second = read(again, file);
      expect([file, losses, second.diagnostics]).toEqual([file, [], []]);
      expect([file, placeless(second.value)]).toEqual([file, placeless(first)]);
      expect(second.value!.dialect).toBe(first.dialect);
    }
  });

  it.each([
    ["unknown-key", "contractId: c1", "contractID: c1", 14],
    ["missing-key", "name: payments, version: 2.0.0, ", "name: payments, ", 11],
    ["wrong-type", "version: 2.1.0\nstatus", "version: 2\nstatus", 5],
    ["unknown-value", "v1.0.0", "v1.1.0", 1],
    ["owner-email", "ann@example.com", "ann", 25],
  ])("shows %s where it stands", (code, from, to, line) => {
    expect(PRODUCT).toContain(from);
    const found = lintContract(read(PRODUCT.replace(from, to)), { today: "2026-11-21" });
    expect(found.map((d) => `${d.code} ${d.span?.line}`)).toContain(`contract/${code} ${line}`);
  });

  it("lists what belongs into the contracts of the ports", () => {
    const text = `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: facts, domain: orders, version: 1.0.0 }
spec:
  sla: { freshness: 1h }
  schema: { fields: [{ name: id, type: string }] }
`;
    const { text: written, losses } = writeOdps(read(text, "b.yaml").value!);
    expect(read(written).diagnostics).toEqual([]);
    expect(losses.map(({ what }) => what)).toEqual(["service levels", "columns of facts"]);
  });
});
