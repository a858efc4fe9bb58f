import * as fc from "fast-check";
import type { Constraints, Contract, ContractColumn } from "@meshwork/contract";
import { contract, port } from "../../testdata/contracts.ts";
import type { NamedPart, Part, PartShape } from "../columns.ts";
import { toColumn } from "../columns.ts";

const integer: fc.Arbitrary<PartShape> = fc
  .tuple(fc.constantFrom(8 as const, 16 as const, 32 as const, 64 as const, 128 as const), fc.boolean())
  .map(([bits, signed]) => ({ kind: "integer", bits, signed }));
const digits: fc.Arbitrary<PartShape> = fc
  .tuple(fc.integer({ min: 1, max: 38 }), fc.integer({ min: 0, max: 12 }))
  .map(([precision, scale]) => ({ kind: "decimal", precision, scale: Math.min(precision, scale) }));
const temporal: fc.Arbitrary<PartShape> = fc
  .tuple(fc.constantFrom("time" as const, "timestamp" as const), fc.constantFrom(0, 3, 6, 9), fc.boolean())
  .map(([kind, precision, zoned]) => ({ kind, precision, zoned }));
const scalar: fc.Arbitrary<PartShape> = fc.oneof(
  integer,
  digits,
  temporal,
  fc.constantFrom<PartShape>(
    { kind: "boolean" },
    { kind: "date" },
    { kind: "uuid" },
    { kind: "json" },
    { kind: "interval" },
    { kind: "float", bits: 32 },
    { kind: "float", bits: 64 },
    { kind: "string" },
    { kind: "string" },
    { kind: "binary" },
  ),
);

/** Plain names, and names that would end a quote, a comment or a statement. */
const name = fc.oneof(
  { weight: 5, arbitrary: fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/) },
  fc.constantFrom('a"b', "it's", "a`b", "x; drop table t; --", "[q]", "select", "constraint", "primary", "wört", "a b", "2x", "/*c", "a\\"),
);
const prose = fc.oneof(fc.stringMatching(/^[A-Za-z][A-Za-z ,.]{0,20}[a-z]$/), fc.constantFrom("It's \"so\".", "ends with \\", "-- no comment", "a; b", "`x` ${y}"));

const part = (depth: number): fc.Arbitrary<Part> =>
  fc.record({ shape: shape(depth), nullable: fc.boolean() }, { requiredKeys: ["shape", "nullable"] });

const shape = (depth: number): fc.Arbitrary<PartShape> =>
  depth === 0
    ? scalar
    : fc.oneof(
        { weight: 6, arbitrary: scalar },
        { weight: 1, arbitrary: part(depth - 1).map((element): PartShape => ({ kind: "array", element })) },
        {
          weight: 1,
          arbitrary: fc
            .tuple(fc.constantFrom<PartShape>({ kind: "string" }, { kind: "integer", bits: 64, signed: true }), part(depth - 1))
            .map(([key, value]): PartShape => ({ kind: "map", key: key as { kind: "string" }, value })),
        },
        {
          weight: 1,
          arbitrary: fc
            .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,4}$/), part(depth - 1)), { minLength: 1, maxLength: 3, selector: ([n]) => n })
            .map((fields): PartShape => ({ kind: "struct", fields: fields.map(([n, p]): NamedPart => ({ ...p, name: n })) })),
        },
        { weight: 1, arbitrary: fc.integer({ min: 2, max: 5 }).map((length): PartShape => ({ kind: "array", element: { shape: { kind: "float", bits: 32 }, nullable: false }, length })) },
      );

/** Rules that fit the type. */
function constraintsOf(of: PartShape): fc.Arbitrary<Constraints> {
  switch (of.kind) {
    case "integer":
    case "float":
      return fc.oneof(
        fc.constant({}),
        fc.record({ min: fc.integer({ min: -100, max: 0 }), max: fc.integer({ min: 1, max: 100 }) }, { requiredKeys: [] }),
        fc.record({ exclusiveMin: fc.integer({ min: -100, max: 0 }), exclusiveMax: fc.integer({ min: 1, max: 100 }) }, { requiredKeys: [] }),
        fc.record({ enum: fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 3 }) }),
      );
    case "string":
      return fc.oneof(
        fc.constant({}),
        fc.record({ minLength: fc.integer({ min: 1, max: 3 }), maxLength: fc.integer({ min: 4, max: 40 }) }, { requiredKeys: [] }),
        fc.record({ pattern: fc.constantFrom("^[a-z]+$", "it's", "^\\d{3}$", "(?:a|b)") }),
        fc.record({ enum: fc.uniqueArray(prose, { minLength: 1, maxLength: 3 }) }),
      );
    case "date":
      return fc.constantFrom<Constraints>({}, { min: "2020-01-01" });
    default:
      return fc.constant({});
  }
}

const column: fc.Arbitrary<ContractColumn> = shape(2).chain((of) =>
  fc
    .record(
      {
        name,
        nullable: fc.boolean(),
        description: prose,
        constraints: constraintsOf(of),
        unique: fc.boolean(),
      },
      { requiredKeys: ["name", "nullable", "constraints"] },
    )
    .map(({ unique, constraints, ...rest }) =>
      toColumn({ ...rest, shape: of, constraints: unique === true && comparable.has(of.kind) ? { ...constraints, unique } : constraints }),
    ),
);
const comparable = new Set(["integer", "string", "uuid", "date"]);

/** Contracts of one or two ports with columns of every kind; the first column may be the key. */
export const arbitraryContract: fc.Arbitrary<Contract> = fc
  .array(
    fc.tuple(
      fc.uniqueArray(column, { minLength: 1, maxLength: 5, selector: (each) => each.name.toLowerCase() }),
      fc.boolean(),
    ),
    { minLength: 1, maxLength: 2 },
  )
  .map((ports) =>
    contract({
      product: "orders",
      ports: ports.map(([columns, keyed], i) =>
        port(i === 0 ? "orders" : "orders_daily", columns.map((each, n) => (keyed && n === 0 && comparable.has(each.type.kind) ? { ...each, nullable: false, constraints: { ...each.constraints, unique: undefined, primaryKey: true } } : each)), {
          default: i === 0,
        }),
      ),
    }),
  );
