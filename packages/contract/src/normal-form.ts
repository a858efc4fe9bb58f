import type { LogicalType } from "@meshwork/sql";
import { canonicalCheck } from "./assertions.ts";
import type {
  Contract,
  ContractCheck,
  ContractColumn,
  Deprecation,
  InputPort,
  Media,
  Mesh,
  OutputPort,
  ServiceLevels,
  UpstreamReference,
} from "./model.ts";
import { relationOf } from "./relation-of.ts";
import { typeWordOf } from "./type-word.ts";
import { majorOf } from "./version.ts";

/** Raised when the same contract is locked in another form, so that an old lock is known as one. */
export const LOCK_VERSION = 1;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** The promises of a contract, by what a change of them reaches: Nx reads these fields one by one. */
export interface NormalForm {
  readonly lockVersion: typeof LOCK_VERSION;
  readonly product: { readonly id: string; readonly name: string };
  readonly version: string;
  readonly ports: JsonObject;
  readonly checks: JsonObject;
  readonly sla: JsonObject;
  readonly access: JsonObject;
  readonly inputs: JsonObject;
  readonly lineage: readonly string[];
  readonly lifecycle: JsonObject;
  readonly storage: JsonObject;
}

export interface NormalFormOptions {
  /** The mesh's naming of relations; the default one where absent. */
  readonly naming?: Mesh["naming"] | undefined;
}

/**
 * What a contract promises and nothing else: sorted, defaults filled, aliases of types and assertions resolved;
 * no prose, positions, comments or extensions. Two texts that promise the same have the same normal form.
 */
export function normalForm(contract: Contract, options: NormalFormOptions = {}): NormalForm {
  return {
    lockVersion: LOCK_VERSION,
    product: { id: contract.id, name: `${contract.domain}.${contract.product}` },
    version: contract.version,
    ports: byName(contract.ports, (port) => portForm(contract, port, options)),
    checks: byName(contract.ports, (port) => byName(port.checks, checkForm)),
    sla: slaForm(contract),
    access: {
      roles: sorted(contract.access.roles),
      policies: sorted(contract.access.policies),
      purposes: sorted(contract.access.purposes),
      rowFilter: contract.access.rowFilter ?? null,
      sensitivity: contract.sensitivity ?? null,
    },
    inputs: byName(contract.inputs, inputForm),
    lineage: sorted(contract.lineage.upstream.map(referenceText)),
    lifecycle: { status: contract.status, deprecation: deprecationForm(contract.deprecation) },
    storage: {
      format: contract.storage?.format ?? null,
      location: contract.storage?.location ?? null,
      encryption: contract.storage?.encryption ?? null,
      partitionBy: contract.storage?.partitionBy ?? [],
      retention:
        contract.retention === undefined
          ? null
          : { seconds: contract.retention.period.seconds, by: contract.retention.by ?? null },
    },
  };
}

/** The text of `contract.lock.json`: the normal form with sorted keys, two spaces, and a final newline. */
export function lockText(contract: Contract, options: NormalFormOptions = {}): string {
  return `${JSON.stringify(sortKeys(normalForm(contract, options)), null, 2)}\n`;
}

function portForm(contract: Contract, port: OutputPort, options: NormalFormOptions): Json {
  const relation = relationOf(contract, port, majorOf(contract.version), options.naming);
  return {
    default: port.default,
    relation: { schema: relation.schema ?? null, name: relation.name },
    columns: port.columns.map(columnForm),
  };
}

function inputForm(input: InputPort): Json {
  return {
    from: referenceText(input.from),
    freshness: input.freshness?.seconds ?? null,
    columns: input.columns.map(columnForm),
  };
}

/** Nested types are told by the columns inside them, and by the type where its word says all there is. */
function columnForm(column: ContractColumn): Json {
  const { constraints: c, embedding, media } = column;
  return given({
    name: column.name,
    type: typeForm(column.type, column),
    nullable: column.nullable,
    pii: column.pii,
    masking: column.masking,
    classification: column.classification,
    deprecated: column.deprecated === undefined ? undefined : deprecationForm(column.deprecated),
    embedding:
      embedding === undefined
        ? undefined
        : given({
            element: embedding.element,
            model: embedding.model,
            modelVersion: embedding.modelVersion,
            metric: embedding.metric,
            normalized: embedding.normalized,
            modality: embedding.modality,
          }),
    media: media === undefined ? undefined : mediaForm(media),
    primaryKey: c.primaryKey === true ? (c.primaryKeyPosition ?? true) : undefined,
    unique: c.unique === true ? true : undefined,
    minLength: c.minLength,
    maxLength: c.maxLength,
    min: c.min,
    max: c.max,
    exclusiveMin: c.exclusiveMin,
    exclusiveMax: c.exclusiveMax,
    pattern: c.pattern,
    enum: c.enum === undefined ? undefined : sortedValues(c.enum),
    format: c.format,
    timezone: c.timezone,
    references: c.references,
  });
}

