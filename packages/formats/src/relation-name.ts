import type { Contract, OutputPort } from "@meshwork/contract";

/** A name as SQL and dbt see it: `order-events` is `order_events`. */
export const snake = (name: string): string => name.replaceAll("-", "_");

/** The major version of a contract; 0 where the version is not one (its own rule reports that). */
export const majorOf = (version: string): number => {
  const found = /^\s*v?(\d{1,9})(?:\.|$|-|\+)/.exec(version);
  return found === null ? 0 : Number(found[1]);
};

/** `orders.order_events_v2`: what consumers read. */
export const relationName = (contract: Contract, port: OutputPort): string =>
  `${snake(contract.domain)}.${port.name}_v${majorOf(contract.version)}`;
