import type { Diagnostic } from "@meshwork/diagnostics";
import { EngineError } from "@meshwork/engine";
import type { Session } from "@meshwork/engine";
import { describeType } from "@meshwork/sql";
import type { Column } from "@meshwork/sql";
import type { Compiled, Project, ProjectNode } from "../model.ts";
import { sqlCodes } from "../sql.codes.ts";
import { askSession } from "./ask-session.ts";
import { engineDiagnostic } from "./engine-diagnostics.ts";
import { beside, incrementalRows, incrementalSteps, swapSteps, tableSteps, viewSteps } from "./materialize.ts";
import type { Step, Steps, Target } from "./materialize.ts";
import type { RelationCatalog } from "./relations.ts";
import { addColumns, firstVersions, snapshotSteps } from "./snapshot-steps.ts";
import { seedSteps } from "./seed-steps.ts";

export interface Work {
  readonly project: Project;
  readonly session: Session;
  readonly catalog: RelationCatalog;
  readonly fullRefresh: boolean;
  readonly signal: AbortSignal | undefined;
}

export interface Built {
  readonly rowsAffected?: number | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** A statement that failed, with the node's query inside it where it has one. */
class StepError extends Error {
  readonly step: Step;
  readonly error: EngineError;
  constructor(step: Step, error: EngineError) {
    super(error.message);
    this.step = step;
    this.error = error;
  }
}

/** Whether the next build of a node adds to the table that is there. */
export function buildsIncrementally(work: Pick<Work, "catalog" | "fullRefresh">, node: ProjectNode): boolean {
  if (node.config.materialized !== "incremental") return false;
  const refresh = node.config.fullRefresh ?? work.fullRefresh;
  return !refresh && work.catalog.get(node.relation) === "table";
}

/** Builds a model or a seed. Until the swap its old relation is untouched, and it stays when anything fails. */
export async function buildNode(
  work: Work,
  node: ProjectNode,
  compiled: Compiled | undefined,
  compiledPath: string | undefined,
): Promise<Built> {
  const { project, session, catalog } = work;
  const { dialect, capabilities } = session;
  const existing = catalog.get(node.relation);
  const target: Target = { relation: node.relation, dialect, capabilities, existing };
  const incremental = buildsIncrementally(work, node);
  const hooks = project.hooks(node, { incremental });
  if (hooks.diagnostics.some((d) => d.severity === "error")) return { diagnostics: hooks.diagnostics };
  const unsupported = unsupportedStrategy(node, target);
  if (unsupported !== undefined) return { diagnostics: [unsupported] };
  try {
    await ensureSchema(work, node);
    const options = { incremental };
    const before = await project.askingHooks(node, "before", askSession(session, work.signal), options);
    for (const sql of [...before.before, ...hooks.before]) await run(work, { sql });
    let steps: Steps;
    if (node.config.snapshot !== undefined) {
      const first = firstVersions(target, node.config.snapshot, compiled!.sql);
      if (existing !== "table") steps = { build: first, ...swapSteps(target) };
      else {
        for (const step of first) await run(work, step);
        const rows = await columnsOf(work, beside(target.relation, "new"));
        const known = new Set((await columnsOf(work, target.relation)).map((c) => c.name.toLowerCase()));
        const added = rows.filter((c) => !known.has(c.name.toLowerCase()));
        steps = snapshotSteps(target, node.config.snapshot, { columns: rows, added });
      }
    } else if (node.resourceType === "seed") steps = seedSteps(target, project.seedTable(node));
    else if (incremental) {
      for (const step of incrementalRows(target, compiled!.sql)) await run(work, step);
      const joined = await joinColumns(work, target, node);
      if ("changed" in joined) {
        await clean(work, [{ sql: `drop table if exists ${dialect.relation(beside(node.relation, "new"))}` }]);
        return { diagnostics: [joined.changed] };
      }
      steps = { build: joined.steps, ...incrementalSteps(target, { config: node.config, columns: joined.columns }) };
    } else
      steps =
        node.config.materialized === "view" ? viewSteps(target, compiled!.sql) : tableSteps(target, compiled!.sql);
    const rowsAffected = await perform(work, steps, hooks.after);
    catalog.set(node.relation, node.config.materialized === "view" ? "view" : "table");
    const after = await project.askingHooks(node, "after", askSession(session, work.signal), options);
    for (const sql of after.after) await run(work, { sql });
    const counted = node.resourceType === "seed" ? project.seedTable(node).rows.length : rowsAffected;
    return { rowsAffected: counted, diagnostics: [...hooks.diagnostics, ...before.diagnostics, ...after.diagnostics] };
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    const { step } = error;
    const inBody = error.error.offset !== undefined && step.bodyAt !== undefined && error.error.offset >= step.bodyAt;
    const trouble = {
      code: error.error.code,
      message: error.error.message,
      offset: inBody ? error.error.offset! - step.bodyAt! : undefined,
      candidates: error.error.candidates,
    };
    return {
      diagnostics: [...hooks.diagnostics, engineDiagnostic(project, node, trouble, compiled, { compiledPath })],
    };
  }
}

async function perform(work: Work, steps: Steps, after: readonly string[]): Promise<number | undefined> {
  let rows: number | undefined;
  const all = async (list: readonly Step[]): Promise<void> => {
    for (const step of list) {
      const changed = await run(work, step);
      if (step.counts === true) rows = changed;
    }
  };
  const ending = [...steps.swap, ...after.map((sql) => ({ sql }))];
  try {
    await all(steps.build);
    work.signal?.throwIfAborted();
    if (work.session.transaction !== undefined && work.session.capabilities.transactions) {
      await work.session.transaction(() => all(ending));
    } else await all(ending);
  } catch (error) {
    await clean(work, steps.clean);
    if (work.signal?.aborted === true && !(error instanceof StepError))
      throw new StepError({ sql: "" }, new EngineError("cancelled", "The run was cancelled.", { cause: error }));
    throw error;
  }
  await clean(work, steps.clean);
  return rows;
}

/** Leftovers are dropped on the way out; what cannot be dropped is dropped by the next build. */
async function clean(work: Work, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    try {
      await work.session.query(step.sql);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
    }
  }
}

