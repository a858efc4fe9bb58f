import type {
  Access,
  Contract,
  Deprecation,
  InputPort,
  OutputPort,
  Ownership,
  Retention,
  ServiceLevels,
  Storage,
} from "../model.ts";
import { isPlainName, kebabName, shown, snakeName } from "../names.ts";
import type { ReadContext } from "../source.ts";
import type { Item, Section } from "../yaml/reader.ts";
import type { DataProductFile, InputFile, PortFile, SchemaFile } from "./data-product.schema.ts";
import { readChecks } from "./read-check.ts";
import { SENSITIVITIES, readColumns } from "./read-column.ts";
import {
  extensionsOf,
  readDate,
  readDuration,
  readReference,
  readReferences,
  readServiceLevels,
  readVersion,
  withoutUndefined,
} from "./read-values.ts";

type Metadata = DataProductFile["metadata"];
type Spec = DataProductFile["spec"];

const STATUSES = ["draft", "active", "deprecated", "retired"] as const;
export const DIALECT = "datamesh.io/v1";

/** Reads a `datamesh.io/v1 DataProduct`. Undefined only where neither the file nor its folder names the product. */
export function readDataProduct(file: Section<DataProductFile>, context: ReadContext): Contract | undefined {
  file.get("apiVersion");
  file.get("kind");
  const metadata = file.need("metadata").section("The metadata");
  const identity = metadata === undefined ? undefined : readIdentity(metadata, context);
  if (identity !== undefined) file.item.reader.product = `${identity.domain}.${identity.product}`;
  const head = metadata === undefined ? undefined : readMetadata(metadata);
  const spec = file.need("spec").section("The spec");
  const body = spec === undefined ? undefined : readSpec(spec, identity?.product ?? "product", head?.title);
  const own = file.done();
  if (identity === undefined || head === undefined) return undefined;
  const { extensions, ...described } = head;
  return withoutUndefined({
    kind: "DataProduct" as const,
    dialect: DIALECT,
    ...identity,
    ...described,
    ...(body ?? EMPTY_SPEC),
    extensions: { ...own, ...extensions, ...body?.extensions },
  });
}

interface Identity {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
  readonly product: string;
}

/** `orders-domain.order_events` names domain and product at once; the folder, where known, has the last word. */
function readIdentity(metadata: Section<Metadata>, context: ReadContext): Identity | undefined {
  const nameItem = metadata.need("name");
  const name = nameItem.text();
  const domainItem = metadata.get("domain");
  const written = domainItem.text();
  const segments = name?.split(".") ?? [];
  const base = segments.at(-1) ?? "";
  if (name !== undefined && (segments.length > 2 || !segments.every(isPlainName))) {
    nameItem.report("bad-name", { what: "a data product", value: shown(name) }, { help: NAME_HELP });
  }
  if (written !== undefined && !isPlainName(written)) {
    domainItem.report("bad-name", { what: "a domain", value: shown(written) });
  }
  const fromName = segments.length === 2 ? domainNames(segments[0]!) : [];
  const folder = context.domain;
  if (written !== undefined && fromName.length > 0 && !fromName.includes(kebabName(written))) {
    mismatch(nameItem, "domain in the name", segments[0]!, written);
  }
  const choices = written === undefined ? fromName : [kebabName(written), ...domainNames(written)];
  if (folder !== undefined && choices.length > 0 && !choices.includes(folder)) {
    mismatch(domainItem.exists ? domainItem : nameItem, "domain", written ?? segments[0]!, folder);
  }
  const domain = folder ?? (written === undefined ? fromName[0] : kebabName(written));
  if (domain === undefined && name !== undefined) {
    const { reader, path } = metadata.item;
    reader.report("missing-key", { key: "domain", where: "The metadata" }, path, nameItem.place);
  }
  const product = context.product ?? kebabName(base);
  if (name !== undefined && context.product !== undefined && kebabName(base) !== kebabName(context.product)) {
    mismatch(nameItem, "name", base, context.product);
  }
  const id = metadata.get("id").text();
  if (product === "") return undefined;
  const known = domain === undefined || domain === "" ? "unknown" : domain;
  return { id: id ?? `${known}.${product}`, name: name ?? product, domain: known, product };
}

const NAME_HELP = "write it like order-events, or with its domain: orders-domain.order_events";

/** The domain that a prefix may mean: `orders-domain` is `orders`, unless a domain is really called so. */
function domainNames(prefix: string): string[] {
  const whole = kebabName(prefix);
  const short = whole.replace(/-domain$/, "");
  return short === whole || short === "" ? [whole] : [short, whole];
}

