import { createHash } from "node:crypto";
import type { Contract } from "@meshwork/contract";
import { normalForm } from "@meshwork/contract";

export const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/**
 * A hash of what readers rely on: ports, columns, checks, service levels, access, storage. Prose, owners, tags,
 * status and lineage may change under a version; these may not.
 */
export function promiseHash(contract: Contract): string {
  const { ports, checks, sla, access, storage } = normalForm(contract);
  return hashOf(canonicalJson({ ports, checks, sla, access, storage }));
}

/** JSON with keys in order, so that equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