function mediaForm(media: Media): Json {
  return given({
    types: sorted(media.types),
    base: media.base,
    schemes: media.schemes === undefined ? undefined : sorted(media.schemes),
    typeColumn: media.typeColumn,
    checksum:
      media.checksum === undefined ? undefined : { algorithm: media.checksum.algorithm, column: media.checksum.column },
    sizeColumn: media.sizeColumn,
    maxBytes: media.maxBytes,
  });
}

function typeForm(type: LogicalType, column: ContractColumn | undefined): Json {
  switch (type.kind) {
    case "array":
      if (column?.embedding !== undefined || type.length !== undefined) {
        return { array: typeForm(type.element.type, undefined), length: type.length ?? null };
      }
      return { array: partForm(type.element, column?.element, column?.fields) };
    case "map":
      return { map: partForm(type.value, column?.element, column?.fields), key: typeForm(type.key, undefined) };
    case "struct":
      return {
        struct: column?.fields?.map(columnForm) ?? type.fields.map((field) => partForm(field, undefined, undefined)),
      };
    // A length is a constraint, however it was written.
    case "string":
    case "binary":
      return type.kind;
    default:
      return typeWordOf(type);
  }
}

function partForm(
  field: { readonly name: string; readonly type: LogicalType; readonly nullable: boolean },
  element: ContractColumn | undefined,
  fields: readonly ContractColumn[] | undefined,
): Json {
  if (element !== undefined) return columnForm(element);
  const { name, type, nullable } = field;
  const maxLength = type.kind === "string" || type.kind === "binary" ? type.maxLength : undefined;
  const inside = { fields, constraints: given({ maxLength }), tags: [], extensions: {}, at: [], pii: false };
  return columnForm({ ...inside, name, type, typeName: "", nullable });
}

function checkForm(check: ContractCheck): Json {
  const { assertion, arguments: given } = canonicalCheck(check.assertion, check.arguments);
  const values = given["values"];
  return {
    assertion,
    column: check.column ?? null,
    arguments: jsonOf(Array.isArray(values) ? { ...given, values: sortedValues(values) } : given),
    sql: check.sql ?? null,
    where: check.where ?? null,
    threshold: check.threshold ?? 1,
    severity: check.severity,
  };
}

function slaForm(contract: Contract): JsonObject {
  return {
    product: levelsForm(contract.sla),
    ports: byName(contract.ports, (port) => levelsForm(port.sla)),
  };
}

function levelsForm(sla: ServiceLevels): Json {
  return {
    freshness: sla.freshness?.seconds ?? null,
    availability: sla.availability?.value ?? null,
    completeness: sla.completeness?.value ?? null,
    accuracy: sla.accuracy?.value ?? null,
    latency: sla.latency?.seconds ?? null,
  };
}

/** Why and where to read on is prose; since when, until when and what instead are promises. */
function deprecationForm(deprecation: Deprecation | undefined): Json {
  if (deprecation === undefined) return null;
  const { since, until, replacedBy } = deprecation;
  return { since: since ?? null, until: until ?? null, replacedBy: replacedBy ?? null };
}

function referenceText(reference: UpstreamReference): string {
  const port = reference.port === undefined ? "" : `.${reference.port}`;
  return `${reference.domain}.${reference.product}${port}${reference.major === undefined ? "" : `@${reference.major}`}`;
}

const sorted = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort();

function sortedValues(values: readonly unknown[]): readonly Json[] {
  const byText = new Map(values.map((value) => [JSON.stringify(jsonOf(value)), jsonOf(value)]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

function byName<T extends { readonly name: string }>(all: readonly T[], form: (each: T) => Json): JsonObject {
  const sortedByName = [...all].sort((a, b) => (a.name < b.name ? -1 : 1));
  return Object.fromEntries(sortedByName.map((each) => [each.name, form(each)]));
}

function given<V>(values: Readonly<Record<string, V | undefined>>): Record<string, V> {
  const kept: Record<string, V> = {};
  for (const key of Object.keys(values)) if (values[key] !== undefined) kept[key] = values[key];
  return kept;
}

/** Whatever YAML gave as JSON; what JSON has no word for (`.inf`, `.nan`) as text. */
function jsonOf(value: unknown): Json {
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, each]) => [key, jsonOf(each)]));
  }
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  return typeof value === "string" || typeof value === "boolean" ? value : null;
}

function sortKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sortKeys);
  const sorted: Record<string, unknown> = {};
  const keys = Object.keys(value);
  if (!keys.every((key, n) => n === 0 || keys[n - 1]! < key)) keys.sort();
  for (const key of keys) {
    const part = sortKeys((value as Record<string, unknown>)[key]);
    // A column may be called so, and an assignment would not make a key of it.
    if (key === "__proto__") Object.defineProperty(sorted, key, { value: part, enumerable: true });
    else sorted[key] = part;
  }
  return sorted;
}
