import { createHash } from "node:crypto";
import type { Column, ProductRecord } from "@meshwork/catalog-api";

export const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/**
 * A hash of what readers rely on: ports, columns, checks, service levels, access, retention. Prose, owners, tags and
 * lineage may change under a version; these may not.
 */
export function promiseHash(record: ProductRecord): string {
  const promises = {
    ports: record.ports
      .map(({ name, columns, checks, sla }) => ({
        name,
        sla,
        columns: columns.map(promisedColumn),
        checks: checks.map(({ description: _prose, ...check }) => check).sort((a, b) => (a.check < b.check ? -1 : 1)),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    access: record.access,
    retention: record.retention,
    sensitivity: record.sensitivity,
  };
  return hashOf(canonicalJson(promises));
}

const promisedColumn = ({
  title: _title,
  description: _prose,
  tags: _tags,
  deprecated: _notice,
  fields,
  ...column
}: Column): unknown => ({
  ...column,
  fields: fields?.map(promisedColumn),
});

/** JSON with keys in order, so that equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
