import type { Column, ProductRecord, PromisedPort } from "@meshwork/catalog-api";
import type {
  Contract,
  ContractColumn,
  Deprecation,
  OutputPort,
  Ownership,
  ServiceLevels,
  UpstreamReference,
} from "@meshwork/contract";
import { majorOf, relationOf } from "@meshwork/contract";
import { constraintsInWords, expectationInWords } from "./expectation.ts";

const roles: readonly (readonly [keyof Ownership, string])[] = [
  ["domainOwner", "Domain owner"],
  ["productOwner", "Product owner"],
  ["technicalOwner", "Technical owner"],
  ["developer", "Developer"],
  ["businessOwner", "Business owner"],
  ["steward", "Steward"],
  ["onCallRotation", "On call"],
  ["escalationPath", "Escalation"],
  ["communicationChannel", "Channel"],
];

/** What the catalog keeps and shows of a contract: a plain value without the places in the document. */
export function recordOf(contract: Contract): ProductRecord {
  const { ownership, retention, access } = contract;
  return {
    id: contract.id,
    domain: contract.domain,
    product: contract.product,
    name: `${contract.domain}.${contract.product}`,
    writtenName: contract.name,
    version: contract.version,
    dialect: contract.dialect,
    status: contract.status,
    title: contract.title,
    description: contract.description,
    useCases: [...contract.useCases],
    limitations: contract.limitations,
    tags: [...contract.tags],
    documentationUrl: contract.documentationUrl,
    previousVersions: [...contract.previousVersions],
    owner: contract.owner,
    ownership: roles.flatMap(([key, role]) => {
      const value = ownership[key];
      return value === undefined ? [] : [{ role, value }];
    }),
    channel: ownership.communicationChannel,
    sensitivity: contract.sensitivity,
    retention:
      retention === undefined
        ? undefined
        : { text: retention.period.text, days: retention.period.seconds / 86_400, by: retention.by },
    sla: levelsOf(contract.sla),
    ports: contract.ports.map((port) => portOf(port, contract)),
    inputs: contract.inputs.map(({ name, from, description }) => ({ input: name, ...referenceOf(from), description })),
    upstream: contract.lineage.upstream.map(referenceOf),
    declaredDownstream: contract.lineage.downstream.map(referenceOf),
    access: {
      roles: [...access.roles],
      policies: [...access.policies],
      purposes: [...access.purposes],
      rowFilter: access.rowFilter,
    },
    deprecation: contract.deprecation === undefined ? undefined : deprecationOf(contract.deprecation),
  };
}

const referenceOf = ({ domain, product, text }: UpstreamReference) => ({
  name: `${domain}.${product}`,
  text: text.replace(/@.*$/, ""),
});

function portOf(port: OutputPort, contract: Contract): PromisedPort {
  const relation = relationOf(contract, port, majorOf(contract.version));
  return {
    name: port.name,
    default: port.default,
    title: port.title,
    description: port.description,
    relation: `${relation.schema}.${relation.name}`,
    columns: port.columns.map(columnOf),
    checks: port.checks.map((check) => ({
      port: port.name,
      check: check.name,
      assertion: check.assertion,
      column: check.column,
      severity: check.severity,
      threshold: check.threshold,
      dimension: check.dimension,
      description: check.description,
      expectation: expectationInWords(check),
    })),
    sla: levelsOf({ ...contract.sla, ...present(port.sla) }),
  };
}

function columnOf(column: ContractColumn): Column {
  const { embedding } = column;
  return {
    name: column.name,
    type: typeInWords(column),
    nullable: column.nullable,
    primaryKey: column.constraints.primaryKey === true,
    title: column.title,
    description: column.description,
    tags: [...column.tags],
    pii: column.pii,
    masking: column.masking,
    classification: column.classification,
    constraints: constraintsInWords(column.constraints),
    references: column.constraints.references,
    embedding:
      embedding === undefined
        ? undefined
        : [`${embedding.dimensions} × ${embedding.element}`, embedding.model, embedding.metric, embedding.modality]
            .filter((part) => part !== undefined)
            .join(", "),
    deprecated: column.deprecated === undefined ? undefined : deprecationOf(column.deprecated),
    fields: column.fields?.map(columnOf),
  };
}

/** The author's word, with what it leaves out: `decimal(10,2)`. */
function typeInWords({ type, typeName }: ContractColumn): string {
  if (/[(<[]/.test(typeName)) return typeName;
  if (type.kind === "decimal" && !typeName.includes("(")) return `${typeName}(${type.precision},${type.scale})`;
  if (type.kind === "array") return `${typeName} of ${kindInWords(type.element.type)}`;
  if (type.kind === "map") return `${typeName} of ${kindInWords(type.value.type)}`;
  return typeName;
}

const kindInWords = (type: ContractColumn["type"]): string => (type.kind === "opaque" ? type.name : type.kind);

const deprecationOf = ({ since, until, replacedBy, reason, guide }: Deprecation) => ({
  since,
  until,
  replacedBy,
  reason,
  guide,
});

function levelsOf(levels: ServiceLevels): ProductRecord["sla"] {
  const { freshness, latency, availability, completeness, accuracy } = levels;
  return {
    freshness: freshness && { text: freshness.text, seconds: freshness.seconds },
    latency: latency && { text: latency.text, seconds: latency.seconds },
    availability: availability && { text: availability.text, value: availability.value },
    completeness: completeness && { text: completeness.text, value: completeness.value },
    accuracy: accuracy && { text: accuracy.text, value: accuracy.value },
  };
}

const present = (levels: ServiceLevels): ServiceLevels =>
  Object.fromEntries(Object.entries(levels).filter(([, value]) => value !== undefined));
