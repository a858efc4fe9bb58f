import type { Contract, ContractColumn, InputPort, OutputPort } from "./model.ts";

/** Columns with everything inside them, outer ones first. `path` is the dotted name: `lines.sku`. */
export function* withNested(
  columns: readonly ContractColumn[],
  prefix = "",
): Generator<{ readonly column: ContractColumn; readonly path: string }> {
  for (const column of columns) {
    const path = prefix + column.name;
    yield { column, path };
    if (column.element !== undefined) yield* inElement(column.element, path);
    else if (column.fields !== undefined) yield* withNested(column.fields, `${path}.`);
  }
}

/** An element has no name of its own: its fields stand under the column's. */
function* inElement(
  element: ContractColumn,
  path: string,
): Generator<{ readonly column: ContractColumn; readonly path: string }> {
  yield { column: element, path };
  if (element.element !== undefined) yield* inElement(element.element, path);
  else if (element.fields !== undefined) yield* withNested(element.fields, `${path}.`);
}

/** Ports and inputs with what messages call them. */
export function* tablesOf(contract: Contract): Generator<{
  readonly title: string;
  readonly table: OutputPort | InputPort;
  readonly columns: readonly ContractColumn[];
}> {
  for (const port of contract.ports) yield { title: `Port "${port.name}"`, table: port, columns: port.columns };
  for (const input of contract.inputs) yield { title: `Input "${input.name}"`, table: input, columns: input.columns };
}

/** Names that are one to engines that fold case, and to dbt, which writes `_` for `-`. */
export const folded = (name: string): string => name.toLowerCase().replaceAll("-", "_");
