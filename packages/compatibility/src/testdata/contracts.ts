import type { Constraints, Contract, ContractColumn, OutputPort } from "@meshwork/contract";
import type { LogicalType } from "@meshwork/sql";

/** Literal builders: a test says what it is about, the rest is the plainest contract there is. */
export const text: LogicalType = { kind: "string" };
export const int: LogicalType = { kind: "integer", bits: 32, signed: true };
export const long: LogicalType = { kind: "integer", bits: 64, signed: true };
export const timestamp: LogicalType = { kind: "timestamp", precision: 6, zoned: true };
export const decimal = (precision: number, scale: number): LogicalType => ({ kind: "decimal", precision, scale });
export const struct = (...fields: { name: string; type: LogicalType; nullable?: boolean }[]): LogicalType => ({
  kind: "struct",
  fields: fields.map((f) => ({ nullable: true, ...f })),
});
export const array = (type: LogicalType, nullable = true): LogicalType => ({
  kind: "array",
  element: { name: "element", type, nullable },
});

export const column = (
  name: string,
  type: LogicalType = text,
  rest: Partial<ContractColumn> & { constraints?: Constraints } = {},
): ContractColumn => ({
  name,
  type,
  typeName: type.kind,
  nullable: true,
  tags: [],
  constraints: {},
  pii: false,
  extensions: {},
  at: ["spec", "schema", "fields", name],
  ...rest,
});

export const port = (name: string, columns: readonly ContractColumn[], rest: Partial<OutputPort> = {}): OutputPort => ({
  name,
  default: true,
  columns,
  checks: [],
  sla: {},
  at: ["spec"],
  ...rest,
});

export const contract = (rest: Partial<Contract> = {}): Contract => ({
  kind: "DataProduct",
  dialect: "datamesh.io/v1",
  id: "orders.order-events",
  name: "orders-domain.order_events",
  domain: "orders",
  product: "order-events",
  version: "2.1.0",
  status: "active",
  tags: [],
  previousVersions: [],
  ownership: {},
  useCases: [],
  sla: {},
  inputs: [],
  ports: [port("order_events", [column("order_id", text, { nullable: false })])],
  lineage: { upstream: [], downstream: [] },
  access: { roles: [], policies: [], purposes: [] },
  extensions: {},
  ...rest,
});
