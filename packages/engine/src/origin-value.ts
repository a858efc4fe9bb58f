import type { ColumnOrigin, IndirectKind, IndirectOrigin } from "./engine.ts";
import type { Relation } from "@meshwork/sql";

/** A declared column that a plan reads; one object a column, so that sets of them are cheap. */
export interface ReadColumn {
  readonly key: string;
  readonly relation: Relation;
  readonly column: string;
}

const directKinds = ["identity", "transformation", "aggregation"] as const satisfies ColumnOrigin["kind"][];
const indirectKinds = ["filter", "join", "group", "sort", "window", "condition"] as const satisfies IndirectKind[];

/** Values by the strongest way they are read: an index into `directKinds`. */
type Direct = ReadonlyMap<ReadColumn, number>;
/** What decides, by the ways it does: bits in the order of `indirectKinds`. */
export type Deciders = ReadonlyMap<ReadColumn, number>;

/** What one column of an operator is made of; `undefined` where the plan does not tell. */
export interface OriginValue {
  readonly direct: Direct | undefined;
  readonly indirect: Deciders | undefined;
  /** A column of the query around that the planner carries into a subquery: joining on it reads nothing new. */
  readonly plumbing?: true | undefined;
  /** Of a struct put together in the query: its fields by name in lower case. */
  readonly fields?: ReadonlyMap<string, OriginValue> | undefined;
}

const nothing: ReadonlyMap<ReadColumn, number> = new Map();
export const unknownValue: OriginValue = { direct: undefined, indirect: undefined };
export const constantValue: OriginValue = { direct: nothing, indirect: nothing };
export const columnValue = (column: ReadColumn): OriginValue => ({ direct: new Map([[column, 0]]), indirect: nothing });

/** Joins values, each column once, with the strongest of the ways it is read and `least` at the least. */
export function mergeValues(values: readonly OriginValue[], least: ColumnOrigin["kind"] = "identity"): OriginValue {
  const floor = directKinds.indexOf(least);
  if (values.length === 1 && floor === 0) return values[0]!;
  let direct: Map<ReadColumn, number> | undefined = new Map();
  for (const value of values) {
    if (value.direct === undefined) {
      direct = undefined;
      break;
    }
    for (const [column, kind] of value.direct) direct.set(column, Math.max(floor, kind, direct.get(column) ?? 0));
  }
  const plumbing = floor === 0 && values.length > 0 && values.every((v) => v.plumbing) ? true : undefined;
  return { direct, indirect: unite(values.map((v) => v.indirect)), plumbing };
}

export function unite(all: readonly (Deciders | undefined)[]): Deciders | undefined {
  let out: Map<ReadColumn, number> | undefined;
  for (const deciders of all) {
    if (deciders === undefined) return undefined;
    for (const [column, bits] of deciders) {
      out ??= new Map();
      out.set(column, (out.get(column) ?? 0) | bits);
    }
  }
  return out ?? nothing;
}

/** All that values are made of and were decided by, as deciders of one kind: a filter on a CASE reads both its parts. */
export function decidedBy(values: readonly OriginValue[], kind: IndirectKind): Deciders | undefined {
  const bit = 1 << indirectKinds.indexOf(kind);
  let out: Map<ReadColumn, number> | undefined;
  for (const { direct, indirect } of values) {
    if (direct === undefined || indirect === undefined) return undefined;
    for (const column of direct.keys()) (out ??= new Map()).set(column, bit);
    for (const column of indirect.keys()) (out ??= new Map()).set(column, bit);
  }
  return out ?? nothing;
}

export const sameValue = (a: OriginValue, b: OriginValue): boolean =>
  sameMap(a.direct, b.direct) && sameMap(a.indirect, b.indirect);

const sameMap = (a: Deciders | undefined, b: Deciders | undefined): boolean =>
  a === b ||
  (a !== undefined && b !== undefined && a.size === b.size && [...a].every(([column, bits]) => b.get(column) === bits));

const sorted = (map: Deciders): [ReadColumn, number][] => [...map].sort(([a], [b]) => (a.key < b.key ? -1 : 1));

export const originsOf = (value: OriginValue): readonly ColumnOrigin[] | undefined =>
  value.direct &&
  sorted(value.direct).map(([{ relation, column }, kind]) => ({ relation, column, kind: directKinds[kind]! }));

export const indirectOrigins = (deciders: Deciders | undefined): readonly IndirectOrigin[] | undefined =>
  deciders &&
  sorted(deciders).flatMap(([{ relation, column }, bits]) =>
    indirectKinds.filter((_, i) => (bits & (1 << i)) !== 0).map((kind) => ({ relation, column, kind })),
  );
