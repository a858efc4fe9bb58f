export type {
  Access,
  AnyDocument,
  CheckSeverity,
  Constraints,
  Contract,
  ContractCheck,
  ContractColumn,
  Deprecation,
  Domain,
  DomainDbt,
  DomainPolicy,
  Duration,
  Embedding,
  Approval,
  CompatibilitySettings,
  IgnoreEntry,
  Infrastructure,
  InfrastructureCheck,
  InputPort,
  Masking,
  Media,
  MediaChecksum,
  Mesh,
  NamingConvention,
  OutputPort,
  Ownership,
  ProductRecord,
  ProductStatus,
  PublishTarget,
  Retention,
  Sensitivity,
  ServiceLevels,
  SettingValue,
  Share,
  Storage,
  Target,
  UpstreamReference,
} from "./model.ts";
export type { ContractSource, Read, ReadContext } from "./source.ts";
export { readAnyDocument, readContract, readDomain, readMesh } from "./read.ts";
export type { SourceText } from "./read.ts";
export { emptyMesh } from "./default-mesh.ts";
export { assertions, canonicalCheck } from "./assertions.ts";
export type { ArgumentKind, Assertion, AssertionArgument, CanonicalCheck } from "./assertions.ts";
export { durationOf, durationText } from "./duration.ts";
export { shareOf } from "./share.ts";
export { kebabName, snakeName } from "./names.ts";
export { majorsNamed, portReference, withMajor } from "./reference.ts";
export { majorOf, versionOf } from "./version.ts";
export type { Version } from "./version.ts";
export { typeOf, typeWordOf } from "./type-word.ts";
export type { TypeContext, TypeWord } from "./type-word.ts";
export { relationOf } from "./relation-of.ts";
export { contractArea, lintContract, optInCodes } from "./lint-contract.ts";
export type { LintContext } from "./lint-contract.ts";
export { withNested } from "./columns.ts";
export { LOCK_VERSION, lockText, normalForm } from "./normal-form.ts";
export type { NormalForm, NormalFormOptions } from "./normal-form.ts";
export { applyRuleSettings } from "./rule-settings.ts";
export { withDomainDefaults } from "./domain-defaults.ts";
export { lintDomain, lintMesh, meshArea } from "./lint-mesh.ts";
export type { LintMeshContext } from "./lint-mesh.ts";
export { writeContract } from "./datamesh/write-data-product.ts";
export type { WriteOptions } from "./datamesh/write-data-product.ts";
export { convertToDatamesh } from "./datamesh/convert-data-product.ts";
export { writeOdcs } from "./odcs/write-odcs.ts";
export type { WriteOdcsOptions } from "./odcs/write-odcs.ts";
export { writeOdps } from "./odps/write-odps.ts";
export type { Loss, WrittenDocument } from "./odcs/losses.ts";
export type { DataProductFile } from "./datamesh/data-product.schema.ts";
export type { DomainFile } from "./datamesh/domain.schema.ts";
export type { MeshFile } from "./datamesh/mesh.schema.ts";
export { edit } from "./edit.ts";
export type { Edit, Edited } from "./edit.ts";
export { columnOf } from "./column-of.ts";
export { jsonSchemaOf } from "./json-schema.ts";
export type { FileKind } from "./json-schema.ts";
