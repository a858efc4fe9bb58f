import type { Relation } from "@meshwork/sql";
import type { Mesh } from "./model.ts";
import { snakeName } from "./names.ts";
import { emptyMesh } from "./default-mesh.ts";

/** `orders`, or anything that names its domain: a contract. */
type DomainName = string | { readonly domain: string };

const DEFAULT_NAMING = emptyMesh().naming;

/**
 * The relation of an output port: schema and name by the mesh's naming, `orders.order_events_v2` where it says
 * nothing. The names are not quoted; whoever prints them does that.
 */
export function relationOf(
  domain: DomainName,
  port: string | { readonly name: string },
  major: number,
  naming: Mesh["naming"] = DEFAULT_NAMING,
): Relation {
  const values: Readonly<Record<string, string>> = {
    domain: snakeName(typeof domain === "string" ? domain : domain.domain),
    port: snakeName(typeof port === "string" ? port : port.name),
    major: String(major),
  };
  return { schema: fill(naming.schema, values), name: fill(naming.relation, values) };
}

function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, key: string) => (Object.hasOwn(values, key) ? values[key]! : whole));
}
