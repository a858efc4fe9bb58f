import { contract, product, scratchMesh } from "./scratch-mesh.ts";

const older = "domains/orders/facts/versions/v1";

/** A contract of `orders.facts`, as one of its versions. */
export const factsContract = (version: string, fields: readonly string[], more = ""): string =>
  contract("orders.facts", { version, fields })
    .replace("metadata: { name", "metadata: { id: 0193f7c2-5d0e-7c41-9f5c-2b7f6a1d9e10, name")
    .replace("spec:\n", `spec:\n${more}`);

export const sunset = (date: string): string =>
  `  deprecation: { since: 1.1.0, sunset: ${date}, replaced_by: orders.facts@2 }\n`;

export interface VersionedMesh {
  /** How the consumers of `shop` name their upstream: `orders.facts@1`. */
  readonly old?: string;
  readonly new?: string;
  readonly end?: string;
}

/**
 * `orders.facts` in two live versions (2 without `channel` and with `amount` as a decimal), read by `shop.old`, which
 * stays with 1, and `shop.new`. A reader in the own domain stays with 1, too.
 */
export function versionedMesh(text: VersionedMesh = {}, more: Readonly<Record<string, string>> = {}): string {
  const reader = (name: string, upstream: string, columns: readonly string[], ref: string) => {
    const types: Record<string, string> = { id: "string", channel: "string", amount: "double" };
    const fields = columns.map((c) => `name: ${c}, type: ${types[c]}`);
    return product(name, { upstream, fields }, { [name.split(".")[1]!]: `select ${columns.join(", ")} from ${ref}` });
  };
  return scratchMesh({
    "domains/orders/facts/data-product-contract.yaml": factsContract("2.0.0", [
      "name: id, type: string, constraints: { primary_key: true, null: false }",
      "name: amount, type: double",
    ]),
    "domains/orders/facts/models/facts.sql": "select 'a' as id, 2.5 :: double as amount",
    [`${older}/data-product-contract.yaml`]: factsContract(
      "1.1.0",
      [
        "name: id, type: string, constraints: { primary_key: true, null: false }",
        "name: amount, type: double",
        "name: channel, type: string",
      ],
      sunset(text.end ?? "2099-12-31"),
    ),
    [`${older}/models/stg_facts_v1.sql`]: "select 'a' as id, 2.5 :: double as amount, 'web' as channel",
    [`${older}/models/facts_v1.sql`]: "select * from {{ ref('stg_facts_v1') }}",
    ...reader("shop.old", text.old ?? "orders.facts@1", ["id", "channel"], "{{ ref('orders', 'facts') }}"),
    ...reader("shop.new", text.new ?? "orders.facts@2", ["id", "amount"], "{{ ref('orders', 'facts') }}"),
    ...reader("orders.neighbour", "orders.facts@1", ["id", "channel"], "{{ ref('facts') }}"),
    ...more,
  });
}
