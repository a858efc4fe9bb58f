import type { Path } from "@meshwork/diagnostics";
import type { DataProductFile } from "../datamesh/data-product.schema.ts";
import {
  readAccess,
  readDeprecation,
  readInput,
  readLineage,
  readOwnership,
  readRetention,
  readStorage,
} from "../datamesh/read-data-product.ts";
import { SENSITIVITIES } from "../datamesh/read-column.ts";
import { readServiceLevels, withoutUndefined } from "../datamesh/read-values.ts";
import type { Unnamed } from "../datamesh/read-check.ts";
import type { Contract, OutputPort, ServiceLevels } from "../model.ts";
import { isPlainName, kebabName, shown, snakeName } from "../names.ts";
import type { ReadContext } from "../source.ts";
import { checkStandard } from "../standards/check-standard.ts";
import type { Reader, Section } from "../yaml/reader.ts";
import { toValue } from "../yaml/yaml-node.ts";
import type { YamlMap } from "../yaml/yaml-node.ts";
import { headKeys, readHead } from "./head.ts";
import type { Head } from "./head.ts";
import { odcsPlace } from "./places.ts";
import { readProperties } from "./property.ts";
import { namedChecks, readRules } from "./quality.ts";
import { extended, filled, flagOf, itemAt, leftover, mapsOf, ownProperties, same, textOf } from "./raw.ts";
import type { OdcsVersion, OwnProperties, Raw } from "./raw.ts";
import type { TableName } from "./service-levels.ts";

/** The schema that holds for an `apiVersion`: a patch release of the standard corrects its schema. */
export function odcsVersion(apiVersion: string | undefined): OdcsVersion {
  if (apiVersion !== undefined && /^v?3\.0(?:\.|$)/.test(apiVersion)) return "3.0.2";
  return apiVersion !== undefined && /^v?3\.1(?:\.|$)/.test(apiVersion) ? "3.1.0" : "3.2.0";
}

const SCHEMAS = { "3.0.2": "odcs/odcs-3.0", "3.1.0": "odcs/odcs-3.1", "3.2.0": "odcs/odcs-3.2" } as const;

/** The standard's own examples say v3.0 and use what 3.1 brought; its tools take the latest schema for every file. */
const LATER = {
  "3.0.2": { name: "odcs/odcs-3.1", title: "v3.1.0" },
  "3.1.0": { name: "odcs/odcs-3.2", title: "v3.2.0" },
} as const;

/** Reads a contract of the Open Data Contract Standard, 3.0 to 3.2. Valid is what the standard's JSON Schema says. */
export function readOdcs(reader: Reader, document: YamlMap, context: ReadContext): Contract | undefined {
  const raw = toValue(document) as Raw;
  const apiVersion = textOf(raw, "apiVersion") ?? "";
  const version = odcsVersion(apiVersion);
  reader.source.places = odcsPlace;
  checkStandard(reader, document, SCHEMAS[version], { later: version === "3.2.0" ? undefined : LATER[version] });
  return contractOf(raw, { reader, document }, version, `odcs/${apiVersion.replace(/^v/, "")}`, context);
}

/** Where a document's places are; without the document, values are read that stand elsewhere in another form. */
export interface Origin {
  readonly reader: Reader;
  readonly document: YamlMap | undefined;
}

const ELSEWHERE: YamlMap = { kind: "map", start: 0, flow: true, entries: [] };

