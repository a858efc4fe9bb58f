import { durationOf } from "../duration.ts";
import type { Infrastructure, InfrastructureCheck } from "../model.ts";
import { isPlainName, shown } from "../names.ts";
import { shareOf } from "../share.ts";
import type { Item, Section } from "../yaml/reader.ts";
import { readDuration, withoutUndefined } from "./read-values.ts";

// The platform owns this format and adds keys as it grows: what is known is typed, the rest is let through.
type Keys = Record<string, unknown>;

const WORKERS = { min: 0, max: 100_000, integer: true } as const;

/** Reads a `platform/v1 DataProductInfrastructure`. */
export function readInfrastructureFile(file: Section<Keys>): Infrastructure | undefined {
  const metadata = open(file.need("metadata"), "The metadata");
  const nameItem = metadata?.need("name") as Item<string> | undefined;
  const name = nameItem?.text();
  if (nameItem !== undefined && name !== undefined && !isPlainName(name)) {
    nameItem.report("bad-name", { what: "a data product", value: shown(name) });
  }
  const namespace = text(metadata, "namespace");
  const spec = open(file.need("spec"), "The spec");
  if (name === undefined) return undefined;
  return withoutUndefined({
    kind: "DataProductInfrastructure" as const,
    name,
    namespace,
    ...(spec === undefined ? {} : readSpec(spec)),
  });
}

function readSpec(spec: Section<Keys>): Partial<Infrastructure> {
  const part = (key: string): Section<Keys> | undefined => open(spec.get(key), `The ${key}`);
  const storage = part("storage");
  const processing = part("processing");
  const orchestration = part("orchestration");
  const quality = part("quality");
  const discovery = part("discovery");
  const security = part("security");
  return {
    storage: storage && {
      type: text(storage, "type"),
      format: text(storage, "format"),
      location: text(storage, "location"),
      retention: readDuration(storage.get("retention")),
      encryption: text(storage, "encryption"),
    },
    processing: processing && {
      engine: text(processing, "engine"),
      version: text(processing, "version"),
      autoScaling: processing.get("auto_scaling").flag(),
      minWorkers: processing.get("min_workers").number(WORKERS),
      maxWorkers: processing.get("max_workers").number(WORKERS),
    },
    orchestration: orchestration && {
      tool: text(orchestration, "tool"),
      schedule: text(orchestration, "schedule"),
      timeout: readDuration(orchestration.get("timeout")),
    },
    quality: quality && { framework: text(quality, "framework"), checks: readChecks(quality) },
    discovery: discovery && {
      catalog: text(discovery, "catalog"),
      publishSchema: discovery.get("publish_schema").flag(),
      generateDocs: discovery.get("generate_docs").flag(),
    },
    security: security && {
      accessControl: text(security, "access_control"),
      encryptionAtRest: security.get("encryption_at_rest").flag(),
      auditLogging: security.get("audit_logging").flag(),
    },
  };
}

const open = (item: Item<unknown>, where: string): Section<Keys> | undefined => (item as Item<Keys>).section(where);
const text = (section: Section<Keys> | undefined, key: string): string | undefined => section?.get(key).text();

function readChecks(quality: Section<Keys>): readonly InfrastructureCheck[] {
  return (quality.get("checks") as Item<Keys[]>)
    .items()
    .map((item): InfrastructureCheck | undefined => {
      const section = item.section("The check");
      const name = text(section, "name");
      const column = text(section, "column");
      const threshold = section?.need("threshold");
      if (threshold === undefined || name === undefined) return undefined;
      const written = threshold.node?.kind === "scalar" ? threshold.node.text : "";
      const limit = limitOf(written);
      if (limit === undefined) {
        if (threshold.exists) threshold.wrong("a comparison such as > 1000, < 1% or < 24 hours");
        return undefined;
      }
      return withoutUndefined({ name, column, ...limit, at: item.path });
    })
    .filter((check) => check !== undefined);
}

function limitOf(written: string): Pick<InfrastructureCheck, "operator" | "value" | "unit"> | undefined {
  const match = /^\s*(<=|>=|==?|<|>)?\s*(\S.*)$/.exec(written.slice(0, 100));
  if (match === null) return undefined;
  const operator = (match[1] ?? "=").replace("==", "=") as InfrastructureCheck["operator"];
  const value = match[2]!.trim();
  if (value.endsWith("%")) {
    const share = shareOf(value);
    return share === undefined ? undefined : { operator, value: share.value, unit: "share" };
  }
  if (/^-?\d+(?:\.\d+)?$/.test(value)) return { operator, value: Number(value), unit: "number" };
  const duration = durationOf(value);
  return duration === undefined ? undefined : { operator, value: duration.seconds, unit: "seconds" };
}
