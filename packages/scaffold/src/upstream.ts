import type { Contract, ContractColumn, OutputPort, Sensitivity } from "@meshwork/contract";
import { majorOf, typeWordOf } from "@meshwork/contract";
import type { Field, LogicalType } from "@meshwork/sql";
import { snake } from "./names.ts";

/** A column as a template sees it. */
export interface TemplateColumn {
  readonly name: string;
  /** The column as it stands in a contract of the `datamesh.io/v1` dialect. */
  readonly field: Readonly<Record<string, unknown>>;
  readonly type: LogicalType;
  readonly nullable: boolean;
  readonly key: boolean;
  readonly pii: boolean;
}

/** How an aggregate sums up one column. */
export interface Measure {
  readonly column: string;
  readonly name: string;
  /** SQL type that the sum is cast to. */
  readonly sqlType: string;
  readonly field: Readonly<Record<string, unknown>>;
}

/** A port of another product that the new one reads, and what follows from its columns. */
export interface TemplateInput {
  /** `orders.order-events@2`, as the contract names it. */
  readonly reference: string;
  readonly domain: string;
  readonly product: string;
  readonly port: string;
  /** Name of the input and of its CTE. */
  readonly name: string;
  /** Whether it lies in another domain: dbt's `ref` then takes two arguments. */
  readonly foreign: boolean;
  /** The dbt expression that reads it: `{{ ref('orders', 'order_events') }}`. */
  readonly ref: string;
  readonly title: string;
  readonly columns: readonly TemplateColumn[];
  /** Columns that this input adds to a joined result: all of the first input, of others those not there yet. */
  readonly added: readonly TemplateColumn[];
  /** Key that later inputs are joined by; absent where they share none with the first. */
  readonly joinKey?: string | undefined;
  /** The date or timestamp that rows are grouped by. */
  readonly grain?: { readonly column: string; readonly nullable: boolean } | undefined;
  readonly sensitivity?: Sensitivity | undefined;
  readonly freshnessSeconds?: number | undefined;
  /** Share of the time that it can be read, 0 to 1. */
  readonly availability?: number | undefined;
}

/** A port with the contract it stands in. */
export interface UpstreamPort {
  readonly contract: Contract;
  readonly port: OutputPort;
}

export function templateInputs(domain: string, upstream: readonly UpstreamPort[]): TemplateInput[] {
  const present = new Set<string>();
  const names = new Set<string>();
  let base: readonly TemplateColumn[] = [];
  return upstream.map(({ contract, port }, index) => {
    const live = port.columns.filter((c) => c.deprecated === undefined);
    const from = `As in ${contract.domain}.${contract.product}.`;
    const columns = (live.length > 0 ? live : port.columns).map((c) => templateColumn(c, from));
    const keys = columns.filter((c) => c.key);
    const key = keys.length === 1 ? keys[0] : undefined;
    const joinKey =
      index > 0 && key && base.some((c) => c.name === key.name && c.type.kind === key.type.kind) ? key.name : undefined;
    if (index === 0) base = columns;
    const own =
      index === 0 ? columns : joinKey === undefined ? [] : columns.filter((c) => !present.has(c.name.toLowerCase()));
    // A left join leaves gaps, and only the first input's key is the result's.
    const added = index === 0 ? own : own.map(optional);
    for (const c of added) present.add(c.name.toLowerCase());
    const short = snake(contract.product);
    const name = names.has(port.name) ? `${snake(contract.domain)}_${port.name}` : port.name;
    names.add(name);
    const grain = grainOf(columns);
    const sla = port.sla.freshness ?? contract.sla.freshness;
    return {
      reference: `${contract.domain}.${contract.product}${port.default ? "" : `.${port.name}`}@${majorOf(contract.version)}`,
      domain: contract.domain,
      product: contract.product,
      port: port.name,
      name: sqlSafe(name) ?? short,
      foreign: contract.domain !== domain,
      ref: refTo(contract.domain === domain ? undefined : snake(contract.domain), port.name),
      title: contract.title ?? contract.product.replaceAll("-", " "),
      columns,
      added,
      joinKey,
      grain: grain && { column: grain.name, nullable: grain.nullable },
      sensitivity: sensitivityOf(contract, port),
      freshnessSeconds: sla?.seconds,
      availability: (port.sla.availability ?? contract.sla.availability)?.value,
    };
  });
}

const quoted = (text: string): string => `'${text.replace(/[\\']/g, "\\$&").replaceAll("\n", String.raw`\n`)}'`;

/** A port of the same domain is a model there; of another domain its name takes the domain along. */
export const refTo = (foreignDomain: string | undefined, port: string): string =>
  `{{ ref(${foreignDomain === undefined ? "" : `${quoted(foreignDomain)}, `}${quoted(port)}) }}`;

const sqlSafe = (name: string): string | undefined => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : undefined);

function optional(column: TemplateColumn): TemplateColumn {
  const constraints = column.field["constraints"] as Record<string, unknown> | undefined;
  const kept = Object.entries(constraints ?? {}).filter(
    ([k]) => k !== "null" && !k.startsWith("primary_key") && k !== "unique",
  );
  const { constraints: _, ...field } = column.field;
  return {
    ...column,
    key: false,
    nullable: true,
    field: kept.length > 0 ? { ...field, constraints: Object.fromEntries(kept) } : field,
  };
}

