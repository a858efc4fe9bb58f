import type { Cell } from "@meshwork/engine";
import type { Facts } from "./check-kind.ts";

/** 1,204: the same in every locale, because results are compared and searched. */
export const count = (n: number): string => n.toLocaleString("en-US");

export const percent = (share: number): string => `${Number((share * 100).toFixed(4))} %`;

/** `; none may`, `; 1 % may`: how many rows the contract lets fail. */
export const allowance = (facts: Facts): string =>
  facts.threshold >= 1 ? "none may" : `${percent(1 - facts.threshold)} may`;

export const rowsOf = (facts: Facts): string =>
  `${count(facts.failing ?? 0)} of ${count(facts.total ?? 0)} rows of port ${facts.port}`;

/** A cell as text for people: no quotes, `null` for NULL. */
export function cellText(cell: Cell | undefined): string {
  if (cell === undefined || cell === null) return "null";
  if (typeof cell === "object") {
    if (cell instanceof Uint8Array) return `0x${Buffer.from(cell).toString("hex")}`;
    if (cell instanceof Date) return cell.toISOString();
    return JSON.stringify(cell, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
  }
  return String(cell);
}
