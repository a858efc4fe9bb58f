import type { Path } from "@meshwork/diagnostics";
import { withNested } from "../columns.ts";
import { withoutUndefined } from "../datamesh/read-values.ts";
import { durationOf } from "../duration.ts";
import type { Contract, ContractCheck, ContractColumn, OutputPort, Retention, ServiceLevels } from "../model.ts";
import { filled, isMap, keptOf, mapOf, textOf } from "../odcs/raw.ts";
import type { Raw } from "../odcs/raw.ts";
import { contractOf } from "../odcs/read-odcs.ts";
import { shareOf } from "../share.ts";
import type { ReadContext } from "../source.ts";
import { checkStandard } from "../standards/check-standard.ts";
import { Item } from "../yaml/reader.ts";
import type { Reader } from "../yaml/reader.ts";
import { toValue } from "../yaml/yaml-node.ts";
import type { YamlMap } from "../yaml/yaml-node.ts";
import { Translation } from "./translate.ts";
import { dcsPlace } from "./places.ts";

/** The name under which a contract keeps what this specification says and nothing else has a word for. */
export const DCS_KEY = "x-dcs";

/**
 * Reads a contract of the Data Contract Specification (datacontract.com, to 1.2.1), which nobody develops any more: it
 * is translated into the Open Data Contract Standard's words, and its places are kept.
 */
export function readDcs(reader: Reader, document: YamlMap, context: ReadContext): Contract | undefined {
  const raw = toValue(document) as Raw;
  reader.source.places = dcsPlace;
  checkStandard(reader, document, "dcs/dcs-1.2", { ownKeys: "the specification has no such key" });
  const translation = new Translation(raw, (path, reference) => {
    const span = () => reader.source.spanOf(path);
    const many = "its definitions unfold to more fields than are read";
    const reason = reference === "" ? many : `"${reference}" names no definition of this file`;
    reader.report("not-standard", { reason }, path, span, { help: "add it under definitions, or write the field out" });
  });
  const dialect = `dcs/${textOf(raw, "dataContractSpecification") ?? "1.2.1"}`;
  const contract = contractOf(translation.document, { reader, document: undefined }, "3.2.0", dialect, context);
  const sla = levelsOf(mapOf(raw, "servicelevels") ?? {});
  const retention = retentionOf(mapOf(raw, "servicelevels") ?? {});
  const place = (path: Path): Path => translation.placeOf(path);
  const ports = contract.ports.map((port) => portAt(port, sla, place, translation));
  for (const port of ports) reportUnread(reader, port);
  const rest = leftoverOf(raw);
  return withoutUndefined({
    ...contract,
    sla,
    retention,
    ports,
    extensions: rest === undefined ? contract.extensions : { ...contract.extensions, [DCS_KEY]: rest },
  });
}

const READ = new Set(["dataContractSpecification", "id", "models", "definitions", "tags"]);

/** Whole sections, where they say more than was read out of them. */
function leftoverOf(raw: Raw): Raw | undefined {
  const rest = Object.fromEntries(Object.entries(raw).filter(([key]) => !READ.has(key)));
  return Object.keys(rest).length === 0 ? undefined : rest;
}

function levelsOf(levels: Raw): ServiceLevels {
  const threshold = (key: string): string => textOf(mapOf(levels, key) ?? {}, "threshold") ?? "";
  const availability = textOf(mapOf(levels, "availability") ?? {}, "percentage") ?? "";
  return withoutUndefined({
    freshness: durationOf(threshold("freshness")),
    availability: shareOf(availability),
    latency: durationOf(threshold("latency")),
  });
}

function retentionOf(levels: Raw): Retention | undefined {
  const retention = mapOf(levels, "retention") ?? {};
  const period = durationOf(textOf(retention, "period") ?? "");
  const by = textOf(retention, "timestampField")?.split(".").slice(1).join(".");
  return period === undefined ? undefined : withoutUndefined({ period, by: by === "" ? undefined : by });
}

type Place = (path: Path) => Path;

function portAt(port: OutputPort, sla: ServiceLevels, place: Place, translation: Translation): OutputPort {
  return {
    ...port,
    sla,
    columns: port.columns.map((column) => columnAt(column, place, translation)),
    checks: port.checks.map((check): ContractCheck => ({ ...check, at: place(check.at) })),
    at: place(port.at),
  };
}

function columnAt(column: ContractColumn, place: Place, translation: Translation): ContractColumn {
  const field = translation.fieldAt(column.at);
  const rest = field === undefined ? {} : filled(Object.fromEntries(FIELD_REST.map((key) => [key, field[key]])));
  const element = column.element === undefined ? undefined : columnAt(column.element, place, translation);
  return withoutUndefined({
    ...column,
    pii: column.pii || field?.["pii"] === true,
    element,
    fields: element === undefined ? column.fields?.map((each) => columnAt(each, place, translation)) : element.fields,
    extensions: Object.keys(rest).length === 0 ? column.extensions : { ...column.extensions, [DCS_KEY]: rest },
    at: place(column.at),
  });
}

const FIELD_REST: readonly string[] = ["config", "links", "lineage", "example"];

/** Rules that are kept and not run. */
function reportUnread(reader: Reader, port: OutputPort): void {
  const tell = (at: Path, extensions: Raw | undefined): void => {
    const rules = keptOf(extensions)["quality"];
    if (!Array.isArray(rules)) return;
    const path = [...at, "quality"];
    const item = new Item(reader, undefined, undefined, path);
    for (const rule of rules as unknown[]) {
      const engine = isMap(rule) ? textOf(rule, "engine") : undefined;
      const prose = isMap(rule) && textOf(rule, "type") === "text";
      const what = prose
        ? "it is prose"
        : engine === undefined
          ? "nothing here measures it"
          : `it is written for ${engine}`;
      reader.report("foreign-check", { what }, item.path, () => reader.source.spanOf(path));
    }
  };
  tell(port.at, port.extensions);
  for (const { column } of withNested(port.columns)) tell(column.at, column.extensions);
}
