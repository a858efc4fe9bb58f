import type { CheckResult } from "@meshwork/catalog-api";
import type { ContractColumn } from "@meshwork/contract";
import type { ProductSnapshot } from "./snapshot.ts";

// OpenLineage 2-0-2 and its facets, as published under openlineage.io/spec. Each facet names its own schema.

/** Who made an event: a URI, as `_producer` and `producer` ask for. */
export const producer = "https://github.com/meshwork/meshwork/tree/main/packages/publishers";

type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };
export type Facets = Record<string, { readonly _producer: string; readonly _schemaURL: string } & Record<string, Json>>;

const facet = (schema: string, body: Record<string, Json>) => {
  const name = schema.split("/").at(-1)!;
  return {
    _producer: producer,
    _schemaURL: `https://openlineage.io/spec/facets/${schema}.json#/$defs/${name}`,
    ...body,
  };
};

export const schemaFacet = (columns: readonly SchemaField[]) =>
  facet("1-2-0/SchemaDatasetFacet", { fields: columns.map((column, at) => fieldOf(column, at)) });

export interface SchemaField {
  readonly name: string;
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  readonly fields?: readonly SchemaField[] | undefined;
}

export const promisedField = (column: ContractColumn): SchemaField => ({
  name: column.name,
  type: column.typeName,
  description: column.description,
  fields: column.fields?.map(promisedField),
});

const fieldOf = ({ name, type, description, fields }: SchemaField, at: number): Record<string, Json> => ({
  name,
  ...(type === undefined ? {} : { type }),
  ...(description === undefined ? {} : { description }),
  ordinal_position: at + 1,
  ...(fields === undefined ? {} : { fields: fields.map(fieldOf) }),
});

export interface InputField {
  readonly namespace: string;
  readonly name: string;
  readonly field: string;
  readonly type: "DIRECT" | "INDIRECT";
  readonly subtype?: string | undefined;
  readonly masking?: boolean | undefined;
}

/** Values by column; what decides about all rows (filters, joins) stands under `dataset`. */
export function columnLineageFacet(fields: ReadonlyMap<string, readonly InputField[]>) {
  const written = (inputs: readonly InputField[]): Json[] =>
    inputs.map(({ namespace, name, field, type, subtype, masking }) => ({
      namespace,
      name,
      field,
      transformations: [
        { type, ...(subtype === undefined ? {} : { subtype }), ...(masking === undefined ? {} : { masking }) },
      ],
    }));
  // `fromEntries` defines properties, so that a column called __proto__ stays one.
  return facet("1-2-0/ColumnLineageDatasetFacet", {
    fields: Object.fromEntries([...fields].map(([column, inputs]) => [column, { inputFields: written(inputs) }])),
  });
}

/** Checks that ran; what was skipped asserts nothing and is left out. */
export const assertionsFacet = (checks: readonly CheckResult[]) =>
  facet("1-1-0/DataQualityAssertionsDatasetFacet", {
    assertions: checks
      .filter((check) => check.status !== "skipped")
      .map((check) => ({
        assertion: check.assertion,
        // A warning is a check that did not hold and may: its severity says so. One that could not run did not hold.
        success: check.status === "passed",
        name: check.check,
        ...(check.column === undefined ? {} : { column: check.column }),
        severity: check.severity ?? (check.status === "warning" ? "warn" : "error"),
        ...(check.expected === undefined ? {} : { expected: String(check.expected) }),
        ...(check.actual === undefined ? {} : { actual: String(check.actual) }),
      })),
  });

export const dataSourceFacet = (name: string, uri: string | undefined) =>
  facet("1-0-1/DatasourceDatasetFacet", { name, ...(uri === undefined ? {} : { uri }) });

export const datasetVersionFacet = (datasetVersion: string) =>
  facet("1-0-1/DatasetVersionDatasetFacet", { datasetVersion });

export const symlinksFacet = (namespace: string, name: string) =>
  facet("1-0-1/SymlinksDatasetFacet", { identifiers: [{ namespace, name, type: "LOCATION" }] });

export const outputStatisticsFacet = (rowCount: number | undefined, size: number | undefined) =>
  facet("1-0-2/OutputStatisticsOutputDatasetFacet", {
    ...(rowCount === undefined ? {} : { rowCount: Math.round(rowCount) }),
    ...(size === undefined ? {} : { size: Math.round(size) }),
  });

export const datasetOwnershipFacet = (snapshot: ProductSnapshot) =>
  facet("1-0-1/OwnershipDatasetFacet", { owners: ownersOf(snapshot) });
export const jobOwnershipFacet = (snapshot: ProductSnapshot) =>
  facet("1-0-1/OwnershipJobFacet", { owners: ownersOf(snapshot) });

function ownersOf({ contract }: ProductSnapshot): { name: string; type: string }[] {
  const { owner, ownership } = contract;
  const roles: [string, string | undefined][] = [
    ["OWNER", owner],
    ["DOMAIN_OWNER", ownership.domainOwner],
    ["PRODUCT_OWNER", ownership.productOwner],
    ["TECHNICAL_OWNER", ownership.technicalOwner],
    ["DEVELOPER", ownership.developer],
    ["BUSINESS_OWNER", ownership.businessOwner],
    ["STEWARD", ownership.steward],
  ];
  return roles.flatMap(([type, name]) => (name === undefined ? [] : [{ name, type }]));
}

export const datasetDocumentationFacet = (description: string) =>
  facet("1-1-0/DocumentationDatasetFacet", { description });
export const jobDocumentationFacet = (description: string) => facet("1-1-0/DocumentationJobFacet", { description });

export const jobTypeFacet = (jobType: string) =>
  facet("2-0-4/JobTypeJobFacet", { processingType: "BATCH", integration: "MESHWORK", jobType });

export const sqlFacet = (query: string, dialect: string | undefined) =>
  facet("1-1-0/SQLJobFacet", { query, ...(dialect === undefined ? {} : { dialect }) });

export const sourceCodeFacet = (repository: string, path: string, commit: string, branch: string | undefined) =>
  facet("1-1-0/SourceCodeLocationJobFacet", {
    type: "git",
    url: `${repository}/blob/${commit}/${path.split("/").map(encodeURIComponent).join("/")}`,
    repoUrl: repository,
    path,
    version: commit,
    ...(branch === undefined ? {} : { branch }),
  });

export const processingEngineFacet = (name: string, version: string, adapterVersion: string) =>
  facet("1-1-1/ProcessingEngineRunFacet", { name, version, openlineageAdapterVersion: adapterVersion });

export const errorMessageFacet = (message: string) =>
  facet("1-0-1/ErrorMessageRunFacet", { message, programmingLanguage: "SQL" });

export const parentFacet = (runId: string, namespace: string, name: string) =>
  facet("1-2-0/ParentRunFacet", { run: { runId }, job: { namespace, name } });

export const environmentFacet = (environment: string) =>
  facet("1-0-0/TagsRunFacet", { tags: [{ key: "environment", value: environment, source: "MESHWORK" }] });
