import type { Cell, Session } from "@meshwork/engine";

/** Rows of a query, as dbt's `show` gives them in JSON. */
export interface Shown {
  readonly node: string;
  readonly columns: readonly string[];
  readonly show: readonly Readonly<Record<string, Cell>>[];
}

/** Runs a query; values of columns that are not to be shown stand as dots. */
export async function queriedRows(
  session: Session,
  name: string,
  sql: string,
  signal: AbortSignal | undefined,
  isHidden: (column: string) => boolean,
): Promise<Shown> {
  const result = await session.query(sql, { signal });
  const columns = result.columns.map((c) => c.name);
  const hidden = columns.map(isHidden);
  const all = await result.rows();
  const cells = (row: readonly Cell[]): Record<string, Cell> =>
    Object.fromEntries(columns.map((c, i) => [c, hidden[i] === true && row[i] !== null ? "•••" : plain(row[i]!)]));
  return { node: name, columns, show: all.map(cells) };
}

/** JSON has no 64-bit integers: small ones are numbers, large ones text. */
const plain = (cell: Cell): Cell =>
  typeof cell === "bigint"
    ? cell >= BigInt(Number.MIN_SAFE_INTEGER) && cell <= BigInt(Number.MAX_SAFE_INTEGER)
      ? Number(cell)
      : cell.toString()
    : Array.isArray(cell)
      ? (cell as readonly Cell[]).map(plain)
      : cell instanceof Uint8Array
        ? Buffer.from(cell).toString("hex")
        : typeof cell === "object" && cell !== null && !(cell instanceof Date)
          ? Object.fromEntries(Object.entries(cell).map(([k, v]) => [k, plain(v as Cell)]))
          : cell;
