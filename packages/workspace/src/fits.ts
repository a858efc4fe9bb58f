import type { ContractColumn } from "@meshwork/contract";
import type { Column } from "@meshwork/sql";
import { sameType, widens } from "@meshwork/sql";

/**
 * A model may yield what the contract promises, or something that becomes it without loss (the port casts).
 * Lengths are left to the checks, because engines seldom carry them; sessions run in UTC, so a UTC promise holds
 * with and without a zone.
 */
export function fits(actual: Pick<Column, "type">, promised: Pick<ContractColumn, "type" | "constraints">): boolean {
  const [from, to] = [actual.type, promised.type];
  if (from.kind === "string" && to.kind === "string") return true;
  if (from.kind === "timestamp" && to.kind === "timestamp") {
    return from.zoned === to.zoned || promised.constraints.timezone?.toUpperCase() === "UTC";
  }
  // Sums and products of PostgreSQL's numeric tell no precision: the port's cast holds them to the promise.
  if (from.kind === "opaque" && from.engine === "postgres" && from.name === "numeric") return to.kind === "decimal";
  return sameType(from, to) || widens(from, to);
}
