import { z } from "zod";

/** ISO 8601 with an offset, as JSON carries an instant; from 1970 to 2999, which every store can hold. */
export const instant = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) >= 0 && Date.parse(text) < 32_503_680_000_000, "must lie between 1970 and 2999");

/** `domain.product`, both kebab-case; for anything outside the mesh its name as the contract writes it. */
const name = z.string().min(1).max(300);

/** A measured or promised value of a check: what can be shown in one cell. */
const scalar = z.union([z.string().max(2_000), z.number(), z.boolean(), z.null()]);

export const checkStatus = z.enum(["passed", "failed", "warning", "error", "skipped"]);
export type CheckStatus = z.infer<typeof checkStatus>;

/** What one check of a port found. Never rows: those stay where the data is. */
export const checkResult = z.object({
  port: name,
  check: name.describe("name of the check, unique within the port"),
  assertion: name,
  column: name.optional(),
  status: checkStatus,
  severity: z.enum(["error", "warning"]).optional(),
  actual: scalar.optional(),
  expected: scalar.optional(),
  failing: z.number().nonnegative().optional().describe("rows that do not pass"),
  rows: z.number().nonnegative().optional().describe("rows looked at"),
  reason: z.string().max(2_000).optional().describe("why it was skipped or could not run"),
  at: instant.optional().describe("when it was measured, where that differs from the run's end"),
});
export type CheckResult = z.infer<typeof checkResult>;

export const runStatus = z.enum(["running", "completed", "failed", "aborted"]);

/** One build, check or publication of a product. */
export const run = z.object({
  runId: z.uuid(),
  startedAt: instant,
  endedAt: instant.optional(),
  status: runStatus,
  environment: name.optional().describe("the target: dev, prod …"),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("the CI run behind it"),
});
export type Run = z.infer<typeof run>;

export const gitState = z.object({
  commit: z.string().regex(/^[0-9a-f]{7,64}$/),
  branch: name.optional(),
  repository: z.string().max(500).optional(),
  dirty: z.boolean().optional().describe("files differed from the commit"),
});
export type GitState = z.infer<typeof gitState>;

/** A column as the engine reports it, not as the contract promises it. */
const observedColumn = z.object({ name, type: z.string().max(1_000), nullable: z.boolean().optional() });

/** Where the data of an output port lies and what is in it. */
export const observedPort = z.object({
  port: name,
  relation: z.string().max(500).optional().describe("as SQL names it: orders.order_events_v2"),
  location: z.string().max(2_000).optional().describe("path or URL of its files"),
  format: z.string().max(50).optional(),
  rows: z.number().nonnegative().optional(),
  bytes: z.number().nonnegative().optional(),
  snapshot: z.string().max(200).optional(),
  builtAt: instant.optional(),
  freshAsOf: instant.optional().describe("newest instant found in the data itself"),
  columns: z.array(observedColumn).max(5_000).optional(),
});
export type ObservedPort = z.infer<typeof observedPort>;

/** What a product reads. */
export const lineageInput = z.object({
  name,
  port: name.optional(),
  major: z.number().int().nonnegative().optional(),
  external: z.boolean().optional().describe("outside the mesh"),
  via: z.array(z.enum(["contract", "sql", "typescript"])).optional(),
});
export type LineageInput = z.infer<typeof lineageInput>;

/** Who reads a product, as the repository knows it. */
export const lineageConsumer = z.object({
  name,
  owner: z.string().max(300).optional(),
  columns: z.array(name).max(5_000).optional(),
});
export type LineageConsumer = z.infer<typeof lineageConsumer>;

/** A value that flows from a column of an input into a column of a port. */
export const columnEdge = z.object({
  from: z.object({ name, port: name.optional(), column: name }),
  to: z.object({ port: name, column: name }),
  type: z.enum(["direct", "indirect"]).describe("indirect: it decides which rows, not which value"),
  subtype: z
    .string()
    .max(50)
    .optional()
    .describe("OpenLineage's: IDENTITY, TRANSFORMATION, AGGREGATION, JOIN, FILTER …"),
  masking: z.boolean().optional(),
});
export type ColumnEdge = z.infer<typeof columnEdge>;

export const lineage = z.object({
  inputs: z.array(lineageInput).max(2_000).default([]),
  columns: z.array(columnEdge).max(50_000).default([]),
  consumers: z.array(lineageConsumer).max(5_000).default([]),
});
export type Lineage = z.infer<typeof lineage>;

export const policyVerdict = z.object({
  policy: name,
  enforcement: z.enum(["required", "recommended", "optional"]),
  status: z.enum(["met", "violated", "waived", "not-evaluated"]),
  message: z.string().max(2_000).optional(),
});
export type PolicyVerdict = z.infer<typeof policyVerdict>;

/** How TypeScript code imports the product's row type. */
export const typescriptImport = z.object({
  module: z.string().regex(/^[@\w./-]{1,300}$/),
  type: z.string().regex(/^\w{1,200}$/),
  schema: z
    .string()
    .regex(/^\w{1,200}$/)
    .optional(),
});

/** What a run knows of a product beyond its contract. Every part may be missing. */
export const report = z.object({
  run: run.optional(),
  git: gitState.optional(),
  ports: z.array(observedPort).max(500).optional(),
  checks: z.array(checkResult).max(20_000).optional(),
  lineage: lineage.optional(),
  compliance: z.array(policyVerdict).max(1_000).optional(),
  typescript: typescriptImport.optional(),
});
export type Report = z.infer<typeof report>;

/** A report sent on its own, after the contract is known: it must name its run. */
export const runReport = report.extend({ run, version: z.string().max(100).optional() });
export type RunReport = z.infer<typeof runReport>;

/**
 * The envelope: a contract and what its run found, in one request. It is told from a bare contract by its key
 * `contract` holding text, which no contract dialect has.
 */
export const publication = report.extend({
  contract: z.string().min(1).describe("the contract's text as authored: YAML or JSON"),
  file: z.string().max(1_000).optional().describe("path in the repository, with /"),
  domain: name.optional().describe("from the path, for contracts that do not say"),
  product: name.optional().describe("from the path, for contracts that do not say"),
  revise: z.boolean().optional().describe("accept changed promises under a released version, and flag them"),
});
export type Publication = z.infer<typeof publication>;
export type PublicationInput = z.input<typeof publication>;

/** The answer to a publication. */
export const receipt = z.object({
  outcome: z.enum(["created", "revised", "unchanged"]).describe("of the contract; revised: another text, same version"),
  id: z.string(),
  name: z.string(),
  version: z.string(),
  revision: z.number().int(),
  contentHash: z.string(),
  changedPromises: z.boolean().describe("this version promised something else before"),
  run: z.enum(["stored", "unchanged", "none"]),
  url: z.string().describe("of the product's page, relative to the catalog"),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
});
export type PublishReceipt = z.infer<typeof receipt>;

/** Why a request was refused. */
export const problem = z.object({
  code: z.string(),
  message: z.string(),
  help: z.string().optional(),
  diagnostics: z
    .array(
      z.object({
        code: z.string(),
        severity: z.enum(["error", "warning", "info"]),
        message: z.string(),
        line: z.number().int().optional(),
        column: z.number().int().optional(),
      }),
    )
    .optional(),
});
export type Problem = z.infer<typeof problem>;