export function contractOf(
  raw: Raw,
  origin: Origin,
  version: OdcsVersion,
  dialect: string,
  context: ReadContext,
): Contract {
  const { reader, document = ELSEWHERE } = origin;
  const tables = tableNames(raw);
  const head = readHead(raw, tables, context);
  reader.product = `${head.domain}.${head.product}`;
  if (origin.document !== undefined) reportMismatch(reader, document, raw, context);
  const own = ownProperties(raw, []);
  const over = overlay(reader, document, own);
  const product = over.product ?? head.product;
  const defaultTable =
    tables.find(({ name }) => name === snakeName(product)) ?? (tables.length === 1 ? tables[0] : undefined);
  const whole: Head = { ...head, ...over.head };
  const ports = mapsOf(raw, "schema").map(([i, table], n) => {
    const path = ["schema", i];
    return readTable(
      origin,
      table,
      path,
      version,
      { ...whole, product },
      tables[n]!,
      tables,
      defaultTable,
      over.head.sla,
    );
  });
  ports.sort((a, b) => Number(b.default) - Number(a.default));
  const partitionBy = partitionsOf(raw, defaultTable);
  const { roles, portLevels: _, ...described } = whole;
  const access = over.body.access ?? { roles, policies: [], purposes: [] };
  const read = headKeys({ ...whole, roles: access.roles, portLevels: differing(ports, whole.sla) }, tables, version);
  const rest = leftover(raw, headKeys(head, tables, version), HANDLED);
  const kept = filled({
    ...(rest === undefined ? {} : leftover(rest, read, HANDLED)),
    ...(own.rest.length === 0 ? {} : { customProperties: own.rest }),
  });
  return withoutUndefined({
    kind: "DataProduct" as const,
    dialect,
    ...described,
    product,
    ...over.body,
    inputs: over.body.inputs ?? [],
    ports,
    storage: over.body.storage ?? (partitionBy.length === 0 ? undefined : { partitionBy }),
    lineage: over.body.lineage ?? { upstream: [], downstream: [] },
    previousVersions: over.body.previousVersions ?? [],
    access,
    extensions: extended(Object.keys(kept).length === 0 ? undefined : kept, own.extensions),
  });
}

/** The service levels of ports that are not the product's, by port. */
export const differing = (ports: readonly OutputPort[], sla: ServiceLevels): Head["portLevels"] =>
  new Map(ports.filter((port) => !same(port.sla, sla)).map((port) => [port.name, port.sla]));

const HANDLED = new Set(["apiVersion", "kind", "schema", "customProperties"]);
export const HEAD_ONLY: readonly string[] = ["apiVersion", "kind"];

export function tableNames(raw: Raw): readonly TableName[] {
  return mapsOf(raw, "schema").map(([i, table]) => {
    const written = textOf(table, "name") ?? "";
    return { written, name: snakeName(written) || `object_${i + 1}` };
  });
}

/** Columns that partition the default port, by their position. */
export function partitionsOf(raw: Raw, table: TableName | undefined): readonly string[] {
  if (table === undefined) return [];
  const found = mapsOf(raw, "schema").find(([, each]) => textOf(each, "name") === table.written);
  if (found === undefined) return [];
  return mapsOf(found[1], "properties")
    .filter(([, property]) => flagOf(property, "partitioned") === true)
    .map(([i, property]) => {
      const position = property["partitionKeyPosition"];
      return {
        name: textOf(property, "name") ?? "",
        position: typeof position === "number" && position > 0 ? position : 1000 + i,
      };
    })
    .filter(({ name }) => name !== "")
    .sort((a, b) => a.position - b.position)
    .map(({ name }) => name);
}

function readTable(
  origin: Origin,
  raw: Raw,
  path: Path,
  version: OdcsVersion,
  head: Head,
  table: TableName,
  tables: readonly TableName[],
  defaultTable: TableName | undefined,
  productLevels: ServiceLevels | undefined,
): OutputPort {
  const checks: Unnamed[] = [];
  const { reader, document = ELSEWHERE } = origin;
  const own = ownProperties(raw, path);
  const isDefault = table === defaultTable;
  const columns = readProperties(raw, path, "", {
    reader,
    document,
    version,
    partitions: isDefault,
    quality: (property, at, column) => readRules(property, at, column, version, origin, (check) => checks.push(check)),
    reference: (to) => localReference(to, head, tables),
  });
  const unread = readRules(raw, path, undefined, version, origin, (check) => checks.push(check));
  const levels =
    own.path === undefined || own.value["sla"] === undefined
      ? undefined
      : itemAt(reader, document, [...own.path, "sla"]);
  const kept = filled({
    ...leftover(
      raw,
      tableKeys({
        title: textOf(raw, "businessName"),
        description: textOf(raw, "description"),
        schemaType: textOf(raw, "physicalType"),
        name: table.name,
      }),
      TABLE_HANDLED,
    ),
    ...(own.rest.length === 0 ? {} : { customProperties: own.rest }),
    quality: unread,
  });
  const extensions = extended(Object.keys(kept).length === 0 ? undefined : kept, own.extensions);
  const name = textOf(own.value, "name") ?? table.name;
  return withoutUndefined({
    name,
    default: flagOf(own.value, "default") ?? isDefault,
    title: textOf(raw, "businessName"),
    description: textOf(raw, "description"),
    schemaType: textOf(raw, "physicalType"),
    columns,
    checks: namedChecks(checks),
    sla:
      levels === undefined
        ? (head.portLevels.get(table.name) ?? productLevels ?? head.sla)
        : readServiceLevels(levels as never),
    extensions: Object.keys(extensions).length === 0 ? undefined : extensions,
    at: path,
  });
}

