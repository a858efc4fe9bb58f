import type { Contract, Mesh, OutputPort } from "@meshwork/contract";
import { majorOf, relationOf } from "@meshwork/contract";

/** `orders.order_events_v2`: what consumers read, by the mesh's naming, the default one where absent. */
export function relationName(contract: Contract, port: OutputPort, naming?: Mesh["naming"]): string {
  const { schema, name } = relationOf(contract, port, majorOf(contract.version), naming);
  return schema === undefined ? name : `${schema}.${name}`;
}
