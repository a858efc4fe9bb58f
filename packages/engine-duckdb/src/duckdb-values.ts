import type * as duckdbModule from "@duckdb/node-api";
import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";
import type { Cell } from "@meshwork/engine";
import type { Field, LogicalType } from "@meshwork/sql";

type DuckDB = typeof duckdbModule;
type Decode = (value: DuckDBValue) => Cell;

const field = (type: LogicalType, name = "element"): Field => ({ name, type, nullable: true });
const integer = (bits: 8 | 16 | 32 | 64 | 128, signed: boolean): LogicalType => ({ kind: "integer", bits, signed });

/** The logical type of a result column. */
export function logicalType(duckdb: DuckDB, type: DuckDBType): LogicalType {
  const id = duckdb.DuckDBTypeId;
  if (type.alias === "JSON") return { kind: "json" };
  switch (type.typeId) {
    case id.BOOLEAN:
      return { kind: "boolean" };
    case id.TINYINT:
      return integer(8, true);
    case id.SMALLINT:
      return integer(16, true);
    case id.INTEGER:
      return integer(32, true);
    case id.BIGINT:
      return integer(64, true);
    case id.HUGEINT:
      return integer(128, true);
    case id.UTINYINT:
      return integer(8, false);
    case id.USMALLINT:
      return integer(16, false);
    case id.UINTEGER:
      return integer(32, false);
    case id.UBIGINT:
      return integer(64, false);
    case id.UHUGEINT:
      return integer(128, false);
    case id.FLOAT:
      return { kind: "float", bits: 32 };
    case id.DOUBLE:
      return { kind: "float", bits: 64 };
    case id.VARCHAR:
      return { kind: "string" };
    case id.BLOB:
      return { kind: "binary" };
    case id.DATE:
      return { kind: "date" };
    case id.UUID:
      return { kind: "uuid" };
    case id.INTERVAL:
      return { kind: "interval" };
    case id.TIME:
      return { kind: "time", precision: 6, zoned: false };
    case id.TIME_NS:
      return { kind: "time", precision: 9, zoned: false };
    case id.TIME_TZ:
      return { kind: "time", precision: 6, zoned: true };
    case id.TIMESTAMP:
      return { kind: "timestamp", precision: 6, zoned: false };
    case id.TIMESTAMP_S:
      return { kind: "timestamp", precision: 0, zoned: false };
    case id.TIMESTAMP_MS:
      return { kind: "timestamp", precision: 3, zoned: false };
    case id.TIMESTAMP_NS:
      return { kind: "timestamp", precision: 9, zoned: false };
    case id.TIMESTAMP_TZ:
      return { kind: "timestamp", precision: 6, zoned: true };
    default:
      break;
  }
  if (type instanceof duckdb.DuckDBDecimalType) return { kind: "decimal", precision: type.width, scale: type.scale };
  if (type instanceof duckdb.DuckDBListType)
    return { kind: "array", element: field(logicalType(duckdb, type.valueType)) };
  if (type instanceof duckdb.DuckDBArrayType)
    return { kind: "array", element: field(logicalType(duckdb, type.valueType)), length: type.length };
  if (type instanceof duckdb.DuckDBMapType)
    return {
      kind: "map",
      key: logicalType(duckdb, type.keyType),
      value: field(logicalType(duckdb, type.valueType), "value"),
    };
  if (type instanceof duckdb.DuckDBStructType)
    return {
      kind: "struct",
      fields: type.entryNames.map((name, i) => field(logicalType(duckdb, type.entryTypes[i]!), name)),
    };
  return { kind: "opaque", engine: "duckdb", name: type.toString() };
}

/** `2024-01-31 10:00:00.5` as ISO 8601; infinities stay words. */
const isoTimestamp = (text: string): string => text.replace(" ", "T");

const micros = 1_000_000n;
/** Microseconds since the epoch as an instant with all its digits: `2024-01-31T10:00:00.000001Z`. */
function isoInstant(value: bigint): string {
  const largest = 2n ** 63n - 1n;
  if (value === largest) return "infinity";
  if (value === -largest) return "-infinity";
  const rest = ((value % micros) + micros) % micros;
  const seconds = Number((value - rest) / micros);
  const date = new Date(seconds * 1000);
  // JavaScript's dates end some 270,000 years off, DuckDB's a little later.
  if (Number.isNaN(date.getTime())) return `${value}us`;
  const digits = rest === 0n ? "" : `.${rest.toString().padStart(6, "0").replace(/0+$/, "")}`;
  return `${date.toISOString().slice(0, -5)}${digits}Z`;
}