/** The first date or timestamp that every row has; else the first one at all. Personal dates (birthdays) are none. */
function grainOf(columns: readonly TemplateColumn[]): TemplateColumn | undefined {
  const dates = columns.filter((c) => (c.type.kind === "date" || c.type.kind === "timestamp") && !c.pii);
  return dates.find((c) => !c.nullable) ?? dates[0];
}

const order: readonly Sensitivity[] = ["public", "internal", "confidential", "restricted"];

export const highest = (levels: readonly (Sensitivity | undefined)[]): Sensitivity | undefined =>
  order.findLast((level) => levels.includes(level));

function sensitivityOf(contract: Contract, port: OutputPort): Sensitivity | undefined {
  return highest([contract.sensitivity, ...port.columns.map((c) => c.classification)]);
}

/** What an aggregate can add up: numbers that are neither keys nor references nor personal. */
export function measuresOf(columns: readonly TemplateColumn[]): Measure[] {
  const measures: Measure[] = [];
  for (const c of columns) {
    const constraints = c.field["constraints"] as Record<string, unknown> | undefined;
    if (
      c.key ||
      c.pii ||
      constraints?.["references"] !== undefined ||
      /(^|_)(id|key|code|year|month|day|version)$/i.test(c.name)
    )
      continue;
    const name = `total_${c.name}`;
    const description = `Sum of ${c.name}.`;
    if (c.type.kind === "decimal") {
      const { scale } = c.type;
      measures.push({
        column: c.name,
        name,
        sqlType: `decimal(38, ${scale})`,
        field: { name, type: "decimal", precision: 38, scale, description },
      });
    } else if (c.type.kind === "integer")
      measures.push({ column: c.name, name, sqlType: "bigint", field: { name, type: "long", description } });
    else if (c.type.kind === "float")
      measures.push({
        column: c.name,
        name,
        sqlType: "double precision",
        field: { name, type: "double", description },
      });
  }
  return measures;
}

/** What a table without dates is grouped by: a column with few values. */
export function categoryOf(columns: readonly TemplateColumn[]): TemplateColumn | undefined {
  const usable = columns.filter((c) => !c.key && !c.pii);
  return (
    usable.find((c) => (c.field["constraints"] as Record<string, unknown> | undefined)?.["enum"] !== undefined) ??
    usable.find((c) => c.type.kind === "boolean")
  );
}

function templateColumn(column: ContractColumn, from: string): TemplateColumn {
  return {
    name: column.name,
    field: { ...fieldOf(column), description: column.description ?? from },
    type: column.type,
    nullable: column.nullable,
    key: column.constraints.primaryKey === true,
    pii: column.pii,
  };
}

/**
 * A column in the keys of the `datamesh.io/v1` dialect, with what a consumer of it still may promise: type, nullability,
 * classification and masking always; ranges and patterns only of values that no mask has changed.
 */
export function fieldOf(column: ContractColumn): Record<string, unknown> {
  const c = column.constraints;
  const masked = column.masking !== undefined && column.masking !== "none";
  const constraints: Record<string, unknown> = {
    primary_key: c.primaryKey === true ? true : undefined,
    primary_key_position: c.primaryKeyPosition,
    null: column.nullable ? undefined : false,
    unique: c.unique === true ? true : undefined,
    ...(masked
      ? {}
      : {
          min_length: c.minLength,
          max_length: c.maxLength,
          min: c.min,
          max: c.max,
          exclusive_min: c.exclusiveMin,
          exclusive_max: c.exclusiveMax,
          pattern: c.pattern,
          enum: c.enum,
          format: c.format,
        }),
    timezone: c.timezone,
    references: c.references,
    pii: column.pii ? true : undefined,
    masking: column.masking,
    classification: column.classification,
  };
  const embedding = column.embedding && {
    dimensions: column.embedding.dimensions,
    element: column.embedding.element,
    model: column.embedding.model,
    model_version: column.embedding.modelVersion,
    metric: column.embedding.metric,
    normalized: column.embedding.normalized,
    modality: column.embedding.modality,
  };
  const used = Object.values(constraints).some((v) => v !== undefined);
  return {
    name: column.name,
    ...(embedding ? { type: "embedding" } : column.media ? { type: "media" } : typeKeys(column.type, column.fields)),
    // The time zone says that it is zoned; the type need not say it again.
    ...(column.type.kind === "timestamp" && c.timezone !== undefined
      ? { type: typeWordOf({ ...column.type, zoned: false }) }
      : {}),
    description: column.description,
    constraints: used ? constraints : undefined,
    embedding,
    // The columns beside it may be left out here; what the objects are is not.
    media: column.media && { types: column.media.types, base: column.media.base, schemes: column.media.schemes },
  };
}

/** A type in the dialect's words; containers bring their parts along. */
function typeKeys(type: LogicalType, fields?: readonly ContractColumn[]): Record<string, unknown> {
  switch (type.kind) {
    case "decimal":
      return { type: "decimal", precision: type.precision, scale: type.scale };
    case "array":
      return { type: "array", items: typeKeys(type.element.type, fields) };
    case "map":
      return {
        type: "map",
        ...(type.key.kind === "string" ? {} : { keys: typeWordOf(type.key) }),
        values: typeKeys(type.value.type, fields),
      };
    case "struct":
      return { type: "struct", fields: fields ? fields.map(fieldOf) : type.fields.map(plainField) };
    default:
      return { type: typeWordOf(type) };
  }
}

const plainField = (field: Field): Record<string, unknown> => ({
  name: field.name,
  ...typeKeys(field.type),
  ...(field.nullable ? {} : { constraints: { null: false } }),
});
