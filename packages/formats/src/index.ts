export { defineFormat, emit } from "./define-format.ts";
export { assignIds, idsText, readIds } from "./ids/contract-ids.ts";
export type { ContractIds, PortIds } from "./ids/contract-ids.ts";
export type { EmitContext, EmitOptions, Emitted, EmittedFile, Format, Loss } from "./define-format.ts";
export { dialects } from "./dialects.ts";
export { formatNamed, formats } from "./registry.ts";
export { dbtSchema } from "./dbt-schema.format.ts";
export { jsonSchema } from "./json-schema.format.ts";
export { markdown } from "./markdown.format.ts";
export { typescriptZod } from "./typescript-zod.format.ts";
export { camelCase, typeNames } from "./typescript/names.ts";
export { dbtMesh, dbtProject } from "./dbt-mesh.format.ts";
export type { DbtDomain, DbtProduct, PortRead } from "./dbt/dbt-domain.ts";
export { importArea } from "./in/import-area.ts";
export { readIn } from "./in/read-in.ts";
export { guessFormat, importFormatNamed, importFormats } from "./in/registry.ts";
export type {
  ImportedPort,
  ImportedProduct,
  ImportedReference,
  Imported,
  ImportFormat,
  ImportLoss,
  ImportSource,
  ReadIn,
} from "./in/define-import.ts";
export { assemble } from "./in/assemble.ts";
export type { AssembledContract, ImportAnswers } from "./in/assemble.ts";
export { columnsOfFields } from "./in/fields.ts";
export { schemaOfContainer } from "./in/avro/container.ts";
export { readCatalog } from "./in/catalog/read-catalog.ts";
export type { CatalogColumn, CatalogTable } from "./in/catalog/read-catalog.ts";
