import type { ContractColumn } from "@meshwork/contract";

/** Names of the columns that make the primary key, in the key's order; those of structs are dotted. */
export function keyOf(columns: readonly ContractColumn[]): string[] {
  const parts = (of: readonly ContractColumn[], prefix: string): { name: string; position: number }[] =>
    of.flatMap((column) => [
      ...(column.constraints.primaryKey === true
        ? [{ name: prefix + column.name, position: column.constraints.primaryKeyPosition ?? Infinity }]
        : []),
      ...parts(column.fields ?? [], `${prefix}${column.name}.`),
    ]);
  // Columns without a position follow in the order of the schema: the sort is stable.
  return parts(columns, "")
    .sort((a, b) => (a.position === b.position ? 0 : a.position - b.position))
    .map((part) => part.name);
}
