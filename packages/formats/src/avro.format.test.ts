import { describe, expect, it } from "vitest";
import { avro } from "./avro.format.ts";
import { emit } from "./define-format.ts";
import { column, contract, port, struct, text } from "./testdata/contracts.ts";
import { everyFeature, everyType, hostile } from "./testdata/every-feature.ts";
import { expectGolden } from "./testdata/golden.ts";

interface Field {
  name: string;
  type: unknown;
  [more: string]: unknown;
}
const fields = (of: typeof everyFeature, i = 0): Field[] =>
  (JSON.parse(emit(avro, of).files[i]!.text) as { fields: Field[] }).fields;

describe("avro", () => {
  it("writes what a person can read, and lists what is lost", () => {
    expectGolden(avro, everyFeature, "every-feature");
    expectGolden(avro, everyType, "every-type");
  });

  it("calls every name by what Avro allows, each by its own, and keeps the author's", () => {
    const found = fields(hostile);
    expect(found.every((field) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(field.name))).toBe(true);
    expect(new Set(found.map((field) => field.name)).size).toBe(found.length);
    expect(found.map((field) => field["meshwork.name"] ?? field.name)).toEqual(
      hostile.ports[0]!.columns.map((each) => each.name),
    );
  });

  it("gives records of one name numbers, because Avro knows a name once", () => {
    const same = struct({ name: "x", type: struct({ name: "x", type: text }) });
    const c = contract({ ports: [port("t", [column("a-b", same), column("a_b", same)])] });
    const names: string[] = [];
    JSON.parse(emit(avro, c).files[0]!.text, (key, value: { type?: unknown; name?: string }) => {
      if (value !== null && typeof value === "object" && value.type === "record") names.push(value.name!);
      return value;
    });
    expect(names).toHaveLength(5);
    expect(new Set(names).size).toBe(5);
  });
});
