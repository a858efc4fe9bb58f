export { meshwork } from "./meshwork.publisher.ts";
export type { MeshworkConfig } from "./meshwork.publisher.ts";
export { openlineage } from "./openlineage.publisher.ts";
export type { OpenLineageConfig } from "./openlineage.publisher.ts";
export { publishArea } from "./publish-codes.ts";
export type {
  Configured,
  ConnectedPublisher,
  OpenEmbedded,
  Publisher,
  Receipt,
  SendContext,
  SettingSources,
  Step,
} from "./publisher.ts";
export { connectPublisher, publisherKinds, publishTarget } from "./registry.ts";
export type { Connected } from "./registry.ts";
export type { ProductSnapshot, SnapshotInput, SnapshotModel } from "./snapshot.ts";
