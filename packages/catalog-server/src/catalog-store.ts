import type {
  CatalogStore,
  CheckHistory,
  ProductFilter,
  ProductSummary,
  QualityReport,
  QualitySummary,
  Verdict,
  VersionSummary,
} from "@meshwork/catalog-api";
import { publication as publicationSchema } from "@meshwork/catalog-api";
import type { SQL } from "drizzle-orm";
import { and, desc, eq, inArray, lte, sql } from "drizzle-orm";
import { z } from "zod";
import type { OpenDatabase } from "./database.ts";
import { groupBy } from "./group-by.ts";
import { lineageGraph } from "./lineage-graph.ts";
import { canonicalJson, hashOf } from "./promises.ts";
import { storePublication, storeRun } from "./publish.ts";
import type { Latest, Promises } from "./quality.ts";
import { checkHistories, historyKey, sharesByDimension, summarize } from "./quality.ts";
import { readPublication } from "./read-contract.ts";
import { checkResults, latestChecks, lineageEvents, products, runs, versions } from "./schema.ts";
import { findProducts } from "./search.ts";
import { storable } from "./storable.ts";
import { compareVersions } from "./version-order.ts";

/** Runs shown for a check. */
const historyLength = 30;

export interface StoredEvent {
  readonly receivedAt: string;
  readonly event: Record<string, unknown>;
}

export interface SqlCatalogStore extends CatalogStore {
  /** Stored lineage events, newest first; of one job where it is named (`domain.product`). */
  events(filter: { job?: string | undefined; limit?: number | undefined }): Promise<StoredEvent[]>;
}

type ProductRow = typeof products.$inferSelect;

