import type { Contract, ProductStatus } from "../model.ts";
import { isPlainName, kebabName } from "../names.ts";
import { withoutUndefined } from "../datamesh/read-values.ts";
import type { ReadContext } from "../source.ts";
import { mapOf, mapsOf, textOf, textsOf } from "./raw.ts";
import type { OdcsVersion, Raw } from "./raw.ts";
import { readServiceLevelList, writeServiceLevelList } from "./service-levels.ts";
import type { SlaReading, TableName } from "./service-levels.ts";
import { readTeam, writeTeam } from "./team.ts";

/** Everything about a contract that the standard says outside `schema`. */
export type Head = Pick<
  Contract,
  | "id"
  | "name"
  | "domain"
  | "product"
  | "version"
  | "title"
  | "description"
  | "status"
  | "tags"
  | "owner"
  | "ownership"
  | "useCases"
  | "limitations"
  | "retention"
  | "sla"
  | "deprecation"
> & { readonly roles: readonly string[]; readonly portLevels: SlaReading["ports"] };

const STATUSES: Readonly<Record<string, ProductStatus>> = {
  proposed: "draft",
  draft: "draft",
  development: "draft",
  "in development": "draft",
  deprecated: "deprecated",
  retired: "retired",
};

/** `proposed` and `draft` are drafts; a status of the author's own counts as active. */
const statusOf = (word: string | undefined): ProductStatus => {
  const known = word?.toLowerCase() ?? "";
  return Object.hasOwn(STATUSES, known) ? STATUSES[known]! : "active";
};

/** `orders-domain.order_events` names a product with its domain; any other text is a name as it is. */
export function productOf(name: string, id: string): string {
  const segments = name.split(".");
  const base = segments.length === 2 && segments.every(isPlainName) ? segments[1]! : name;
  return kebabName(base) || kebabName(id) || "product";
}

export function readHead(raw: Raw, tables: readonly TableName[], context: ReadContext): Head {
  const id = textOf(raw, "id") ?? "";
  const name = textOf(raw, "name") ?? textOf(raw, "dataProduct") ?? id;
  const domain = context.domain ?? kebabName(textOf(raw, "domain") ?? "");
  const described = mapOf(raw, "description");
  const usage = described === undefined ? undefined : textOf(described, "usage");
  const status = statusOf(textOf(raw, "status"));
  const levels = readServiceLevelList(raw, tables);
  const roles = mapsOf(raw, "roles").flatMap(([, each]) => textOf(each, "role") ?? []);
  const product = context.product ?? productOf(name, id);
  return withoutUndefined({
    id: id === "" ? `${domain === "" ? "unknown" : domain}.${product}` : id,
    name,
    domain: domain === "" ? "unknown" : domain,
    product,
    version: textOf(raw, "version") ?? "0.0.0",
    description: described === undefined ? textOf(raw, "description") : textOf(described, "purpose"),
    limitations: described === undefined ? undefined : textOf(described, "limitations"),
    useCases: usage === undefined ? [] : [usage],
    status,
    tags: textsOf(raw, "tags"),
    ...readTeam(raw),
    roles: [...new Set(roles)],
    sla: levels.sla,
    portLevels: levels.ports,
    retention: levels.retention,
    deprecation: status === "deprecated" && levels.endOfLife !== undefined ? { until: levels.endOfLife } : undefined,
  });
}

/** Which parts of the head each key of the document tells. */
export const TELLS: Readonly<Record<string, readonly (keyof Head)[]>> = {
  name: ["name", "product"],
  dataProduct: ["name", "product"],
  domain: ["domain"],
  status: ["status"],
  description: ["description", "limitations", "useCases"],
  tags: ["tags"],
  team: ["owner", "ownership"],
  support: ["ownership"],
  roles: ["roles"],
  slaProperties: ["sla", "retention", "deprecation", "portLevels"],
  slaDefaultElement: ["sla", "retention", "portLevels"],
};

/** The keys of the standard for a head. */
export function headKeys(head: Head, tables: readonly TableName[], version: OdcsVersion): Record<string, unknown> {
  const description = {
    ...(head.description === undefined ? {} : { purpose: head.description }),
    ...(head.limitations === undefined ? {} : { limitations: head.limitations }),
    ...(head.useCases.length === 1 ? { usage: head.useCases[0] } : {}),
  };
  const ports = tables.flatMap((table) => {
    const sla = head.portLevels.get(table.name);
    return sla === undefined ? [] : [{ table, sla }];
  });
  const until = head.status === "deprecated" ? head.deprecation?.until : undefined;
  return {
    id: head.id,
    name: head.name,
    version: head.version,
    status: head.status,
    domain: head.domain === "unknown" ? undefined : head.domain,
    tags: head.tags.length === 0 ? undefined : head.tags,
    description: Object.keys(description).length === 0 ? undefined : description,
    team: writeTeam(head, version),
    roles: head.roles.length === 0 ? undefined : head.roles.map((role) => ({ role })),
    slaProperties: emptyless(writeServiceLevelList(head.sla, ports, head.retention, until, tables[0])),
  };
}

const emptyless = (list: readonly Raw[]): readonly Raw[] | undefined => (list.length === 0 ? undefined : list);
