import type { Path } from "@meshwork/diagnostics";
import { withNested } from "../columns.ts";
import { dataProductFile, levelsFile } from "../datamesh/write-data-product.ts";
import type { Contract, ContractCheck, OutputPort } from "../model.ts";
import { snakeName } from "../names.ts";
import { writePruned } from "../standards/prune.ts";
import type { Pruned } from "../standards/prune.ts";
import { Reader } from "../yaml/reader.ts";
import type { YamlMap } from "../yaml/yaml-node.ts";
import { YamlSource } from "../yaml/yaml-source.ts";
import { TELLS, headKeys, readHead } from "./head.ts";
import type { Head } from "./head.ts";
import type { Loss, WrittenDocument } from "./losses.ts";
import { writeProperty } from "./property.ts";
import type { TableWriting } from "./property.ts";
import { writeRule } from "./quality.ts";
import { OWN_PROPERTY, customProperties, filled, isMap, keptOf, same, textOf } from "./raw.ts";
import type { OdcsVersion, Raw } from "./raw.ts";
import { differing, odcsVersion, readOdcs, tableKeys } from "./read-odcs.ts";
import type { TableName } from "./service-levels.ts";

export interface WriteOdcsOptions {
  /** The contract's own version where it was read from the standard, else 3.1. */
  readonly version?: "3.0" | "3.1" | "3.2" | undefined;
}

const VERSIONS = { "3.0": "3.0.2", "3.1": "3.1.0", "3.2": "3.2.0" } as const;
const SCHEMAS = { "3.0.2": "odcs/odcs-3.0", "3.1.0": "odcs/odcs-3.1", "3.2.0": "odcs/odcs-3.2" } as const;

const LATER = { "3.0.2": "odcs/odcs-3.1", "3.1.0": "odcs/odcs-3.2", "3.2.0": undefined } as const;

/**
 * A contract as a document of the Open Data Contract Standard, valid by its schema. Reading it gives the same contract
 * apart from places: what the standard has no word for travels in the custom property `datamesh.io/v1`, and what the
 * version does not allow at all is left out; both are listed.
 */
export function writeOdcs(contract: Contract, options: WriteOdcsOptions = {}): WrittenDocument {
  const own = /^odcs\/(.+)$/.exec(contract.dialect)?.[1];
  const version = options.version === undefined ? odcsVersion(own ?? "3.1") : VERSIONS[options.version];
  const apiVersion = own !== undefined && odcsVersion(own) === version ? `v${own}` : `v${version}`;
  // What was read with a construct of the next version is written with it again.
  const later = options.version === undefined ? LATER[version] : undefined;
  const lost: Loss[] = [];
  const write = (root: Raw, ports: PortCarried): Pruned => {
    lost.length = 0;
    return writePruned(compose(contract, version, apiVersion, root, ports, lost), SCHEMAS[version], later);
  };
  const first = write({}, new Map());
  const carried = carriedOf(contract, first.text);
  const bare = Object.keys(carried.root).length === 0 && carried.ports.size === 0;
  const { text, dropped } = bare ? first : write(carried.root, carried.ports);
  const pruned = dropped.map(({ path, what }): Loss => ({ path, what: `${what}: not in ${version}`, how: "dropped" }));
  return { text, losses: [...pruned, ...lost, ...carriedLosses(toPlain(text), [])] };
}

const toPlain = (text: string): unknown => new YamlSource("written", text).valueAt([]);

