import type { Contract, UpstreamReference } from "./model.ts";
import { kebabName } from "./names.ts";

const SEGMENT = /^[^\s.@"'`;/\\]{1,100}$/;

/**
 * Reads `<domain>.<product>[.<port>][@<major>]`. Names outside the mesh have the same form (`raw.kafka.order_events`)
 * and may have more segments, which are then the port's. Undefined where it is neither.
 */
export function portReference(text: string): UpstreamReference | undefined {
  const asked = text.trim();
  if (asked.length > 300) return undefined;
  const at = asked.indexOf("@");
  const name = at === -1 ? asked : asked.slice(0, at);
  const version = at === -1 ? undefined : /^v?(\d{1,6})(?:\.\d+){0,2}$/.exec(asked.slice(at + 1));
  const segments = name.split(".");
  if (version === null || segments.length < 2 || segments.length > 8 || !segments.every((s) => SEGMENT.test(s))) {
    return undefined;
  }
  const [domain, product, ...port] = segments as [string, string, ...string[]];
  const kebab = kebabName(product);
  return {
    text: asked,
    domain,
    product: kebab === "" ? product : kebab,
    ...(port.length === 0 ? {} : { port: port.join(".") }),
    ...(version === undefined ? {} : { major: Number(version[1]) }),
  };
}

/** The majors of a product that a contract names anywhere among its inputs and upstreams, the newest first. */
export function majorsNamed(
  contract: Pick<Contract, "inputs" | "lineage">,
  product: Pick<UpstreamReference, "domain" | "product">,
): number[] {
  const all = [...contract.inputs.map((i) => i.from), ...contract.lineage.upstream];
  const own = all.filter((u) => u.domain === product.domain && u.product === product.product);
  return [...new Set(own.flatMap((u) => u.major ?? []))].sort((a, b) => b - a);
}

/** A reference with the major that its contract means: its own, else the newest that the contract names elsewhere. */
export function withMajor(
  contract: Pick<Contract, "inputs" | "lineage">,
  reference: UpstreamReference,
): UpstreamReference {
  const major = reference.major ?? majorsNamed(contract, reference)[0];
  return major === undefined ? reference : { ...reference, major };
}
