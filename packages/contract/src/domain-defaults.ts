import type { Contract, Domain } from "./model.ts";

/** The contract with what its domain gives to products that say nothing of their own. */
export function withDomainDefaults(contract: Contract, domain: Pick<Domain, "defaults">): Contract {
  const { sensitivity, sla } = domain.defaults;
  return {
    ...contract,
    ...(contract.sensitivity === undefined && sensitivity !== undefined ? { sensitivity } : {}),
    sla: { ...sla, ...contract.sla },
    ports: contract.ports.map((port) => ({ ...port, sla: { ...sla, ...port.sla } })),
  };
}
