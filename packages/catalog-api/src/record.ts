import { z } from "zod";
import {
  checkStatus,
  columnEdge,
  gitState,
  instant,
  lineageConsumer,
  observedPort,
  policyVerdict,
  run,
  typescriptImport,
} from "./report.ts";

export const productStatus = z.enum(["draft", "active", "deprecated", "retired"]);
export type ProductStatus = z.infer<typeof productStatus>;

/**
 * The one verdict on a product's quality. `not-run` is its own value, so that nobody shows it as good;
 * `partial`: what ran has passed, the rest has not run; `error`: a check could not run; `stale`: the results are of
 * another version.
 */
export const verdict = z.enum(["passing", "partial", "warning", "failing", "error", "stale", "not-run"]);
export type Verdict = z.infer<typeof verdict>;

export const qualitySummary = z.object({
  verdict,
  checkedAt: instant.optional().describe("of the oldest result that counts: the verdict is as old as its oldest part"),
  environment: z.string().optional(),
  passed: z.number().int(),
  failed: z.number().int().describe("failed, warned or could not run"),
  notRun: z.number().int().describe("promised and never measured, or skipped"),
  total: z.number().int(),
});
export type QualitySummary = z.infer<typeof qualitySummary>;

export const deprecation = z.object({
  since: z.string().optional(),
  until: z.string().optional(),
  replacedBy: z.string().optional(),
  reason: z.string().optional(),
  guide: z.string().optional(),
});

const flatColumn = z.object({
  name: z.string(),
  type: z.string().describe("as the author wrote it, with precision: decimal(10,2)"),
  nullable: z.boolean(),
  primaryKey: z.boolean(),
  title: z.string().optional(),
  description: z.string().optional(),
  tags: z.array(z.string()),
  pii: z.boolean(),
  masking: z.string().optional(),
  classification: z.string().optional(),
  constraints: z.array(z.string()).describe("in words: unique, one of placed, paid"),
  references: z.string().optional(),
  embedding: z.string().optional(),
  deprecated: deprecation.optional(),
});
export interface Column extends z.infer<typeof flatColumn> {
  fields?: Column[] | undefined;
}
/** A promised column; nested ones carry their fields. */
export const column: z.ZodType<Column> = flatColumn.extend({ fields: z.lazy(() => z.array(column)).optional() });

export const promisedCheck = z.object({
  port: z.string(),
  check: z.string(),
  assertion: z.string(),
  column: z.string().optional(),
  severity: z.enum(["error", "warning"]),
  threshold: z.number().optional(),
  dimension: z.string().optional(),
  description: z.string().optional(),
  expectation: z.string().describe("in words"),
});
export type PromisedCheck = z.infer<typeof promisedCheck>;

/** Service levels: each as written, freshness and latency with their seconds, shares from 0 to 1. */
const duration = z.object({ text: z.string(), seconds: z.number() });
const share = z.object({ text: z.string(), value: z.number() });
export const serviceLevels = z.object({
  freshness: duration.optional(),
  latency: duration.optional(),
  availability: share.optional(),
  completeness: share.optional(),
  accuracy: share.optional(),
});
export type ServiceLevels = z.infer<typeof serviceLevels>;

export const promisedPort = z.object({
  name: z.string(),
  default: z.boolean(),
  title: z.string().optional(),
  description: z.string().optional(),
  relation: z.string().describe("<domain>.<port>_v<major>"),
  columns: z.array(column),
  checks: z.array(promisedCheck),
  sla: serviceLevels,
});
export type PromisedPort = z.infer<typeof promisedPort>;

/** `name` is `<domain>.<product>` of the text `content.page-catalog@1`, `text` stands for it outside the mesh. */
const reference = z.object({ name: z.string(), text: z.string() });

/** What a version of a contract promises, in the form that pages show. */
export const productRecord = z.object({
  id: z.string(),
  domain: z.string(),
  product: z.string(),
  name: z.string().describe("<domain>.<product>"),
  writtenName: z.string(),
  version: z.string(),
  dialect: z.string(),
  status: productStatus,
  title: z.string().optional(),
  description: z.string().optional(),
  useCases: z.array(z.string()),
  limitations: z.string().optional(),
  tags: z.array(z.string()),
  documentationUrl: z.string().optional(),
  previousVersions: z.array(z.string()),
  owner: z.string().optional(),
  ownership: z.array(z.object({ role: z.string(), value: z.string() })),
  channel: z.string().optional(),
  sensitivity: z.string().optional(),
  retention: z.object({ text: z.string(), days: z.number(), by: z.string().optional() }).optional(),
  sla: serviceLevels,
  ports: z.array(promisedPort),
  inputs: z.array(reference.extend({ input: z.string(), description: z.string().optional() })),
  upstream: z.array(reference),
  declaredDownstream: z.array(reference).describe("as the contract says; the graph is the truth"),
  access: z.object({
    roles: z.array(z.string()),
    policies: z.array(z.string()),
    purposes: z.array(z.string()),
    rowFilter: z.string().optional(),
  }),
  deprecation: deprecation.optional(),
});
export type ProductRecord = z.infer<typeof productRecord>;

