import type {
  CheckResult,
  ColumnEdge,
  GitState,
  LineageConsumer,
  ObservedPort,
  PolicyVerdict,
  ProductRecord,
  ProductStatus,
  Report,
  Run,
} from "@meshwork/catalog-api";
import { boolean, integer, jsonb, pgTable, primaryKey, text, timestamp } from "drizzle-orm/pg-core";

// The tables of `migrations/*.sql`, the same on PGlite and Postgres. All of it can be rebuilt from git and the
// lineage events: a lost catalog is published again, not restored.

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "date", precision: 3 });

/** One row a product, at its current version. */
export const products = pgTable("product", {
  id: text("id").primaryKey(),
  domain: text("domain").notNull(),
  product: text("product").notNull(),
  version: text("version").notNull(),
  revision: integer("revision").notNull(),
  status: text("status").$type<ProductStatus>().notNull(),
  owner: text("owner"),
  tags: jsonb("tags").$type<string[]>().notNull(),
  record: jsonb("record").$type<ProductRecord>().notNull(),
  publishedAt: at("published_at").notNull(),
  /** Start of the run whose lineage is stored; an older run does not replace it. */
  lineageAt: at("lineage_at"),
  consumers: jsonb("consumers").$type<LineageConsumer[]>().notNull(),
});

/** Every text that was accepted: a version has revisions 1, 2 …, of which the last counts. */
export const versions = pgTable(
  "version",
  {
    productId: text("product_id").notNull(),
    version: text("version").notNull(),
    revision: integer("revision").notNull(),
    status: text("status").$type<ProductStatus>().notNull(),
    contentHash: text("content_hash").notNull(),
    promiseHash: text("promise_hash").notNull(),
    changedPromises: boolean("changed_promises").notNull(),
    contract: text("contract").notNull(),
    file: text("file"),
    record: jsonb("record").$type<ProductRecord>().notNull(),
    git: jsonb("git").$type<GitState>(),
    typescript: jsonb("typescript").$type<NonNullable<Report["typescript"]>>(),
    publishedAt: at("published_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.productId, t.version, t.revision] })],
);

export const runs = pgTable(
  "run",
  {
    productId: text("product_id").notNull(),
    runId: text("run_id").notNull(),
    version: text("version").notNull(),
    hash: text("hash").notNull(),
    startedAt: at("started_at").notNull(),
    body: jsonb("body").$type<Run>().notNull(),
    git: jsonb("git").$type<GitState>(),
    ports: jsonb("ports").$type<ObservedPort[]>().notNull(),
    compliance: jsonb("compliance").$type<PolicyVerdict[]>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.productId, t.runId] })],
);

export const checkResults = pgTable(
  "check_result",
  {
    productId: text("product_id").notNull(),
    runId: text("run_id").notNull(),
    position: integer("position").notNull(),
    port: text("port").notNull(),
    name: text("name").notNull(),
    status: text("status").$type<CheckResult["status"]>().notNull(),
    at: at("at").notNull(),
    body: jsonb("body").$type<CheckResult>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.productId, t.runId, t.position] })],
);

/** The last result of each check, whichever run found it: what verdicts are made of. */
export const latestChecks = pgTable(
  "check_latest",
  {
    productId: text("product_id").notNull(),
    port: text("port").notNull(),
    name: text("name").notNull(),
    version: text("version").notNull(),
    runId: text("run_id").notNull(),
    environment: text("environment"),
    at: at("at").notNull(),
    body: jsonb("body").$type<CheckResult>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.productId, t.port, t.name] })],
);

/** What a product reads: as its contract says, and as its last run found. */
export const lineageInputs = pgTable(
  "lineage_input",
  {
    productId: text("product_id").notNull(),
    origin: text("origin").$type<"contract" | "run">().notNull(),
    /** `domain.product`, if it is one. */
    source: text("source").notNull(),
    /** What to call it where no such product is published. */
    label: text("label").notNull(),
  },
  (t) => [primaryKey({ columns: [t.productId, t.origin, t.label] })],
);

export const lineageColumns = pgTable(
  "lineage_column",
  {
    productId: text("product_id").notNull(),
    position: integer("position").notNull(),
    source: text("source").notNull(),
    body: jsonb("body").$type<ColumnEdge>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.productId, t.position] })],
);

export type TermKind = "name" | "column" | "tag" | "owner" | "description";

/** What search looks through; `folded` as in `search.ts`. */
export const terms = pgTable(
  "term",
  {
    productId: text("product_id").notNull(),
    position: integer("position").notNull(),
    kind: text("kind").$type<TermKind>().notNull(),
    text: text("text").notNull(),
    folded: text("folded").notNull(),
    port: text("port"),
  },
  (t) => [primaryKey({ columns: [t.productId, t.position] })],
);

export const lineageEvents = pgTable("lineage_event", {
  hash: text("hash").primaryKey(),
  job: text("job").notNull(),
  eventTime: at("event_time").notNull(),
  receivedAt: at("received_at").notNull(),
  body: jsonb("body").$type<Record<string, unknown>>().notNull(),
});