const TABLE_HANDLED = new Set(["logicalType", "properties", "quality", "customProperties"]);

export const tableKeys = (port: Pick<OutputPort, "name" | "title" | "description" | "schemaType">): Raw =>
  filled({ name: port.name, physicalType: port.schemaType, businessName: port.title, description: port.description });

/** `table.column` of this contract, in full. */
function localReference(to: string, head: Head, tables: readonly TableName[]): string | undefined {
  const match = /^([A-Za-z_]\w*)\.([A-Za-z_][\w-]*)$/.exec(to);
  const table = match === null ? undefined : tables.find(({ written }) => written === match[1]);
  return table === undefined ? undefined : `${head.domain}.${head.product}.${table.name}.${match![2]!}`;
}

export function reportMismatch(reader: Reader, document: YamlMap, raw: Raw, context: ReadContext): void {
  const report = (
    key: string,
    what: string,
    folder: string | undefined,
    fits: (text: string, folder: string) => boolean,
  ): void => {
    const text = textOf(raw, key);
    if (text === undefined || folder === undefined || fits(text, folder)) return;
    itemAt(reader, document, [key]).report("name-mismatch", { what, written: shown(text), folder: shown(folder) });
  };
  report("domain", "domain", context.domain, (text, folder) => [folder, `${folder}-domain`].includes(kebabName(text)));
  // A name with spaces is a title: it need not repeat the folder.
  report("name", "name", context.product, (text, folder) => {
    const base = text.split(".").at(-1)!;
    return !isPlainName(base) || kebabName(base) === kebabName(folder);
  });
}

type BodyKey = "documentationUrl" | "previousVersions" | "sensitivity" | "inputs" | "storage" | "lineage" | "access";
type Body = { readonly [K in BodyKey]?: Contract[K] | undefined };

interface Overlay {
  readonly product?: string | undefined;
  readonly head: Partial<Head>;
  readonly body: Body;
}

type Metadata = DataProductFile["metadata"];
type Spec = DataProductFile["spec"];

/** What our custom property says on top of the standard's keys. */
function overlay(reader: Reader, document: YamlMap, own: OwnProperties): Overlay {
  if (own.path === undefined) return { head: {}, body: {} };
  const open = <T>(key: string): Section<T> | undefined =>
    itemAt(reader, document, [...own.path!, key]).section("The custom property") as Section<T> | undefined;
  const metadata = open<Metadata>("metadata");
  const spec = open<Spec>("spec");
  const has = (section: Section<Spec> | undefined, key: keyof Spec & string): boolean =>
    section?.get(key).exists === true;
  const upstream = spec?.get("lineage");
  return {
    product: textOf(own.value, "product"),
    head: withoutUndefined({
      title: metadata?.get("title").text(),
      description: metadata?.get("description").text(),
      limitations: spec?.get("limitations").text(),
      ...(has(spec, "owner") ? { owner: spec!.get("owner").text() } : {}),
      ...(has(spec, "ownership") ? { ownership: readOwnership(spec!.get("ownership")) } : {}),
      ...(has(spec, "use_cases") ? { useCases: spec!.get("use_cases").texts() } : {}),
      ...(has(spec, "sla") ? { sla: readServiceLevels(spec!.get("sla")) } : {}),
      ...(has(spec, "retention") ? { retention: readRetention(spec!.get("retention")) } : {}),
      ...(spec?.get("deprecation").node?.kind === "map"
        ? { deprecation: readDeprecation(spec.get("deprecation")) }
        : {}),
    }),
    body: withoutUndefined({
      documentationUrl: metadata?.get("documentation_url").text(),
      previousVersions:
        metadata?.get("previous_versions").exists === true
          ? metadata.get("previous_versions" as "title").texts()
          : undefined,
      sensitivity: spec?.get("sensitivity").oneOf(SENSITIVITIES),
      inputs: has(spec, "inputs")
        ? spec!
            .get("inputs")
            .items()
            .map(readInput)
            .filter((input) => input !== undefined)
        : undefined,
      storage: spec === undefined ? undefined : readStorage(spec.get("storage")),
      lineage: upstream?.exists === true ? readLineage(upstream) : undefined,
      access: has(spec, "access") ? readAccess(spec!.get("access")) : undefined,
    }),
  };
}