/** The catalog over its tables. `now` dates publications; verdicts and ages are the reader's business. */
export function catalogStore({ db, close }: OpenDatabase, now: () => Date = () => new Date()): SqlCatalogStore {
  async function find(domain: string, product: string): Promise<ProductRow | undefined> {
    const [row] = await db
      .select()
      .from(products)
      .where(and(eq(products.domain, domain), eq(products.product, product)));
    return row;
  }

  async function latestOf(ids: readonly string[]): Promise<Map<string, Latest[]>> {
    if (ids.length === 0) return new Map();
    const rows = await db
      .select()
      .from(latestChecks)
      .where(inArray(latestChecks.productId, [...ids]));
    return groupBy(rows, (row) => row.productId);
  }

  async function summaries(rows: readonly ProductRow[]): Promise<ProductSummary[]> {
    const latest = await latestOf(rows.map((row) => row.id));
    return rows.map((row) => summaryOf(row, summarize(row.record, latest.get(row.id) ?? [])));
  }

  /** Verdicts of many products without their whole records: only which checks each promises is read. */
  async function qualities(where: SQL | undefined) {
    const checks = sql`jsonb_path_query_array(${products.record}, '$.ports[*].checks[*]')`;
    const rows = await db
      .select({
        id: products.id,
        domain: products.domain,
        owner: products.owner,
        version: products.version,
        checks: sql<Promises["ports"][number]["checks"]>`${checks}`,
      })
      .from(products)
      .where(where)
      .orderBy(products.domain, products.product);
    const latest = await latestOf(rows.map((row) => row.id));
    return rows.map(({ id, domain, owner, version, checks }) => ({
      id,
      domain,
      owner,
      quality: summarize({ version, ports: [{ checks }] }, latest.get(id) ?? []),
    }));
  }

  async function verdicts(ids: readonly string[]): Promise<Map<string, Verdict>> {
    if (ids.length === 0) return new Map();
    return new Map((await qualities(inArray(products.id, [...ids]))).map(({ id, quality }) => [id, quality.verdict]));
  }

  async function versionsOf(row: ProductRow): Promise<VersionSummary[]> {
    const latest = await db
      .selectDistinctOn([versions.version])
      .from(versions)
      .where(eq(versions.productId, row.id))
      .orderBy(versions.version, desc(versions.revision));
    return latest.map((v) => versionSummary(v, row)).sort((a, b) => compareVersions(b.version, a.version));
  }

  async function qualityOf(row: ProductRow, latest: readonly Latest[]): Promise<QualityReport> {
    const ranked = db
      .select({
        runId: checkResults.runId,
        port: checkResults.port,
        name: checkResults.name,
        status: checkResults.status,
        at: checkResults.at,
        rank: sql<number>`row_number() over (partition by ${checkResults.port}, ${checkResults.name} order by ${checkResults.at} desc)`.as(
          "rank",
        ),
      })
      .from(checkResults)
      .where(eq(checkResults.productId, row.id))
      .as("ranked");
    const history = await db
      .select()
      .from(ranked)
      .where(lte(ranked.rank, historyLength))
      .orderBy(ranked.at, ranked.runId);
    const byCheck = new Map<string, CheckHistory["runs"]>();
    for (const { runId, port, name, status, at } of history) {
      const key = historyKey(port, name);
      const list = byCheck.get(key) ?? [];
      list.push({ runId, at: at.toISOString(), status });
      byCheck.set(key, list);
    }
    const [run] = await db
      .select({ body: runs.body })
      .from(runs)
      .where(eq(runs.productId, row.id))
      .orderBy(desc(runs.startedAt))
      .limit(1);
    return {
      name: row.record.name,
      version: row.version,
      summary: summarize(row.record, latest),
      run: run?.body,
      checks: checkHistories(row.record, latest, byCheck),
    };
  }

  /** The last run of a version that says where the data lies, and the last run of all. */
  async function runsOf(productId: string, version: string) {
    const [ofVersion, latest, observed] = await Promise.all([
      db
        .select()
        .from(runs)
        .where(and(eq(runs.productId, productId), eq(runs.version, version)))
        .orderBy(desc(runs.startedAt))
        .limit(1),
      db.select().from(runs).where(eq(runs.productId, productId)).orderBy(desc(runs.startedAt)).limit(1),
      db
        .select({ ports: runs.ports })
        .from(runs)
        .where(
          and(eq(runs.productId, productId), eq(runs.version, version), sql`jsonb_array_length(${runs.ports}) > 0`),
        )
        .orderBy(desc(runs.startedAt))
        .limit(1),
    ]);
    return { ofVersion: ofVersion[0], latest: latest[0], observed: observed[0]?.ports ?? [] };
  }

  return {
    close,

    async domains() {
      const byDomain = groupBy(await qualities(undefined), (item) => item.domain);
      return [...byDomain].map(([name, items]) => {
        const counts: Partial<Record<Verdict, number>> = {};
        for (const { quality } of items) counts[quality.verdict] = (counts[quality.verdict] ?? 0) + 1;
        return {
          name,
          products: items.length,
          owners: [...new Set(items.flatMap((item) => item.owner ?? []))].sort(),
          verdicts: counts,
        };
      });
    },

    async products({ domain, status, tag, owner, offset = 0, limit = 50 }: ProductFilter = {}) {
      const where = and(
        domain === undefined ? undefined : eq(products.domain, domain),
        status === undefined ? undefined : eq(products.status, status),
        owner === undefined ? undefined : eq(products.owner, owner),
        tag === undefined ? undefined : sql`${products.tags} @> ${JSON.stringify([tag])}::jsonb`,
      );
      const [rows, [count]] = await Promise.all([
        db.select().from(products).where(where).orderBy(products.domain, products.product).limit(limit).offset(offset),
        db
          .select({ total: sql<number>`count(*)::integer` })
          .from(products)
          .where(where),
      ]);
      return { items: await summaries(rows), total: count?.total ?? 0, offset, limit };
    },

    async product(domain, name, version) {
      const row = await find(domain, name);
      if (row === undefined) return undefined;
      const [shown] = await db
        .select()
        .from(versions)
        .where(and(eq(versions.productId, row.id), eq(versions.version, version ?? row.version)))
        .orderBy(desc(versions.revision))
        .limit(1);
      if (shown === undefined) return undefined;
      const [latest, { ofVersion, latest: lastRun, observed }] = await Promise.all([
        latestOf([row.id]),
        runsOf(row.id, shown.version),
      ]);
      const asShown = {
        ...row,
        version: shown.version,
        status: shown.status,
        record: shown.record,
        publishedAt: shown.publishedAt,
      };
      return {
        summary: summaryOf(asShown, summarize(shown.record, latest.get(row.id) ?? [])),
        record: shown.record,
        revision: versionSummary(shown, row),
        contract: { text: shown.contract, file: shown.file ?? undefined, contentHash: shown.contentHash },
        observed,
        lastRun: lastRun?.body,
        git: shown.git ?? ofVersion?.git ?? undefined,
        compliance: ofVersion?.compliance ?? [],
        consumers: row.consumers,
        typescript: shown.typescript ?? undefined,
      };
    },

    async versions(domain, name) {
      const row = await find(domain, name);
      return row === undefined ? undefined : await versionsOf(row);
    },

    async schema(domain, name) {
      const row = await find(domain, name);
      if (row === undefined) return undefined;
      const { observed } = await runsOf(row.id, row.version);
      return {
        name: row.record.name,
        version: row.version,
        ports: row.record.ports.map((port) => ({ ...port, observed: observed.find((o) => o.port === port.name) })),
      };
    },

    async quality(domain, name) {
      const row = await find(domain, name);
      if (row === undefined) return undefined;
      return await qualityOf(row, (await latestOf([row.id])).get(row.id) ?? []);
    },

    async lineage(domain, name, depth = 1) {
      const row = await find(domain, name);
      if (row === undefined) return undefined;
      const { id, record, version } = row;
      return await lineageGraph(
        db,
        { id, name: record.name, title: record.title, owner: record.owner, version },
        depth,
        verdicts,
      );
    },

    async metadata(domain, name) {
      const row = await find(domain, name);
      if (row === undefined) return undefined;
      const { record } = row;
      const { checks } = await qualityOf(row, (await latestOf([row.id])).get(row.id) ?? []);
      const published = (await versionsOf(row)).map((v) => v.version);
      const previous = new Set(
        [...published, ...record.previousVersions].filter((v) => compareVersions(v, row.version) < 0),
      );
      return {
        id: record.id,
        name: record.title ?? record.name,
        owner_team: record.owner ?? null,
        domain: record.domain,
        description: record.description ?? null,
        tags: record.tags,
        documentation_url: record.documentationUrl ?? null,
        sla: Object.fromEntries(
          Object.entries(record.sla).flatMap(([key, level]) => (level === undefined ? [] : [[key, level.text]])),
        ),
        quality_metrics: sharesByDimension(checks),
        current_version: row.version,
        previous_versions: [...previous].sort((a, b) => compareVersions(b, a)),
        sensitivity_level: record.sensitivity ?? null,
        retention_period_days: record.retention?.days ?? null,
      };
    },

    async search(query, { offset = 0, limit = 50 } = {}) {
      const { total, found } = await findProducts(db, storable(query), { offset, limit });
      if (found.length === 0) return { items: [], total, offset, limit, query };
      const rows = await db
        .select()
        .from(products)
        .where(
          inArray(
            products.id,
            found.map((hit) => hit.productId),
          ),
        );
      const byId = new Map((await summaries(rows)).map((summary) => [summary.id, summary]));
      return {
        items: found.flatMap(({ productId, score, matches }) => {
          const product = byId.get(productId);
          return product === undefined ? [] : [{ product, score, matches }];
        }),
        total,
        offset,
        limit,
        query,
      };
    },

    async publish(input) {
      const parsed = publicationSchema.safeParse(input);
      if (!parsed.success)
        return {
          ok: false,
          status: 422,
          problem: {
            code: "publish/refused",
            message: `The envelope does not fit: ${z.prettifyError(parsed.error).split("\n").slice(0, 2).join(" ")}`,
          },
        };
      const read = readPublication(parsed.data);
      return read.ok ? await storePublication(db, read.value, parsed.data, now()) : read;
    },

    report: (domain, product, report) => storeRun(db, domain, product, report),

    async event(given) {
      const event = storable(given);
      const body = openLineageEvent.safeParse(event);
      if (!body.success)
        return {
          ok: false,
          status: 422,
          problem: {
            code: "publish/refused",
            message: `No OpenLineage event: ${z.prettifyError(body.error).split("\n").slice(0, 2).join(" ")}`,
          },
        };
      const { eventTime, job, dataset } = body.data;
      const stored = await db
        .insert(lineageEvents)
        .values({
          hash: hashOf(canonicalJson(event)),
          job: job?.name ?? dataset?.name ?? "",
          eventTime: new Date(eventTime),
          receivedAt: now(),
          body: event,
        })
        .onConflictDoNothing()
        .returning({ hash: lineageEvents.hash });
      return { ok: true, value: { stored: stored.length > 0 } };
    },

    async events({ job, limit = 50 }) {
      const rows = await db
        .select()
        .from(lineageEvents)
        .where(job === undefined ? undefined : eq(lineageEvents.job, job))
        .orderBy(desc(lineageEvents.eventTime), lineageEvents.hash)
        .limit(limit);
      return rows.map(({ receivedAt, body }) => ({ receivedAt: receivedAt.toISOString(), event: body }));
    },
  };
}