function mismatch<T>(item: Item<T>, what: string, written: string, folder: string): void {
  item.report("name-mismatch", { what, written: shown(written), folder: shown(folder) });
}

type Head = Pick<
  Contract,
  "version" | "title" | "description" | "status" | "tags" | "documentationUrl" | "previousVersions" | "extensions"
>;

function readMetadata(metadata: Section<Metadata>): Head {
  return withoutUndefined({
    version: readVersion(metadata.need("version")) ?? "0.0.0",
    title: metadata.get("title").text(),
    description: metadata.get("description").text(),
    status: metadata.get("status").oneOf(STATUSES) ?? ("active" as const),
    tags: metadata.get("tags").texts(),
    documentationUrl: metadata.get("documentation_url").text(),
    previousVersions: readVersions(metadata.get("previous_versions")),
    extensions: metadata.done(),
  });
}

function readVersions(item: Item<Metadata["previous_versions"]>): readonly string[] {
  const list = item.node?.kind === "list" ? item.items() : item.exists ? [item] : [];
  return list.map((each) => readVersion(each)).filter((version) => version !== undefined);
}

type Body = Omit<Contract, keyof Head | keyof Identity | "kind" | "dialect"> & Pick<Contract, "extensions">;

const EMPTY_SPEC: Omit<Body, "extensions"> = {
  ownership: {},
  useCases: [],
  sla: {},
  inputs: [],
  ports: [],
  lineage: { upstream: [], downstream: [] },
  access: { roles: [], policies: [], purposes: [] },
};

function readSpec(spec: Section<Spec>, product: string, title: string | undefined): Body {
  const ownership = readOwnership(spec.get("ownership"));
  const sla = readServiceLevels(spec.get("sla"));
  return withoutUndefined({
    owner: spec.get("owner").text() ?? ownership.productOwner ?? ownership.technicalOwner,
    ownership,
    useCases: spec.get("use_cases").texts(),
    limitations: spec.get("limitations").text(),
    sensitivity: spec.get("sensitivity").oneOf(SENSITIVITIES),
    retention: readRetention(spec.get("retention")),
    sla,
    inputs: spec
      .get("inputs")
      .items()
      .map(readInput)
      .filter((input) => input !== undefined),
    ports: readPorts(spec, product, title, sla),
    storage: readStorage(spec.get("storage")),
    lineage: readLineage(spec.get("lineage")),
    access: readAccess(spec.get("access")),
    deprecation: readDeprecation(spec.get("deprecation")),
    extensions: spec.done(),
  });
}

export function readOwnership(item: Item<Spec["ownership"]>): Ownership {
  const section = item.section("The ownership");
  if (section === undefined) return {};
  const ownership = withoutUndefined({
    domainOwner: section.get("domain_owner").text(),
    productOwner: section.get("product_owner").text(),
    technicalOwner: section.get("technical_owner").text(),
    developer: section.get("developer").text(),
    businessOwner: section.get("business_owner").text(),
    steward: section.get("steward").text(),
    onCallRotation: section.get("on_call_rotation").text(),
    escalationPath: section.get("escalation_path").text(),
    communicationChannel: section.get("communication_channel").text(),
  });
  section.done();
  return ownership;
}

export function readRetention(item: Item<Spec["retention"]>): Retention | undefined {
  if (!item.exists) return undefined;
  if (!item.isMap) {
    const period = readDuration(item);
    return period === undefined ? undefined : { period };
  }
  const section = item.section("The retention");
  if (section === undefined) return undefined;
  const period = readDuration(section.need("period"));
  const by = section.get("by").text();
  section.done();
  return period === undefined ? undefined : withoutUndefined({ period, by });
}

function readPorts(
  spec: Section<Spec>,
  product: string,
  title: string | undefined,
  sla: ServiceLevels,
): readonly OutputPort[] {
  const schema = spec.get("schema");
  const quality = spec.get("quality");
  const checks = readChecks(quality);
  const ports: OutputPort[] = [];
  if (schema.exists) {
    const read = readSchema(schema);
    ports.push(
      withoutUndefined({ name: snakeName(product), default: true, title, ...read, checks, sla, at: schema.path }),
    );
  } else if (checks.length > 0) {
    quality.report("missing-key", { key: "schema", where: "The spec has checks of a default port and" });
  }
  for (const item of spec.get("ports").items()) {
    const port = readPort(item, sla);
    if (port !== undefined) ports.push(port);
  }
  return ports;
}

