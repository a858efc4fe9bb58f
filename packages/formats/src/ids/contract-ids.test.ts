import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Contract } from "@meshwork/contract";
import { emit } from "../define-format.ts";
import { iceberg } from "../iceberg.format.ts";
import { protobuf } from "../protobuf.format.ts";
import { array, column, contract, int, port, struct, text } from "../testdata/contracts.ts";
import type { ContractIds } from "./contract-ids.ts";
import { assignIds, idsText, readIds } from "./contract-ids.ts";

const of = (...names: string[]): Contract =>
  contract({
    ports: [
      port(
        "t",
        names.map((name) => column(name, text)),
      ),
    ],
  });
const numbers = (ids: ContractIds, key = "t@2"): Readonly<Record<string, number>> => ids.ports[key]!.columns;

describe("numbers of columns", () => {
  it("are given level by level, with the parts of nested values", () => {
    const c = contract({
      ports: [
        port("t", [
          column("lines", array(struct({ name: "sku", type: text }, { name: "n", type: int }))),
          column("labels", { kind: "map", key: text, value: { name: "value", type: int, nullable: true } }),
          column("a.b", text),
        ]),
      ],
    });
    expect(numbers(assignIds(undefined, c))).toEqual({
      lines: 1,
      labels: 2,
      "a\\.b": 3,
      "lines.element": 4,
      "labels.key": 5,
      "labels.value": 6,
      "lines.element.sku": 7,
      "lines.element.n": 8,
    });
  });

  it("stay with their column, are never given twice, and begin anew with a major version", () => {
    const first = assignIds(undefined, of("a", "b"));
    const second = assignIds(first, of("b", "c"));
    expect(numbers(second)).toEqual({ a: 1, b: 2, c: 3 });
    expect(numbers(assignIds(second, of("a", "d")))).toEqual({ a: 1, b: 2, c: 3, d: 4 });
    const next = assignIds(second, { ...of("z"), version: "3.0.0" });
    expect([numbers(next), numbers(next, "t@3")]).toEqual([{ a: 1, b: 2, c: 3 }, { z: 1 }]);
  });

  it("only ever grow, whatever becomes of the columns", () => {
    const names = fc.uniqueArray(fc.string({ maxLength: 3 }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(names, { minLength: 1, maxLength: 6 }), (steps) => {
        let ids: ContractIds | undefined;
        const ever = new Map<string, number>();
        for (const step of steps) {
          const next = assignIds(ids, of(...step));
          for (const [path, id] of Object.entries(numbers(next))) {
            expect(ever.get(path) ?? id).toBe(id);
            ever.set(path, id);
          }
          ids = readIds(idsText(next));
          expect(ids).toEqual(next);
        }
        expect(new Set(ever.values()).size).toBe(ever.size);
      }),
    );
  });

  it("leave out those that Protobuf keeps for itself", () => {
    const before: ContractIds = { version: 1, ports: { "t@2": { last: 18_999, columns: { a: 18_999 } } } };
    expect(numbers(assignIds(before, of("a", "b")))["b"]).toBe(20_000);
  });

  it.each([
    "",
    "[]",
    '{"version":2,"ports":{}}',
    '{"version":1,"ports":{"t@1":{"last":2,"columns":{"a":1,"b":1}}}}',
    '{"version":1,"ports":{"t@1":{"last":1,"columns":{"a":2}}}}',
    '{"version":1,"ports":{"t@1":{"last":1,"columns":{"a":"1"}}}}',
  ])("are not read from %s", (file) => expect(readIds(file)).toBeUndefined());
});

describe("formats with numbers", () => {
  it("reserve in Protobuf what is gone, and keep the rest", () => {
    const { ids } = emit(protobuf, of("a", "b"));
    const { files } = emit(protobuf, of("b", "c"), { ids });
    expect(files[0]!.text).toContain("reserved 1;");
    expect(files[0]!.text).toContain("optional string b = 2;");
    expect(files[0]!.text).toContain("optional string c = 3;");
  });

  it("number alike in Protobuf and Iceberg", () => {
    const { ids } = emit(protobuf, of("a", "b"));
    const { files, ids: same } = emit(iceberg, of("b"), { ids });
    expect(same).toEqual(ids);
    expect((JSON.parse(files[0]!.text) as { fields: unknown }).fields).toEqual([
      { id: 2, name: "b", required: false, type: "string" },
    ]);
  });
});
