import type { Column, Dialect, LogicalType } from "@meshwork/sql";
import type { CsvCell, CsvTable } from "./csv.ts";

/** `null` for a cell that holds nothing: empty and unquoted, or the word null. */
export const cellValue = (cell: CsvCell): string | null =>
  !cell.quoted && (cell.text === "" || cell.text === "null") ? null : cell.text;

const integer = /^[-+]?(?:0|[1-9][0-9]{0,18})$/;
const float = /^[-+]?(?:0|[1-9][0-9]*)?\.?[0-9]+(?:[eE][-+]?[0-9]+)?$/;
const date = /^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$/;
const timestamp = /^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?$/;
const limit = 9_223_372_036_854_775_807n;

// A number with leading zeros is a code (a postal code, an account): it stays text.
const candidates: readonly { readonly type: LogicalType; readonly fits: (text: string) => boolean }[] = [
  { type: { kind: "boolean" }, fits: (t) => /^(?:true|false)$/i.test(t) },
  { type: { kind: "integer", bits: 32, signed: true }, fits: (t) => integer.test(t) && Math.abs(Number(t)) < 2 ** 31 },
  {
    type: { kind: "integer", bits: 64, signed: true },
    fits: (t) => integer.test(t) && (t.length < 19 || (BigInt(t) <= limit && BigInt(t) >= -limit - 1n)),
  },
  { type: { kind: "float", bits: 64 }, fits: (t) => float.test(t) && !/^[-+]?0[0-9]/.test(t) },
  { type: { kind: "date" }, fits: (t) => date.test(t) && realDay(t) },
  {
    type: { kind: "timestamp", precision: 6, zoned: false },
    fits: (t) => timestamp.test(t) && realDay(t.slice(0, 10)),
  },
];

function realDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/**
 * Columns of a seed. A type that `columnTypes` names is the engine's own; any other is the narrowest of boolean,
 * integer, long, double, date, timestamp and text that fits every value. A column without values is text.
 */
export function seedColumns(table: CsvTable, columnTypes: ReadonlyMap<string, string>, dialect: Dialect): Column[] {
  const declared = new Map([...columnTypes].map(([name, type]) => [name.toLowerCase(), type]));
  return table.header.map((name, i) => {
    const named = declared.get(name.toLowerCase());
    return { name, type: named === undefined ? inferred(table, i) : dialect.parseType(named), nullable: true };
  });
}

function inferred(table: CsvTable, column: number): LogicalType {
  let open = candidates;
  let values = 0;
  for (const row of table.rows) {
    const cell = row.cells[column];
    const text = cell === undefined ? null : cellValue(cell);
    if (text === null) continue;
    values++;
    // Whole numbers are doubles too, so a column may move down the list but never back up.
    open = open.filter((c) => c.fits(text.trim()));
    if (open.length === 0) break;
  }
  return values === 0 || open.length === 0 ? { kind: "string" } : open[0]!.type;
}