/** What a receiver needs of a Run-, Job- or DatasetEvent of OpenLineage 2-0-2; the rest is kept as it came. */
const named = z.object({ namespace: z.string().min(1), name: z.string().min(1) });
const openLineageEvent = z
  .looseObject({
    eventTime: z.iso.datetime({ offset: true }).refine((t) => Date.parse(t) >= 0 && Date.parse(t) < 32_503_680_000_000),
    producer: z.string().min(1),
    schemaURL: z.string().min(1),
    run: z.looseObject({ runId: z.uuid() }).optional(),
    job: named.optional(),
    dataset: named.optional(),
  })
  .refine((e) => (e.job ?? e.dataset) !== undefined, "an event names a job or a dataset")
  .refine((e) => e.run === undefined || e.job !== undefined, "a run event names its job");

const versionSummary = (v: typeof versions.$inferSelect, current: ProductRow): VersionSummary => ({
  version: v.version,
  revision: v.revision,
  status: v.status,
  publishedAt: v.publishedAt.toISOString(),
  contentHash: v.contentHash,
  changedPromises: v.changedPromises,
  git: v.git ?? undefined,
  current: v.version === current.version,
  sunset: v.record.deprecation?.until,
});

function summaryOf(row: ProductRow, quality: QualitySummary): ProductSummary {
  const { record } = row;
  return {
    id: row.id,
    domain: row.domain,
    product: row.product,
    name: `${row.domain}.${row.product}`,
    title: record.title,
    description: record.description,
    status: row.status,
    version: row.version,
    owner: record.owner,
    tags: record.tags,
    sensitivity: record.sensitivity,
    columns: record.ports.reduce((count, port) => count + port.columns.length, 0),
    quality,
    publishedAt: row.publishedAt.toISOString(),
  };
}
