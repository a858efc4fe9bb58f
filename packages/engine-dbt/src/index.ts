export { ArtifactProject } from "./artifact-project.ts";
export type { ArtifactProjectOptions } from "./artifact-project.ts";
export { readManifest } from "./artifacts/manifest.ts";
export type {
  Manifest,
  ManifestColumn,
  ManifestExposure,
  ManifestGroup,
  ManifestNode,
  ManifestSource,
  ManifestTest,
} from "./artifacts/manifest.ts";
export { readCatalog } from "./artifacts/catalog.ts";
export type { Catalog, CatalogColumn, CatalogRelation } from "./artifacts/catalog.ts";
export { readRunResults } from "./artifacts/run-results.ts";
export type { RunResult, RunResults, RunStatus } from "./artifacts/run-results.ts";
export { emptyLedger, readLedger, withResults } from "./result-ledger.ts";
export type { NodeRecord, ResultLedger } from "./result-ledger.ts";
export { ownersOf, selects } from "./product-models.ts";
export type { ProductModels } from "./product-models.ts";
export { dbtArguments, runDbt } from "./run-dbt.ts";
export type { DbtExit, DbtInvocation } from "./run-dbt.ts";
export { dbtArea } from "./dbt-codes.ts";
export { warehouseType } from "./warehouse-type.ts";
export { proposeProducts } from "./adopt/propose-products.ts";
export type { ProposedProduct } from "./adopt/propose-products.ts";
export { deriveContract } from "./adopt/derive-contract.ts";
export type { DerivedContract, DeriveOptions, Gap } from "./adopt/derive-contract.ts";
