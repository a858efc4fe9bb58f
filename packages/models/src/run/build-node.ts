import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import type { Compiled, ProjectNode } from "../model.ts";
import { sqlCodes } from "../sql.codes.ts";
import { buildCustom, customMaterialization } from "./custom-materialization.ts";
import { engineDiagnostic } from "./engine-diagnostics.ts";
import { joinColumns } from "./incremental-columns.ts";
import { beside, incrementalRows, incrementalSteps, swapSteps, tableSteps, viewSteps } from "./materialize.ts";
import type { Creation, Steps, Target } from "./materialize.ts";
import { checkContract } from "./model-contract.ts";
import { HookTrouble, hooksOf, runHooks } from "./node-hooks.ts";
import { ownStatements } from "./own-statements.ts";
import { cleanUp, columnsOf, inTransaction, performSteps, runStep, StepError } from "./perform-steps.ts";
import type { Work } from "./perform-steps.ts";
import { applyGrants, indexSteps } from "./table-settings.ts";
import { commentSteps } from "./persist-docs.ts";
import { seedSteps } from "./seed-steps.ts";
import { firstVersions, snapshotSteps } from "./snapshot-steps.ts";

export type { Work } from "./perform-steps.ts";

export interface Built {
  readonly rowsAffected?: number | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** One build of a node: its SQL, and what is particular about this time. */
export interface Build {
  readonly compiled: Compiled | undefined;
  readonly compiledPath: string | undefined;
  readonly incremental: boolean;
  /** Of a batch: the rows of the table that the new ones stand for, as a condition. */
  readonly window?: string | undefined;
  /** Hooks run with the first and the last batch only. */
  readonly hooks?: { readonly before: boolean; readonly after: boolean } | undefined;
}

/** Whether the next build of a node adds to the table that is there. */
export function buildsIncrementally(work: Pick<Work, "catalog" | "fullRefresh">, node: ProjectNode): boolean {
  if (node.config.materialized !== "incremental") return false;
  const refresh = node.config.fullRefresh ?? work.fullRefresh;
  return !refresh && work.catalog.get(node.relation) === "table";
}

/** Builds a model, a seed or a snapshot. Until the swap its old relation is untouched, and it stays when anything fails. */
export async function buildNode(work: Work, node: ProjectNode, build: Build): Promise<Built> {
  const found: Diagnostic[] = [];
  const static_ = work.project.hooks(node, { incremental: build.incremental });
  if (hasErrors(static_.diagnostics)) return { diagnostics: static_.diagnostics };
  const unsupported = unsupportedSettings(work, node);
  found.push(...unsupported);
  if (hasErrors(unsupported)) return { diagnostics: found };
  try {
    await ensureSchema(work, node);
    const custom = customMaterialization(work.project, node);
    if (custom !== undefined) {
      const built = await buildCustom(work, node, custom, build);
      return { ...built, diagnostics: [...found, ...built.diagnostics] };
    }
    const before = build.hooks?.before === false ? [] : hooksOf(node, "pre");
    const after = build.hooks?.after === false ? [] : hooksOf(node, "post");
    const outside = (hooks: typeof before): typeof before => hooks.filter((h) => !h.inside);
    const inside = (hooks: typeof before): typeof before => hooks.filter((h) => h.inside);
    found.push(...(await runHooks(work, node, outside(before), build.incremental)));
    const all = async (): Promise<number | undefined> => {
      found.push(...(await runHooks(work, node, inside(before), build.incremental)));
      return make(work, node, build, found, async () => {
        found.push(...(await runHooks(work, node, inside(after), build.incremental)));
      });
    };
    // A hook inside the transaction is undone with what it belongs to.
    const rowsAffected = inside(before).length > 0 ? await inTransaction(work, all) : await all();
    if (!hasErrors(found)) found.push(...(await runHooks(work, node, outside(after), build.incremental)));
    return { rowsAffected, diagnostics: found };
  } catch (error) {
    if (error instanceof Stopped) return { diagnostics: found };
    if (error instanceof HookTrouble) return { diagnostics: [...found, ...error.diagnostics] };
    if (!(error instanceof StepError)) throw error;
    return { diagnostics: [...found, stepDiagnostic(work, node, error, build)] };
  }
}

/** Ends a build whose reason is among its findings, so that a transaction around it is undone. */
class Stopped extends Error {}

/** Makes the relation; findings with an error in them end it. */
async function make(
  work: Work,
  node: ProjectNode,
  build: Build,
  found: Diagnostic[],
  ending: () => Promise<void>,
): Promise<number | undefined> {
  const { project, session, catalog } = work;
  const { dialect, capabilities } = session;
  const existing = catalog.get(node.relation);
  const target: Target = { relation: node.relation, dialect, capabilities, existing };
  const query = build.compiled?.sql ?? "";
  const made = node.config.materialized === "view" ? "view" : "table";
  const note = (diagnostics: readonly Diagnostic[]): void => {
    found.push(...diagnostics);
    if (hasErrors(diagnostics)) throw new Stopped();
  };
  const creation = async (): Promise<Creation> => {
    const header = node.config.sqlHeader;
    const unlogged = capabilities.engine === "postgres" && node.config.all.get("unlogged") === true;
    if (!node.config.contract.enforced) return { header, unlogged };
    const answer = await checkContract(work, node, query);
    note(answer.diagnostics);
    return { header, unlogged, contract: answer.table };
  };
  let steps: Steps;
  if (node.config.snapshot !== undefined) {
    const first = firstVersions(target, node.config.snapshot, query);
    if (existing !== "table") steps = { build: first, ...swapSteps(target) };
    else {
      for (const step of first) await runStep(work, step);
      const rows = await columnsOf(work, beside(target.relation, "new"));
      const known = new Set((await columnsOf(work, target.relation)).map((c) => c.name.toLowerCase()));
      const added = rows.filter((c) => !known.has(c.name.toLowerCase()));
      steps = snapshotSteps(target, node.config.snapshot, { columns: rows, added });
    }
  } else if (node.resourceType === "seed") {
    steps = seedSteps(target, project.seedTable(node), work.empty);
  } else if (build.incremental) {
    await creation();
    for (const step of incrementalRows(target, query, { header: node.config.sqlHeader })) await runStep(work, step);
    const joined = await joinColumns(work, target, node);
    if ("changed" in joined) {
      await cleanUp(work, [{ sql: `drop table if exists ${dialect.relation(beside(node.relation, "new"))}` }]);
      note([joined.changed]);
      return undefined;
    }
    const { columns } = joined;
    const own = await ownStatements(work, node).incremental(target, columns);
    const input = { config: node.config, columns, window: build.window };
    steps = { build: joined.steps, ...(own ?? incrementalSteps(target, input)) };
  } else {
    const own = await ownStatements(work, node).creation(target, made, query);
    if (made === "view") steps = own ?? viewSteps(target, query, await creation());
    else steps = own ?? tableSteps(target, query, await creation());
  }
  // Rows are added to an incremental table and to a snapshot that are there already, with their indexes.
  const anew = made === "table" && !build.incremental && (node.config.snapshot === undefined || existing !== "table");
  if (anew) {
    const indexes = indexSteps(target, node);
    note(indexes.diagnostics);
    steps = { ...steps, build: [...steps.build, ...indexes.steps] };
  }
  const changed = await performSteps(work, steps, async () => {
    catalog.set(node.relation, made);
    await applyGrants(work, node);
    const added = build.incremental || (node.config.snapshot !== undefined && existing === "table");
    const comments = await commentSteps(work, node, made, !added);
    for (const step of comments)
      await runStep(node.config.persistDocs.relation ? work : { ...work, sent: undefined }, step);
    await ending();
  });
  if (node.resourceType !== "seed") return changed;
  return work.empty === true ? 0 : project.seedTable(node).rows.length;
}

/** The engine's error about a statement, at the author's line where the statement holds the node's query. */
export function stepDiagnostic(work: Work, node: ProjectNode, failed: StepError, build: Build): Diagnostic {
  const { step, error } = failed;
  const inBody = error.offset !== undefined && step.bodyAt !== undefined && error.offset >= step.bodyAt;
  const trouble = {
    code: error.code,
    message: error.message,
    offset: inBody ? error.offset! - step.bodyAt! : undefined,
    candidates: error.candidates,
  };
  const { compiled, compiledPath } = build;
  return engineDiagnostic(work.project, node, trouble, compiled, { compiledPath });
}

/**
 * Makes the schemas of all nodes before any is built: two sessions that make one at the same time get in each other's way.
 * What cannot be made is reported by the nodes that need it.
 */
export async function ensureSchemas(work: Work, nodes: readonly ProjectNode[]): Promise<void> {
  for (const node of nodes) {
    if (node.resourceType === "test") continue;
    try {
      await ensureSchema(work, node);
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
    }
  }
}

/** Makes the schema of a node's relation. @throws {StepError} */
export async function ensureSchema(work: Work, node: ProjectNode): Promise<void> {
  const { relation } = node;
  if (work.catalog.hasSchema(relation) || relation.schema === undefined) return;
  const sql = `create schema if not exists ${work.session.dialect.schema(relation)}`;
  await runStep({ ...work, sent: undefined }, { sql });
  work.catalog.addSchema(relation);
}

// Settings of dbt-duckdb's merge that change what it does, and that nothing here reads.
const mergeSettings = [
  "merge_clauses",
  "merge_update_condition",
  "merge_insert_condition",
  "merge_on_using_columns",
  "merge_update_set_expressions",
  "merge_returning_columns",
];

function unsupportedSettings(work: Work, node: ProjectNode): Diagnostic[] {
  const { incrementalStrategy, uniqueKey, materialized, microbatch } = node.config;
  const { capabilities } = work.session;
  const where = `model "${node.name}"`;
  const extra = { span: node.place, product: node.product };
  const found: Diagnostic[] = [];
  const refuse = (what: string, detail: string): void =>
    void found.push(sqlCodes.create("not-supported", { what, detail }, extra));
  const missing = (key: string, expected: string): void =>
    void found.push(sqlCodes.create("bad-config", { key, value: "missing", expected, where }, extra));
  const grants = node.config.all.get("grants");
  if (
    typeof grants === "object" &&
    grants !== null &&
    Object.keys(grants).length > 0 &&
    capabilities.engine === "duckdb"
  ) {
    const params = { what: "grants", detail: "DuckDB has no users, and the table is built without them" };
    found.push(sqlCodes.create("not-supported", params, { ...extra, severity: "warning" }));
  }
  if (materialized !== "incremental" || work.project.ownMacro(`get_incremental_${incrementalStrategy}_sql`))
    return found;
  if (incrementalStrategy === "merge") {
    if (!capabilities.merge)
      refuse("incremental_strategy merge", `${capabilities.engine} has no MERGE, use delete+insert`);
    else if ((uniqueKey ?? []).length === 0) missing("unique_key", "the columns that merge goes by");
    for (const key of mergeSettings.filter((k) => node.config.all.has(k)))
      refuse(key, "write a get_incremental_merge_sql macro of your own, or use merge_update_columns");
  }
  if (incrementalStrategy === "insert_overwrite")
    refuse("incremental_strategy insert_overwrite", `${capabilities.engine} has no partitions, use delete+insert`);
  if (incrementalStrategy === "microbatch") {
    if (microbatch.eventTime === undefined) missing("event_time", "the column that batches are cut by");
    if (microbatch.begin === undefined) missing("begin", "a date, the first batch");
    if (microbatch.batchSize === undefined) missing("batch_size", "hour, day, month or year");
  }
  return found;
}