export const productSummary = z.object({
  id: z.string(),
  domain: z.string(),
  product: z.string(),
  name: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  status: productStatus,
  version: z.string(),
  owner: z.string().optional(),
  tags: z.array(z.string()),
  sensitivity: z.string().optional(),
  columns: z.number().int(),
  quality: qualitySummary,
  publishedAt: instant,
});
export type ProductSummary = z.infer<typeof productSummary>;

export const versionSummary = z.object({
  version: z.string(),
  revision: z.number().int(),
  status: productStatus,
  publishedAt: instant,
  contentHash: z.string(),
  changedPromises: z.boolean().describe("a released version was changed in place"),
  git: gitState.optional(),
  current: z.boolean(),
  sunset: z.string().optional().describe("from when it may be gone: an older version may live on until then"),
});
export type VersionSummary = z.infer<typeof versionSummary>;

/** Everything of one product at one version: promise, place, last run. */
export const product = z.object({
  summary: productSummary,
  record: productRecord,
  revision: versionSummary,
  contract: z.object({ text: z.string(), file: z.string().optional(), contentHash: z.string() }),
  observed: z.array(observedPort),
  lastRun: run.optional(),
  git: gitState.optional(),
  compliance: z.array(policyVerdict),
  consumers: z.array(lineageConsumer),
  typescript: typescriptImport.optional(),
});
export type Product = z.infer<typeof product>;

/** A check as promised, as last measured, and its last thirty runs, oldest first. */
export const checkHistory = promisedCheck.extend({
  promised: z.boolean().describe("false: measured, but the contract does not name it"),
  status: checkStatus.optional().describe("absent: never run"),
  actual: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
  expected: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
  failing: z.number().optional(),
  rows: z.number().optional(),
  reason: z.string().optional(),
  checkedAt: instant.optional(),
  runs: z.array(z.object({ runId: z.string(), at: instant, status: checkStatus })),
});
export type CheckHistory = z.infer<typeof checkHistory>;

export const qualityReport = z.object({
  name: z.string(),
  version: z.string(),
  summary: qualitySummary,
  run: run.optional(),
  checks: z.array(checkHistory),
});
export type QualityReport = z.infer<typeof qualityReport>;

export const schemaReport = z.object({
  name: z.string(),
  version: z.string(),
  ports: z.array(promisedPort.extend({ observed: observedPort.optional() })),
});
export type SchemaReport = z.infer<typeof schemaReport>;

export const lineageNode = z.object({
  name: z.string(),
  kind: z.enum(["product", "external", "unpublished"]),
  distance: z.number().int().describe("negative upstream, positive downstream"),
  title: z.string().optional(),
  owner: z.string().optional(),
  version: z.string().optional(),
  verdict: verdict.optional(),
});
export type LineageNode = z.infer<typeof lineageNode>;

export const lineageGraph = z.object({
  root: z.string(),
  depth: z.number().int(),
  nodes: z.array(lineageNode),
  edges: z.array(z.object({ from: z.string(), to: z.string() })),
  columns: z.array(columnEdge.extend({ reader: z.string().describe("the product whose port the value flows into") })),
  truncated: z.boolean(),
});
export type LineageGraph = z.infer<typeof lineageGraph>;

export const searchMatch = z.object({
  kind: z.enum(["name", "column", "tag", "owner", "description"]),
  text: z.string(),
  port: z.string().optional(),
});
export const searchHit = z.object({ product: productSummary, score: z.number(), matches: z.array(searchMatch) });
export type SearchHit = z.infer<typeof searchHit>;

export const domainSummary = z.object({
  name: z.string(),
  products: z.number().int(),
  owners: z.array(z.string()),
  verdicts: z.partialRecord(verdict, z.number().int()),
});
export type DomainSummary = z.infer<typeof domainSummary>;

const paged = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), total: z.number().int(), offset: z.number().int(), limit: z.number().int() });
export const productPage = paged(productSummary);
export type ProductPage = z.infer<typeof productPage>;
export const searchPage = paged(searchHit).extend({ query: z.string() });
export type SearchPage = z.infer<typeof searchPage>;
export const versionList = z.object({ items: z.array(versionSummary) });
export const domainList = z.object({ items: z.array(domainSummary) });

/** The metadata record that organisations exchange about a product: flat, snake_case. */
export const metadata = z.object({
  id: z.string(),
  name: z.string(),
  owner_team: z.string().nullable(),
  domain: z.string(),
  description: z.string().nullable(),
  tags: z.array(z.string()),
  documentation_url: z.string().nullable(),
  sla: z.record(z.string(), z.string()),
  quality_metrics: z
    .record(z.string(), z.number())
    .describe("share of passed checks by dimension, 0 to 1; empty where none ran"),
  current_version: z.string(),
  previous_versions: z.array(z.string()),
  sensitivity_level: z.string().nullable(),
  retention_period_days: z.number().nullable(),
});
export type Metadata = z.infer<typeof metadata>;

export const lineageEvents = z.object({
  items: z.array(z.object({ receivedAt: instant, event: z.record(z.string(), z.unknown()) })),
});
