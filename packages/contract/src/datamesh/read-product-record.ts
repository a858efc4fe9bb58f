import { durationOf } from "../duration.ts";
import type { ProductRecord } from "../model.ts";
import type { Item, Section } from "../yaml/reader.ts";
import { SENSITIVITIES } from "./read-column.ts";
import type { ServiceLevelsFile } from "./data-product.schema.ts";
import { readServiceLevels, readShare, readVersion, withoutUndefined } from "./read-values.ts";

/** The keys of a product's record in a catalog. It has no `apiVersion`. */
interface RecordFile {
  readonly [key: string]: unknown;
  readonly id: string;
  readonly name: string;
  readonly domain?: string;
  readonly owner_team?: string;
  readonly description?: string;
  readonly tags?: string[];
  readonly documentation_url?: string;
  readonly sla?: ServiceLevelsFile;
  readonly quality_metrics?: Record<string, string | number>;
  readonly current_version?: string;
  readonly previous_versions?: string[];
  readonly sensitivity_level?: string;
  readonly retention_period_days?: number;
}

/** By these a record is recognised. */
export const RECORD_KEYS = ["owner_team", "current_version", "sensitivity_level", "retention_period_days"] as const;

/** Reads a product's metadata record (JSON or YAML). */
export function readRecordFile(file: Section<Record<string, unknown>>): ProductRecord | undefined {
  const section = file as unknown as Section<RecordFile>;
  const id = section.need("id").text();
  const name = section.need("name").text();
  const days = section.get("retention_period_days").number({ min: 0, max: 365_000 });
  const previous = section.get("previous_versions");
  const metrics = (section.get("quality_metrics") as Item<Record<string, string | number> | undefined>)
    .entries()
    .map(([key, item]): [string, number | undefined] => [key, readShare(item)?.value])
    .filter((entry): entry is [string, number] => entry[1] !== undefined);
  const record = withoutUndefined({
    kind: "ProductRecord" as const,
    id: id ?? "",
    name: name ?? "",
    domain: section.get("domain").text(),
    ownerTeam: section.get("owner_team").text(),
    description: section.get("description").text(),
    tags: section.get("tags").texts(),
    documentationUrl: section.get("documentation_url").text(),
    sla: readServiceLevels(section.get("sla")),
    qualityMetrics: Object.fromEntries(metrics),
    currentVersion: readVersion(section.get("current_version")),
    previousVersions: previous
      .items()
      .map((item) => readVersion(item))
      .filter((version) => version !== undefined),
    sensitivity: section.get("sensitivity_level").oneOf(SENSITIVITIES),
    retention: days === undefined ? undefined : durationOf(`${days} days`),
  });
  return id === undefined || name === undefined ? undefined : record;
}