/** An interval as an ISO 8601 duration: months, days and time stay apart, as their lengths differ. */
function isoDuration(months: number, days: number, time: bigint): string {
  const years = Math.trunc(months / 12);
  const rest = months % 12;
  const date = (years ? `${years}Y` : "") + (rest ? `${rest}M` : "") + (days ? `${days}D` : "");
  const sign = time < 0n ? "-" : "";
  const absolute = time < 0n ? -time : time;
  const fraction = absolute % micros;
  const seconds = absolute / micros;
  const digits = fraction === 0n ? "" : `.${fraction.toString().padStart(6, "0").replace(/0+$/, "")}`;
  const clock = time === 0n ? "" : `T${sign}${seconds}${digits}S`;
  return date + clock === "" ? "PT0S" : `P${date}${clock}`;
}

const same: Decode = (value) => value as Cell;
const text: Decode = (value) => String(value);
const big: Decode = (value) => (typeof value === "bigint" ? value : BigInt(value as number));

const orNull =
  (decode: Decode): Decode =>
  (value) =>
    value === null ? null : decode(value);

/**
 * Makes the function that turns a column's values into cells without loss: 64-bit integers as bigint, decimals,
 * dates and times as text (ISO 8601; instants end in `Z`), lists as arrays, structs and maps with text keys as
 * objects, other maps as arrays of `{key, value}`.
 */
export function decoder(duckdb: DuckDB, type: DuckDBType): Decode {
  const id = duckdb.DuckDBTypeId;
  switch (type.typeId) {
    case id.BOOLEAN:
    case id.TINYINT:
    case id.SMALLINT:
    case id.INTEGER:
    case id.UTINYINT:
    case id.USMALLINT:
    case id.UINTEGER:
    case id.FLOAT:
    case id.DOUBLE:
    case id.VARCHAR:
    case id.ENUM:
      return same;
    case id.BIGINT:
    case id.UBIGINT:
    case id.HUGEINT:
    case id.UHUGEINT:
    case id.BIGNUM:
      return orNull(big);
    case id.TIMESTAMP:
    case id.TIMESTAMP_S:
    case id.TIMESTAMP_MS:
    case id.TIMESTAMP_NS:
      return orNull((value) => isoTimestamp(String(value)));
    case id.TIMESTAMP_TZ:
      return orNull((value) => isoInstant((value as InstanceType<DuckDB["DuckDBTimestampTZValue"]>).micros));
    case id.INTERVAL:
      return orNull((value) => {
        const interval = value as InstanceType<DuckDB["DuckDBIntervalValue"]>;
        return isoDuration(interval.months, interval.days, interval.micros);
      });
    case id.BLOB:
      // Copied: the engine's own memory is reused with the next chunk.
      return orNull((value) => Uint8Array.from((value as InstanceType<DuckDB["DuckDBBlobValue"]>).bytes));
    case id.SQLNULL:
      return () => null;
    default:
      break;
  }
  if (type instanceof duckdb.DuckDBListType || type instanceof duckdb.DuckDBArrayType) {
    const element = decoder(duckdb, type.valueType);
    return orNull((value) => (value as { items: readonly DuckDBValue[] }).items.map(element));
  }
  if (type instanceof duckdb.DuckDBStructType) {
    const fields = type.entryNames.map((name, i) => [name, decoder(duckdb, type.entryTypes[i]!)] as const);
    // fromEntries defines own properties, so a field named __proto__ is only a field.
    return orNull((value) => {
      const { entries } = value as { entries: Readonly<Record<string, DuckDBValue>> };
      return Object.fromEntries(
        fields.map(([name, decode]) => [name, decode(Object.hasOwn(entries, name) ? entries[name]! : null)]),
      );
    });
  }
  if (type instanceof duckdb.DuckDBMapType) {
    const key = decoder(duckdb, type.keyType);
    const item = decoder(duckdb, type.valueType);
    const named = type.keyType.typeId === id.VARCHAR;
    return orNull((value) => {
      const { entries } = value as { entries: readonly { key: DuckDBValue; value: DuckDBValue }[] };
      if (named) return Object.fromEntries(entries.map((e) => [String(e.key), item(e.value)]));
      return entries.map((e) => ({ key: key(e.key), value: item(e.value) }));
    });
  }
  if (type instanceof duckdb.DuckDBUnionType) {
    const members = new Map(type.memberTags.map((tag, i) => [tag, decoder(duckdb, type.memberTypes[i]!)]));
    return orNull((value) => {
      const union = value as { tag: string; value: DuckDBValue };
      return { tag: union.tag, value: members.get(union.tag)?.(union.value) ?? null };
    });
  }
  return orNull(text);
}
