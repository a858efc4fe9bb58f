import type { Answer, ProductRecord, Publication, PublishReceipt, Report, RunReport } from "@meshwork/catalog-api";
import { and, desc, eq, lte, notInArray, or, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { canonicalJson, hashOf } from "./promises.ts";
import type { ReadPublication } from "./read-contract.ts";
import {
  checkResults,
  latestChecks,
  lineageColumns,
  lineageInputs,
  products,
  runs,
  terms,
  versions,
} from "./schema.ts";
import { termsOf } from "./search.ts";
import { storable } from "./storable.ts";
import { currentOf } from "./version-order.ts";

/** Runs kept for each product; thirty are shown. */
const runsKept = 200;
/** Rows per INSERT: parameters of one statement are limited to 65,535. */
const batch = 1_000;

type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0];

const refuse = (status: number, code: string, message: string, help?: string): Answer<never> => ({
  ok: false,
  status,
  problem: { code, message, ...(help === undefined ? {} : { help }) },
});

/** Thrown inside a transaction so that nothing of a refused publication stays. */
class Refused extends Error {
  readonly answer: Answer<never>;
  constructor(answer: Answer<never>) {
    super("refused");
    this.answer = answer;
  }
}

async function inTransaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T | Answer<never>> {
  try {
    return await db.transaction(async (tx) => {
      // Publications are rare and short: one at a time over all servers of a database, so that two never decide
      // on the same former state.
      await tx.execute(sql`select pg_advisory_xact_lock(1835365224)`);
      return await work(tx);
    });
  } catch (error) {
    if (error instanceof Refused) return error.answer;
    throw error;
  }
}

/**
 * Stores a contract and what its run found. Equal text again changes nothing. Other text under the same version is a
 * new revision where the promises are the same or the version was a draft; a released version that promises
 * something else is refused (409), as package and schema registries do, unless `revise` asks for it.
 */
export async function storePublication(
  db: Database,
  read: ReadPublication,
  given: Publication,
  now: Date,
): Promise<Answer<PublishReceipt>> {
  const publication = storable(given);
  const { record, promiseHash, contractText, warnings } = read;
  const contentHash = hashOf(given.contract);
  if (publication.run === undefined && (publication.checks ?? publication.ports) !== undefined)
    return refuse(
      422,
      "publish/refused",
      "Check results and ports come with the run that found them.",
      "add run: { runId, startedAt, status }",
    );

  return await inTransaction(db, async (tx) => {
    await identify(tx, record);
    const [former] = await tx
      .select()
      .from(versions)
      .where(and(eq(versions.productId, record.id), eq(versions.version, record.version)))
      .orderBy(desc(versions.revision))
      .limit(1);

    const unchanged = former?.contentHash === contentHash;
    const otherPromises = former !== undefined && former.promiseHash !== promiseHash && former.status !== "draft";
    if (otherPromises && !unchanged && publication.revise !== true)
      throw new Refused(
        refuse(
          409,
          "publish/conflict",
          `${record.name} ${record.version} is published and promises something else; released versions do not change.`,
          "raise metadata.version (mesh compat says how far), or send revise: true to change the release in place",
        ),
      );

    let revision = former?.revision ?? 0;
    let changedPromises = former?.changedPromises ?? false;
    if (!unchanged) {
      revision += 1;
      changedPromises ||= otherPromises;
      await ensureProduct(tx, record, now);
      await tx.insert(versions).values({
        productId: record.id,
        version: record.version,
        revision,
        status: record.status,
        contentHash,
        promiseHash,
        changedPromises,
        contract: contractText,
        file: publication.file ?? null,
        record,
        git: publication.git ?? null,
        typescript: publication.typescript ?? null,
        publishedAt: now,
      });
    } else if (publication.typescript !== undefined)
      await tx
        .update(versions)
        .set({ typescript: publication.typescript })
        .where(
          and(eq(versions.productId, record.id), eq(versions.version, record.version), eq(versions.revision, revision)),
        );
    if (!unchanged) await chooseCurrent(tx, record.id, now);
    const run = await storeReport(tx, record.id, record.version, publication);
    return {
      ok: true,
      value: {
        outcome: unchanged ? "unchanged" : former === undefined ? "created" : "revised",
        id: record.id,
        name: record.name,
        version: record.version,
        revision,
        contentHash,
        changedPromises,
        run,
        url: `/products/${encodeURIComponent(record.domain)}/${encodeURIComponent(record.product)}`,
        warnings,
      },
    };
  });
}

