export { EngineError } from "./engine.ts";
export type {
  BindError,
  Binder,
  BoundColumn,
  BoundQuery,
  Capabilities,
  Cell,
  ColumnOrigin,
  IndirectKind,
  IndirectOrigin,
  Engine,
  EngineErrorCode,
  QueryOptions,
  QueryResult,
  QueryStats,
  Row,
  RowBatch,
  Session,
} from "./engine.ts";
export { conformanceCases, hostileName, nestedConformanceCases } from "./conformance.ts";
export type { ConformanceCase } from "./conformance.ts";
export {
  columnValue,
  constantValue,
  decidedBy,
  indirectOrigins,
  mergeValues,
  originsOf,
  sameValue,
  unite,
  unknownValue,
} from "./origin-value.ts";
export type { Deciders, OriginValue, ReadColumn } from "./origin-value.ts";
export { declareLineageTables, lineageCases, lineageOf } from "./lineage-conformance.ts";
export type { LineageCase } from "./lineage-conformance.ts";