async function run(work: Work, step: Step): Promise<number | undefined> {
  try {
    const result = await work.session.query(step.sql, { signal: work.signal });
    const rows = await result.rows();
    const { rowsChanged } = await result.stats();
    if (rowsChanged !== undefined) return rowsChanged;
    const [count] = rows[0] ?? [];
    return typeof count === "bigint" || typeof count === "number" ? Number(count) : undefined;
  } catch (error) {
    throw error instanceof EngineError ? new StepError(step, error) : error;
  }
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

async function ensureSchema(work: Work, node: ProjectNode): Promise<void> {
  const { relation } = node;
  if (work.catalog.hasSchema(relation) || relation.schema === undefined) return;
  await run(work, { sql: `create schema if not exists ${work.session.dialect.schema(relation)}` });
  work.catalog.addSchema(relation);
}

function unsupportedStrategy(node: ProjectNode, target: Target): Diagnostic | undefined {
  const { incrementalStrategy, uniqueKey } = node.config;
  const where = `model "${node.name}"`;
  const extra = { span: node.place, product: node.product };
  if (incrementalStrategy === "merge" && !target.capabilities.merge) {
    const detail = `${target.capabilities.engine} has no MERGE, use delete+insert`;
    return sqlCodes.create("not-supported", { what: "incremental_strategy merge", detail }, extra);
  }
  if (incrementalStrategy === "merge" && (uniqueKey ?? []).length === 0) {
    return sqlCodes.create(
      "bad-config",
      { key: "unique_key", value: "missing", expected: "the columns that merge goes by", where },
      extra,
    );
  }
  return undefined;
}

/** The columns that old table and new rows share, or how they differ where that must not be. */
async function joinColumns(
  work: Work,
  target: Target,
  node: ProjectNode,
): Promise<{ columns: readonly string[]; steps: readonly Step[] } | { changed: Diagnostic }> {
  const old = await columnsOf(work, target.relation);
  const rows = await columnsOf(work, beside(target.relation, "new"));
  const known = new Map(old.map((c) => [c.name.toLowerCase(), c]));
  const given = new Set(rows.map((c) => c.name.toLowerCase()));
  const more = rows.filter((c) => !known.has(c.name.toLowerCase()));
  const less = old.filter((c) => !given.has(c.name.toLowerCase()));
  const { onSchemaChange } = node.config;
  if (onSchemaChange === "append_new_columns" || onSchemaChange === "sync_all_columns") {
    const name = target.dialect.relation(target.relation);
    const steps = addColumns(target.dialect, name, more);
    if (onSchemaChange === "sync_all_columns") {
      const q = (c: Column): string => target.dialect.identifier(c.name);
      steps.push(...less.map((c) => ({ sql: `alter table ${name} drop column ${q(c)}` })));
      for (const c of rows) {
        const before = known.get(c.name.toLowerCase());
        if (before !== undefined && describeType(before.type) !== describeType(c.type))
          steps.push({ sql: `alter table ${name} alter column ${q(c)} type ${target.dialect.type(c.type)}` });
      }
    }
    // A column that the rows no longer have stays, and is NULL in what is added.
    return { columns: rows.map((c) => c.name), steps };
  }
  const added = more.map((c) => `"${c.name}"`);
  const removed = less.map((c) => `"${c.name}"`);
  const changed = rows.flatMap((c) => {
    const before = known.get(c.name.toLowerCase());
    const differs = before !== undefined && describeType(before.type) !== describeType(c.type);
    return differs ? [`"${c.name}" (${describeType(before.type)}, now ${describeType(c.type)})`] : [];
  });
  // `ignore` leaves new columns out; a column that is gone has no value to insert.
  const wrong = onSchemaChange === "fail" ? added.length + removed.length + changed.length > 0 : removed.length > 0;
  if (wrong) {
    const params = { model: node.name, added, removed, changed };
    return { changed: sqlCodes.create("schema-changed", params, { span: node.place, product: node.product }) };
  }
  return { columns: old.map((c) => c.name), steps: [] };
}

async function columnsOf(work: Work, relation: Target["relation"]): Promise<readonly Column[]> {
  const result = await work.session.query(`select * from ${work.session.dialect.relation(relation)} where 1 = 0`, {
    signal: work.signal,
  });
  await result.rows();
  return result.columns;
}