/** Stores a run of a product that is known; the same run twice changes nothing, a later state of it replaces it. */
export async function storeRun(
  db: Database,
  domain: string,
  product: string,
  given: RunReport,
): Promise<Answer<{ run: "stored" | "unchanged" }>> {
  const report = storable(given);
  return await inTransaction(db, async (tx) => {
    const [known] = await tx
      .select({ id: products.id, version: products.version })
      .from(products)
      .where(and(eq(products.domain, domain), eq(products.product, product)));
    if (known === undefined)
      return refuse(
        404,
        "publish/refused",
        `No product ${domain}.${product} is published.`,
        "send its contract first: POST /v1/products",
      );
    const version = report.version ?? known.version;
    const [published] = await tx
      .select({ version: versions.version })
      .from(versions)
      .where(and(eq(versions.productId, known.id), eq(versions.version, version)))
      .limit(1);
    if (published === undefined)
      return refuse(
        404,
        "publish/refused",
        `Version ${version} of ${domain}.${product} is not published.`,
        "send its contract first: POST /v1/products",
      );
    const run = await storeReport(tx, known.id, version, report);
    return { ok: true, value: { run: run === "none" ? "unchanged" : run } };
  });
}

/**
 * Whose entry this contract is. The id decides: a product that moved keeps its history. An id that was derived from
 * the name gives way to a written one; two written ids under one name are two products, and refused.
 */
async function identify(tx: Transaction, record: ProductRecord): Promise<void> {
  const known = await tx
    .select({ id: products.id, domain: products.domain, product: products.product })
    .from(products)
    .where(
      or(eq(products.id, record.id), and(eq(products.domain, record.domain), eq(products.product, record.product))),
    );
  const byId = known.find((p) => p.id === record.id);
  const byName = known.find((p) => p.domain === record.domain && p.product === record.product);
  if (byName === undefined || byName.id === record.id) return;
  const derived = byName.id === record.name || record.id === record.name;
  if (byId !== undefined || !derived)
    throw new Refused(
      refuse(
        409,
        "publish/conflict",
        `The name ${record.name} belongs to another product, with id ${byName.id}; this contract has id ${record.id}.`,
        "choose another name, or restore metadata.id if it is the same product",
      ),
    );
  // A contract that no longer writes its id means the same product; the written one is kept.
  if (record.id === record.name) record.id = byName.id;
  else await tx.update(products).set({ id: record.id }).where(eq(products.id, byName.id));
}

async function ensureProduct(tx: Transaction, record: ProductRecord, now: Date): Promise<void> {
  const { id, domain, product, version, status, tags } = record;
  await tx
    .insert(products)
    .values({ id, domain, product, version, status, tags, record, revision: 0, publishedAt: now, consumers: [] })
    .onConflictDoUpdate({ target: products.id, set: { domain, product } });
}

/** Points the product at the version that readers mean when they name none, and refreshes what search and lineage know of it. */
async function chooseCurrent(tx: Transaction, productId: string, now: Date): Promise<void> {
  const latest = await tx
    .selectDistinctOn([versions.version])
    .from(versions)
    .where(eq(versions.productId, productId))
    .orderBy(versions.version, desc(versions.revision));
  const current = currentOf(latest);
  const [before] = await tx.select().from(products).where(eq(products.id, productId));
  if (current === undefined || before === undefined) return;
  if (before.version === current.version && before.revision === current.revision) return;

  const { record } = current;
  const [shown] = await tx
    .select({ promiseHash: versions.promiseHash })
    .from(versions)
    .where(
      and(
        eq(versions.productId, productId),
        eq(versions.version, before.version),
        eq(versions.revision, before.revision),
      ),
    );
  const samePromises = shown?.promiseHash === current.promiseHash;
  await tx
    .update(products)
    .set({
      version: current.version,
      revision: current.revision,
      status: current.status,
      owner: record.owner ?? null,
      tags: record.tags,
      record,
      publishedAt: now,
      ...(samePromises ? {} : { lineageAt: null, consumers: [] }),
    })
    .where(eq(products.id, productId));

  await tx.delete(terms).where(eq(terms.productId, productId));
  const found = termsOf(record).map((term, position) => ({ productId, position, ...term }));
  for (let at = 0; at < found.length; at += batch) await tx.insert(terms).values(found.slice(at, at + batch));

  // Lineage that was found in other code is unknown for this one, until its run tells.
  await tx
    .delete(lineageInputs)
    .where(
      and(eq(lineageInputs.productId, productId), ...(samePromises ? [eq(lineageInputs.origin, "contract")] : [])),
    );
  if (!samePromises) await tx.delete(lineageColumns).where(eq(lineageColumns.productId, productId));
  await insertInputs(
    tx,
    productId,
    "contract",
    [...record.inputs, ...record.upstream].map(({ name, text }) => ({ source: name, label: text })),
  );
}

async function insertInputs(
  tx: Transaction,
  productId: string,
  origin: "contract" | "run",
  inputs: readonly { source: string; label: string }[],
): Promise<void> {
  const rows = [...new Map(inputs.map((input) => [input.label, { productId, origin, ...input }])).values()];
  for (let at = 0; at < rows.length; at += batch) await tx.insert(lineageInputs).values(rows.slice(at, at + batch));
}

