import type { LogicalType } from "@meshwork/sql";
import type {
  Contract,
  ContractCheck,
  ContractColumn,
  Deprecation,
  Embedding,
  InputPort,
  Media,
  OutputPort,
  ServiceLevels,
} from "../model.ts";
import { snakeName } from "../names.ts";
import { canonicalCheck } from "../assertions.ts";
import { typeWordOf } from "../type-word.ts";
import { writeYaml } from "../yaml/write-yaml.ts";
import type {
  CheckFile,
  ColumnFile,
  ConstraintsFile,
  DataProductFile,
  ElementFile,
  InputFile,
  PortFile,
  SchemaFile,
  ServiceLevelsFile,
} from "./data-product.schema.ts";

export interface WriteOptions {
  /** Where the file's JSON Schema lies, seen from the file: editors complete and check by it. */
  readonly schema?: string | undefined;
}

/**
 * The contract as a `datamesh.io/v1` file in its one canonical form. Reading it gives the same contract, apart from
 * places; comments are not part of a contract (`edit` keeps them).
 */
export function writeContract(contract: Contract, options: WriteOptions = {}): string {
  const header = options.schema === undefined ? "" : `# yaml-language-server: $schema=${options.schema}\n`;
  return header + writeYaml(dataProductFile(contract));
}

/** Leaves out what says nothing: undefined, empty lists and empty maps. */
function filled<T extends object>(value: T): T {
  const kept = Object.entries(value).filter(([, each]) => {
    if (each === undefined) return false;
    return typeof each !== "object" || each === null || Object.keys(each).length > 0;
  });
  return Object.fromEntries(kept) as T;
}

const listed = (texts: readonly string[]): string[] | undefined => (texts.length === 0 ? undefined : [...texts]);

export function dataProductFile(contract: Contract): DataProductFile {
  const { ownership: o, access: a, storage: s, retention: r } = contract;
  // A port of another name would be another relation: it stands among the named ones.
  const port = contract.ports.find((each) => each.default && each.name === snakeName(contract.product));
  const implied = contract.id === `${contract.domain}.${contract.product}`;
  const file: DataProductFile = {
    apiVersion: "datamesh.io/v1",
    kind: "DataProduct",
    metadata: filled({
      id: implied ? undefined : contract.id,
      name: contract.name,
      domain: contract.domain,
      version: contract.version,
      title: contract.title,
      description: contract.description,
      status: contract.status === "active" ? undefined : contract.status,
      tags: listed(contract.tags),
      documentation_url: contract.documentationUrl,
      previous_versions: listed(contract.previousVersions),
    }),
    spec: filled({
      owner: contract.owner,
      ownership: filled({
        domain_owner: o.domainOwner,
        product_owner: o.productOwner,
        technical_owner: o.technicalOwner,
        developer: o.developer,
        business_owner: o.businessOwner,
        steward: o.steward,
        on_call_rotation: o.onCallRotation,
        escalation_path: o.escalationPath,
        communication_channel: o.communicationChannel,
      }),
      use_cases: listed(contract.useCases),
      limitations: contract.limitations,
      sensitivity: contract.sensitivity,
      retention: r === undefined ? undefined : r.by === undefined ? r.period.text : { period: r.period.text, by: r.by },
      sla: levelsFile(contract.sla),
      inputs: contract.inputs.map(inputFile),
      schema: port === undefined ? undefined : schemaFile(port),
      ports: contract.ports.filter((each) => each !== port).map((each) => portFile(each, contract.sla)),
      storage:
        s === undefined
          ? undefined
          : filled({
              format: s.format,
              location: s.location,
              encryption: s.encryption,
              partition_by: listed(s.partitionBy),
            }),
      quality: port === undefined || port.checks.length === 0 ? undefined : { checks: port.checks.map(checkFile) },
      lineage: filled({
        upstream: listed(contract.lineage.upstream.map((each) => each.text)),
        downstream: listed(contract.lineage.downstream.map((each) => each.text)),
      }),
      access: filled({
        roles: listed(a.roles),
        policies: listed(a.policies),
        purposes: listed(a.purposes),
        row_filter: a.rowFilter,
      }),
      ...contract.extensions,
    }),
  };
  // Deprecated and nothing more is said by an empty map.
  if (contract.deprecation !== undefined) file.spec.deprecation = productDeprecation(contract.deprecation);
  return file;
}

export const levelsFile = (sla: ServiceLevels): ServiceLevelsFile =>
  filled({
    freshness: sla.freshness?.text,
    availability: sla.availability?.text,
    completeness: sla.completeness?.text,
    accuracy: sla.accuracy?.text,
    latency: sla.latency?.text,
  });

function productDeprecation(deprecation: Deprecation): NonNullable<DataProductFile["spec"]["deprecation"]> {
  const { since, until, replacedBy, reason, guide } = deprecation;
  return filled({ since, sunset: until, replaced_by: replacedBy, reason, guide });
}

export function inputFile(input: InputPort): InputFile {
  return filled({
    name: input.name === snakeName(input.from.product) ? undefined : input.name,
    from: input.from.text,
    description: input.description,
    freshness: input.freshness?.text,
    schema: input.columns.length === 0 ? undefined : { fields: input.columns.map(columnFile) },
  });
}

const schemaFile = (port: OutputPort): SchemaFile =>
  filled({ type: port.schemaType, fields: port.columns.map(columnFile), ...port.extensions });