/** Every place where our custom property says more than the standard's keys. */
function* carriedLosses(value: unknown, path: Path): Generator<Loss> {
  if (typeof value !== "object" || value === null) return;
  if (isMap(value) && value["property"] === OWN_PROPERTY && isMap(value["value"])) {
    for (const what of leaves(value["value"])) yield { path, what, how: "custom-property" };
    return;
  }
  if (isMap(value) && value["engine"] === OWN_PROPERTY && isMap(value["implementation"])) {
    yield { path, what: "a check that no metric of the standard says", how: "custom-property" };
    return;
  }
  for (const [key, each] of Object.entries(value)) {
    yield* carriedLosses(each, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

const GROUPS = new Set(["metadata", "spec", "constraints"]);

function leaves(value: Raw): readonly string[] {
  return Object.entries(value).flatMap(([key, each]) => (GROUPS.has(key) && isMap(each) ? Object.keys(each) : [key]));
}

type PortCarried = ReadonlyMap<string, Raw>;

function compose(
  contract: Contract,
  version: OdcsVersion,
  apiVersion: string,
  carried: Raw,
  ports: PortCarried,
  lost: Loss[],
): Raw & Record<string, unknown> {
  const tables = contract.ports.map((port): TableName => {
    const kept = textOf(keptOf(port.extensions), "name");
    return { name: port.name, written: kept !== undefined && snakeName(kept) === port.name ? kept : port.name };
  });
  const schema = contract.ports.map((port, i) =>
    writeTable(contract, port, tables[i]!, tables, version, ports.get(port.name) ?? {}, (what) =>
      lost.push({ path: ["schema", i], what, how: "dropped" }),
    ),
  );
  const head = headOf(contract);
  const kept = keptOf(contract.extensions);
  const keys = headKeys(head, tables, version);
  const { customProperties: _, ...rest } = kept;
  const told = keptTrue(rest, keys, head, tables);
  const name = told["name"] ?? (keys["name"] === (told["dataProduct"] ?? keys["id"]) ? undefined : keys["name"]);
  const merged: Raw = { ...keys, name, ...told };
  return filled({
    apiVersion,
    kind: "DataContract",
    id: merged["id"],
    name,
    version: merged["version"],
    status: merged["status"],
    domain: merged["domain"],
    dataProduct: merged["dataProduct"],
    tenant: merged["tenant"],
    tags: merged["tags"],
    description: merged["description"],
    servers: merged["servers"],
    schema,
    ...Object.fromEntries(Object.entries(merged).filter(([key]) => !FIRST.has(key))),
    customProperties: customProperties(kept, carried, contract.extensions),
  });
}

const FIRST = new Set([
  "id",
  "name",
  "version",
  "status",
  "domain",
  "dataProduct",
  "tenant",
  "tags",
  "description",
  "servers",
]);

function headOf(contract: Contract): Head {
  const portLevels = differing(contract.ports, contract.sla);
  return { ...contract, roles: contract.access.roles, portLevels };
}

/** What was kept from an earlier reading, as far as it still says what the model says. */
export function keptTrue(kept: Raw, keys: Raw, head: Head, tables: readonly TableName[]): Raw {
  const told: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(kept)) {
    const fields = TELLS[key];
    if (fields !== undefined) {
      const read = readHead({ ...keys, ...told, [key]: value }, tables, {});
      const before = readHead({ ...keys, ...told }, tables, {});
      // Right, or at least no further from the model than without it.
      if (!fields.every((field) => same(read[field], head[field]) || same(read[field], before[field]))) continue;
    }
    told[key] = value;
  }
  return told;
}

function writeTable(
  contract: Contract,
  port: OutputPort,
  table: TableName,
  tables: readonly TableName[],
  version: OdcsVersion,
  carried: Raw,
  drop: (what: string) => void,
): Raw {
  const kept = keptOf(port.extensions);
  const known = new Set([...withNested(port.columns)].map(({ path }) => path));
  const writing = tableWriting(contract, port, tables, version, drop);
  const { customProperties: _, quality: __, name: ___, ...rest } = kept;
  const properties = port.columns.map((column) => writeProperty(column, column.name, writing));
  const free = port.checks.filter((check) => check.column === undefined || !known.has(check.column));
  const quality = [...free.map((check) => writeRule(check, undefined, version)), ...listOf(kept["quality"])];
  return filled({
    ...tableKeys(port),
    name: table.written,
    ...rest,
    properties: port.default ? partitioned(properties, contract.storage?.partitionBy ?? []) : properties,
    quality,
    customProperties: customProperties(kept, carried, port.extensions),
  });
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Marks the columns that partition the table, where it is columns and no functions of them. */
function partitioned(properties: readonly Raw[], partitionBy: readonly string[]): readonly Raw[] {
  if (!partitionBy.every((name) => properties.some((property) => property["name"] === name))) return properties;
  return properties.map((property) => {
    const at = partitionBy.indexOf(String(property["name"]));
    return at === -1 ? property : { ...property, partitioned: true, partitionKeyPosition: at + 1 };
  });
}

const NOTHING: YamlMap = { kind: "map", start: 0, flow: true, entries: [] };

function tableWriting(
  contract: Contract,
  port: OutputPort,
  tables: readonly TableName[],
  version: OdcsVersion,
  drop: (what: string) => void,
): TableWriting {
  const own = `${contract.domain}.${contract.product}.`;
  const relationship = (references: string): string | undefined => {
    const [name, column, ...more] = references.startsWith(own) ? references.slice(own.length).split(".") : [];
    const table = tables.find((each) => each.name === name);
    const plain = table !== undefined && column !== undefined && more.length === 0;
    return plain && version !== "3.0.2" && /^[A-Za-z_]\w*$/.test(table.written) && /^[A-Za-z_]\w*$/.test(column)
      ? `${table.written}.${column}`
      : undefined;
  };
  const byColumn = new Map<string | undefined, ContractCheck[]>();
  for (const check of port.checks) byColumn.set(check.column, [...(byColumn.get(check.column) ?? []), check]);
  return {
    version,
    quality: (column, kept) => [
      ...(byColumn.get(column) ?? []).map((check) => writeRule(check, column, version)),
      ...listOf(kept["quality"]),
    ],
    relationship,
    drop,
    reading: {
      reader: new Reader(new YamlSource("", "")),
      document: NOTHING,
      version,
      partitions: port.default,
      quality: () => undefined,
      reference: (to) => {
        const [name, column] = to.split(".");
        const table = tables.find(({ written }) => written === name);
        return table === undefined || column === undefined ? undefined : `${own}${table.name}.${column}`;
      },
    },
  };
}

interface Carried {
  readonly root: Raw;
  readonly ports: PortCarried;
}

/** What reading the standard's keys alone would not give back, in the keys of our own dialect. */
function carriedOf(contract: Contract, text: string): Carried {
  const source = new YamlSource("written", text);
  const document = source.root;
  const back = document?.kind === "map" ? readOdcs(new Reader(source), document, {}) : undefined;
  if (back === undefined) return { root: {}, ports: new Map() };
  const file = dataProductFile(contract);
  const differs = (key: keyof Contract): boolean => !same(placeless(back[key]), placeless(contract[key]));
  const metadata = filled({
    title: differs("title") ? file.metadata.title : undefined,
    description: differs("description") ? file.metadata.description : undefined,
    documentation_url: differs("documentationUrl") ? file.metadata.documentation_url : undefined,
    previous_versions: differs("previousVersions") ? file.metadata.previous_versions : undefined,
  });
  const { spec } = file;
  const spoken = filled({
    owner: differs("owner") ? spec.owner : undefined,
    ownership: differs("ownership") ? spec.ownership : undefined,
    use_cases: differs("useCases") ? spec.use_cases : undefined,
    limitations: differs("limitations") ? spec.limitations : undefined,
    sensitivity: differs("sensitivity") ? spec.sensitivity : undefined,
    retention: differs("retention") ? spec.retention : undefined,
    inputs: differs("inputs") ? spec.inputs : undefined,
    storage: differs("storage") ? spec.storage : undefined,
    lineage: differs("lineage") ? spec.lineage : undefined,
    access: differs("access") ? spec.access : undefined,
  });
  // Both mean something when they are empty.
  if (differs("deprecation") && contract.deprecation !== undefined) spoken["deprecation"] = spec.deprecation;
  if (differs("sla")) spoken["sla"] = levelsFile(contract.sla);
  const ports = new Map<string, Raw>();
  for (const port of contract.ports) {
    const read = back.ports.find((each) => each.name === port.name);
    const carried: Record<string, unknown> = {};
    if (read?.default !== port.default) carried["default"] = port.default;
    if (!same(read?.sla, port.sla)) carried["sla"] = levelsFile(port.sla);
    else if (differs("sla")) carried["sla"] = levelsFile(port.sla);
    if (read === undefined) carried["name"] = port.name;
    if (Object.keys(carried).length > 0) ports.set(port.name, carried);
  }
  const root = filled({ product: differs("product") ? contract.product : undefined, metadata, spec: spoken });
  return { root, ports };
}

/** Without places: the same thing stands elsewhere in another dialect. */
function placeless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(placeless);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, each]) => key !== "at" && each !== undefined)
      .map(([key, each]) => [key, placeless(each)]),
  );
}