async function storeReport(
  tx: Transaction,
  productId: string,
  version: string,
  report: Report,
): Promise<"stored" | "unchanged" | "none"> {
  const { run } = report;
  const startedAt = run === undefined ? undefined : new Date(run.startedAt);
  const { git, ports = [], checks = [], compliance = [], lineage } = report;
  let outcome: "stored" | "unchanged" | "none" = "none";

  if (run !== undefined && startedAt !== undefined) {
    const hash = hashOf(canonicalJson({ version, run, git, ports, checks, compliance, lineage }));
    const [former] = await tx
      .select({ hash: runs.hash })
      .from(runs)
      .where(and(eq(runs.productId, productId), eq(runs.runId, run.runId)));
    if (former?.hash === hash) return "unchanged";
    outcome = "stored";
    const row = { version, hash, startedAt, body: run, git: git ?? null, ports, compliance };
    await tx
      .insert(runs)
      .values({ productId, runId: run.runId, ...row })
      .onConflictDoUpdate({ target: [runs.productId, runs.runId], set: row });
    await storeChecks(tx, productId, version, run, checks);
    await forgetOldRuns(tx, productId);
  }
  if (lineage !== undefined) await storeLineage(tx, productId, version, lineage, startedAt);
  return outcome;
}

async function storeChecks(
  tx: Transaction,
  productId: string,
  version: string,
  run: NonNullable<Report["run"]>,
  checks: NonNullable<Report["checks"]>,
): Promise<void> {
  const { runId } = run;
  const measuredAt = run.endedAt ?? run.startedAt;
  await tx.delete(checkResults).where(and(eq(checkResults.productId, productId), eq(checkResults.runId, runId)));
  const rows = checks.map((check, position) => ({
    productId,
    runId,
    position,
    port: check.port,
    name: check.check,
    status: check.status,
    at: new Date(check.at ?? measuredAt),
    body: check,
  }));
  for (let at = 0; at < rows.length; at += batch) await tx.insert(checkResults).values(rows.slice(at, at + batch));

  // What is shown as newest is the current version's: an older one that lives on reports beside it.
  const [known] = await tx.select({ version: products.version }).from(products).where(eq(products.id, productId));
  if (known !== undefined && known.version !== version) return;

  // One row a check: Postgres refuses to update a row twice in one statement. The last one given counts.
  const latest = [
    ...new Map(
      rows.map(({ port, name, at, body }) => [
        JSON.stringify([port, name]),
        { productId, port, name, version, runId, environment: run.environment ?? null, at, body },
      ]),
    ).values(),
  ];
  for (let at = 0; at < latest.length; at += batch)
    await tx
      .insert(latestChecks)
      .values(latest.slice(at, at + batch))
      .onConflictDoUpdate({
        target: [latestChecks.productId, latestChecks.port, latestChecks.name],
        set: {
          version: sql`excluded.version`,
          runId: sql`excluded.run_id`,
          environment: sql`excluded.environment`,
          at: sql`excluded.at`,
          body: sql`excluded.body`,
        },
        setWhere: lte(latestChecks.at, sql`excluded.at`),
      });
}

async function forgetOldRuns(tx: Transaction, productId: string): Promise<void> {
  const kept = tx
    .select({ runId: runs.runId })
    .from(runs)
    .where(eq(runs.productId, productId))
    .orderBy(desc(runs.startedAt))
    .limit(runsKept);
  await tx.delete(runs).where(and(eq(runs.productId, productId), notInArray(runs.runId, kept)));
}

async function storeLineage(
  tx: Transaction,
  productId: string,
  version: string,
  lineage: NonNullable<Report["lineage"]>,
  at: Date | undefined,
): Promise<void> {
  const [known] = await tx
    .select({ version: products.version, lineageAt: products.lineageAt })
    .from(products)
    .where(eq(products.id, productId));
  // The graph is the current version's; a late report of an older run or version does not turn it back.
  if (known === undefined || known.version !== version) return;
  if (known.lineageAt !== null && at !== undefined && at < known.lineageAt) return;
  await tx
    .update(products)
    .set({ consumers: lineage.consumers, ...(at === undefined ? {} : { lineageAt: at }) })
    .where(eq(products.id, productId));
  await tx.delete(lineageInputs).where(and(eq(lineageInputs.productId, productId), eq(lineageInputs.origin, "run")));
  await insertInputs(
    tx,
    productId,
    "run",
    lineage.inputs.map(({ name }) => ({ source: name, label: name })),
  );
  await tx.delete(lineageColumns).where(eq(lineageColumns.productId, productId));
  const rows = lineage.columns.map((body, position) => ({ productId, position, source: body.from.name, body }));
  for (let at = 0; at < rows.length; at += batch) await tx.insert(lineageColumns).values(rows.slice(at, at + batch));
}