function readPort(item: Item<PortFile>, inherited: ServiceLevels): OutputPort | undefined {
  if (!item.exists) item.wrong("a port");
  const section = item.section("The port");
  if (section === undefined) return undefined;
  const nameItem = section.need("name");
  const name = nameItem.text();
  if (name !== undefined && !isPlainName(name)) nameItem.report("bad-name", { what: "a port", value: shown(name) });
  const port = withoutUndefined({
    name: snakeName(name ?? ""),
    default: false,
    title: section.get("title").text(),
    description: section.get("description").text(),
    ...readSchema(section.need("schema")),
    checks: readChecks(section.get("quality")),
    sla: { ...inherited, ...readServiceLevels(section.get("sla")) },
    at: item.path,
  });
  const { extensions } = port;
  const whole = extensionsOf({ ...extensions, ...section.done() });
  const { extensions: _, ...bare } = port;
  if (port.name === "") return undefined;
  return whole === undefined ? bare : { ...bare, extensions: whole };
}

function readSchema(item: Item<SchemaFile | undefined>): Pick<OutputPort, "schemaType" | "columns" | "extensions"> {
  const section = item.section("The schema");
  if (section === undefined) return { columns: [] };
  const schemaType = section.get("type").text();
  const fields = section.need("fields");
  const columns = readColumns(fields);
  if (fields.node?.kind === "list" && fields.node.items.length === 0) {
    fields.report("out-of-range", { what: "fields", value: "an empty list", range: "a list of at least one column" });
  }
  return withoutUndefined({ schemaType, columns, extensions: extensionsOf(section.done()) });
}

export function readInput(item: Item<string | InputFile>): InputPort | undefined {
  if (!item.exists) item.wrong("an input port");
  if (!item.isMap) {
    const from = readReference(item);
    return from === undefined ? undefined : { name: snakeName(from.product), from, columns: [], at: item.path };
  }
  const section = item.section("The input port");
  if (section === undefined) return undefined;
  const from = readReference(section.need("from"));
  const nameItem = section.get("name");
  const name = nameItem.text();
  if (name !== undefined && !isPlainName(name))
    nameItem.report("bad-name", { what: "an input port", value: shown(name) });
  const schema = section.get("schema");
  const input = {
    name: snakeName(name ?? from?.product ?? ""),
    freshness: readDuration(section.get("freshness")),
    columns: schema.exists ? readInputSchema(schema) : [],
    description: section.get("description").text(),
    at: item.path,
  };
  section.done();
  return from === undefined ? undefined : withoutUndefined({ ...input, from });
}

function readInputSchema(item: Item<InputFile["schema"]>): InputPort["columns"] {
  const section = item.section("The schema");
  if (section === undefined) return [];
  section.get("type").text();
  const columns = readColumns(section.need("fields"));
  section.done();
  return columns;
}

export function readStorage(item: Item<Spec["storage"]>): Storage | undefined {
  const section = item.section("The storage");
  if (section === undefined) return undefined;
  const storage = withoutUndefined({
    format: section.get("format").text(),
    location: section.get("location").text(),
    encryption: section.get("encryption").text(),
    partitionBy: section.get("partition_by").texts(),
  });
  section.done();
  const { partitionBy, ...rest } = storage;
  return partitionBy.length === 0 && Object.keys(rest).length === 0 ? undefined : storage;
}

export function readLineage(item: Item<Spec["lineage"]>): Contract["lineage"] {
  const section = item.section("The lineage");
  if (section === undefined) return { upstream: [], downstream: [] };
  const upstream = readReferences(section.get("upstream"));
  const downstream = readReferences(section.get("downstream"));
  section.done();
  return { upstream, downstream };
}

export function readAccess(item: Item<Spec["access"]>): Access {
  const section = item.section("The access section");
  if (section === undefined) return { roles: [], policies: [], purposes: [] };
  const access = withoutUndefined({
    roles: section.get("roles").texts(),
    policies: section.get("policies").texts(),
    purposes: section.get("purposes").texts(),
    rowFilter: section.get("row_filter").text(),
  });
  section.done();
  return access;
}

export function readDeprecation(item: Item<Spec["deprecation"]>): Deprecation | undefined {
  const section = item.section("The deprecation");
  if (section === undefined) return undefined;
  const deprecation = withoutUndefined({
    since: section.get("since").text(),
    until: readDate(section.get("sunset")),
    replacedBy: section.get("replaced_by").text(),
    reason: section.get("reason").text(),
    guide: section.get("guide").text(),
  });
  section.done();
  return deprecation;
}
