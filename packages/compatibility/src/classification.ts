import type { Contract, ContractColumn, Sensitivity } from "@meshwork/contract";

const ranks: readonly Sensitivity[] = ["public", "internal", "confidential", "restricted"];

export const rankOf = (s: Sensitivity): number => ranks.indexOf(s);

/** Where a contract says nothing, its data are internal. */
export const sensitivityOf = (contract: Contract): Sensitivity => contract.sensitivity ?? "internal";

/** A column without a class of its own has the product's. */
export const classificationOf = (column: ContractColumn, contract: Contract): Sensitivity =>
  column.classification ?? sensitivityOf(contract);
