import type { Contract, OutputPort } from "@meshwork/contract";
import { majorOf, relationOf } from "@meshwork/contract";

/** `orders.order_events_v2`: what consumers read, by the default naming. */
export function relationName(contract: Contract, port: OutputPort): string {
  const { schema, name } = relationOf(contract, port, majorOf(contract.version));
  return schema === undefined ? name : `${schema}.${name}`;
}