/** Service levels that are the product's are not said again. */
function portFile(port: OutputPort, inherited: ServiceLevels): PortFile {
  const keys = ["freshness", "availability", "completeness", "accuracy", "latency"] as const;
  const own = Object.fromEntries(
    keys.filter((key) => port.sla[key]?.text !== inherited[key]?.text).map((key) => [key, port.sla[key]]),
  ) as ServiceLevels;
  return filled({
    name: port.name,
    title: port.title,
    description: port.description,
    schema: schemaFile(port),
    quality: port.checks.length === 0 ? undefined : { checks: port.checks.map(checkFile) },
    sla: levelsFile(own),
  });
}

export function columnFile(column: ContractColumn): ColumnFile {
  const { deprecated, embedding: e } = column;
  return filled({
    name: column.name,
    ...shapeFile(column),
    title: column.title,
    description: column.description,
    examples: column.examples === undefined ? undefined : [...column.examples],
    tags: listed(column.tags),
    embedding: e === undefined ? undefined : embeddingFile(e),
    deprecated: deprecated === undefined ? undefined : columnDeprecation(deprecated),
    renamed_from: column.renamedFrom,
    ...column.extensions,
  });
}

export const embeddingFile = (e: Embedding): NonNullable<ColumnFile["embedding"]> =>
  filled({
    dimensions: e.dimensions,
    element: e.element,
    model: e.model,
    model_version: e.modelVersion,
    metric: e.metric,
    normalized: e.normalized,
    modality: e.modality,
  });

export const mediaFile = (m: Media): NonNullable<ColumnFile["media"]> =>
  filled({
    types: [...m.types],
    base: m.base,
    schemes: m.schemes === undefined ? undefined : [...m.schemes],
    type_column: m.typeColumn,
    checksum: m.checksum === undefined ? undefined : { column: m.checksum.column, algorithm: m.checksum.algorithm },
    size_column: m.sizeColumn,
    max_bytes: m.maxBytes,
  });

export function columnDeprecation(deprecation: Deprecation): NonNullable<ColumnFile["deprecated"]> {
  const { since, until, replacedBy, reason } = deprecation;
  const file = filled({ since, until, replaced_by: replacedBy, reason });
  return Object.keys(file).length === 0 ? true : file;
}

type Shape = Pick<
  ElementFile,
  "type" | "precision" | "scale" | "items" | "keys" | "values" | "fields" | "constraints" | "media"
>;

export function shapeFile(column: ContractColumn): Shape {
  const { type, typeName, element, fields } = column;
  const word = typeName.includes("(") ? undefined : type;
  const decimal = word?.kind === "decimal" && !(word.precision === 38 && word.scale === 9) ? word : undefined;
  const timed = (word?.kind === "timestamp" || word?.kind === "time") && word.precision !== 6 ? word : undefined;
  const part = element === undefined ? undefined : elementFile(element);
  const map = type.kind === "map";
  return filled({
    type: typeName,
    precision: decimal?.precision ?? timed?.precision,
    scale: decimal?.scale,
    items: map ? undefined : part,
    keys: map && element !== undefined ? keyWord(type.key) : undefined,
    values: map ? part : undefined,
    fields: element === undefined && fields !== undefined ? fields.map(columnFile) : undefined,
    media: column.media === undefined ? undefined : mediaFile(column.media),
    constraints: constraintsFile(column),
  });
}

/** `string` is what a map's keys are where nothing is said. */
function keyWord(key: LogicalType): string | undefined {
  if (key.kind === "string" && key.maxLength === undefined) return undefined;
  return typeWordOf(key);
}

/** An element of which only the type is said is written as a word. */
function elementFile(element: ContractColumn): string | ElementFile {
  const file: ElementFile = filled({ ...shapeFile(element), description: element.description, ...element.extensions });
  return Object.keys(file).length === 1 ? element.typeName : file;
}

export function constraintsFile(column: ContractColumn): ConstraintsFile | undefined {
  const { constraints: c } = column;
  const key = c.primaryKey === true;
  const file: ConstraintsFile = filled({
    primary_key: c.primaryKey,
    primary_key_position: c.primaryKeyPosition,
    null: column.nullable === key ? column.nullable : undefined,
    unique: c.unique,
    min_length: c.minLength,
    max_length: c.maxLength,
    min: c.min,
    max: c.max,
    exclusive_min: c.exclusiveMin,
    exclusive_max: c.exclusiveMax,
    pattern: c.pattern,
    format: c.format,
    timezone: c.timezone,
    references: c.references,
    pii: column.pii ? true : undefined,
    masking: column.masking,
    classification: column.classification,
  });
  if (c.enum !== undefined) file.enum = [...c.enum];
  return Object.keys(file).length === 0 ? undefined : file;
}

export function checkFile(check: ContractCheck): CheckFile {
  const modifiers = Object.entries(check.arguments).filter(([key]) => key.startsWith("must_"));
  const rest = Object.entries(check.arguments).filter(([key]) => !key.startsWith("must_"));
  const single = rest.length === 1 && rest[0]![0] === "value" ? rest[0]![1] : Object.fromEntries(rest);
  const { assertion } = canonicalCheck(check.assertion, check.arguments);
  const implied = check.column === undefined ? assertion : `${assertion}.${check.column}`;
  const file: CheckFile = filled({
    name: check.name === implied ? undefined : check.name,
    column: check.column,
    assertion: check.sql !== undefined && check.assertion === "sql" ? undefined : check.assertion,
    sql: check.sql,
    threshold: check.threshold,
    severity: check.severity === "error" ? undefined : check.severity,
    dimension: check.dimension,
    description: check.description,
    where: check.where,
  });
  return {
    ...file,
    ...(rest.length === 0 ? {} : { value: single }),
    ...Object.fromEntries(modifiers),
    ...check.extensions,
  };
}
