import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import { defineFunction, toPython } from "@meshwork/jinja";
import type { Value } from "@meshwork/jinja";
import { EngineError } from "@meshwork/engine";
import type { MacroEntry } from "../context/macro-registry.ts";
import { commitQuestion } from "../context/session-functions.ts";
import type { AskEngine, Project, ProjectNode } from "../model.ts";
import { askSession } from "./ask-session.ts";
import type { Build, Built } from "./build-node.ts";
import { engineDiagnostic } from "./engine-diagnostics.ts";
import { hooksOf } from "./node-hooks.ts";
import type { Work } from "./perform-steps.ts";
import { RelationCatalog } from "./relations.ts";

const builtIn = new Set(["seed", "snapshot", "test", "ephemeral"]);

/** The `{% materialization %}` that builds a node, where the project or a package has one of that name. */
export function customMaterialization(project: Project, node: ProjectNode): MacroEntry | undefined {
  return builtIn.has(node.config.materialized) ? undefined : project.materialization(node.config.materialized);
}

/**
 * Runs a materialization written in Jinja. Its statements make one transaction, as far as it does not commit itself;
 * what fails is undone.
 */
export async function buildCustom(work: Work, node: ProjectNode, macro: MacroEntry, build: Build): Promise<Built> {
  const transaction = new LazyTransaction(work);
  const query = build.compiled?.sql ?? "";
  let failed: { readonly sql: string; readonly error: EngineError } | undefined;
  const plain = askSession(work.session, work.signal, (sql, error) => (failed = { sql, error }));
  const ask: AskEngine = async (sql) => {
    if (sql === commitQuestion) {
      await transaction.commit();
      return { columns: [], rows: [] };
    }
    await transaction.begin();
    work.sent?.(sql);
    return plain(sql);
  };
  const evaluated = await work.project
    .evaluate(
      node,
      {
        call: { macro },
        package: node.package,
        incremental: build.incremental,
        names: namesOf(work, node, query),
        place: node.place,
      },
      ask,
    )
    .catch(async (error: unknown) => {
      await transaction.rollback();
      throw error;
    });
  for (const log of evaluated.logs) work.onLog?.(log.text, log.shown);
  if (hasErrors(evaluated.diagnostics)) {
    await transaction.rollback();
    return {
      diagnostics:
        failed === undefined ? evaluated.diagnostics : atSource(work, node, failed, build, evaluated.diagnostics),
    };
  }
  await transaction.commit();
  const found = await RelationCatalog.read(work.session, [node.relation], work.signal);
  const type = found.get(node.relation);
  if (type !== undefined) work.catalog.set(node.relation, type);
  return { diagnostics: evaluated.diagnostics };
}

/** The engine's error at the model's own line, where the statement holds the model's query. */
function atSource(
  work: Work,
  node: ProjectNode,
  failed: { readonly sql: string; readonly error: EngineError },
  build: Build,
  said: readonly Diagnostic[],
): readonly Diagnostic[] {
  const { error, sql } = failed;
  const query = build.compiled?.sql ?? "";
  const at = query === "" ? -1 : sql.indexOf(query);
  const inside = at >= 0 && error.offset !== undefined && error.offset >= at && error.offset <= at + query.length;
  if (!inside) return said;
  const trouble = { ...error, code: error.code, message: error.message, offset: error.offset! - at };
  return [
    engineDiagnostic(work.project, node, trouble, build.compiled, { compiledPath: build.compiledPath }),
    ...said.filter((d) => d.severity !== "error"),
  ];
}

function namesOf(work: Work, node: ProjectNode, query: string): ReadonlyMap<string, Value> {
  const hooks = (when: "pre" | "post"): Value =>
    toPython(hooksOf(node, when).map((h, index) => ({ sql: h.sql, transaction: h.inside, index })));
  const refresh = node.config.fullRefresh ?? work.fullRefresh;
  const columns = Object.fromEntries(
    [...node.columns.values()].map((c) => [
      c.name,
      { name: c.name, description: c.description, data_type: c.dataType ?? null, tags: [...c.tags], meta: c.meta },
    ]),
  );
  const model = {
    unique_id: node.id,
    name: node.name,
    alias: node.relation.name,
    schema: node.relation.schema ?? null,
    database: node.relation.database ?? null,
    resource_type: node.resourceType,
    package_name: node.package,
    path: node.path,
    original_file_path: node.path,
    description: node.description,
    tags: [...node.config.tags],
    fqn: [...node.fqn],
    language: "sql",
    raw_code: node.source,
    compiled: true,
    compiled_code: query,
    compiled_sql: query,
    columns,
    config: { ...Object.fromEntries(node.config.all), materialized: node.config.materialized },
  };
  return new Map<string, Value>([
    ["sql", query],
    ["compiled_sql", query],
    ["compiled_code", query],
    ["pre_hooks", hooks("pre")],
    ["post_hooks", hooks("post")],
    ["model", toPython(model)],
    ["should_full_refresh", defineFunction("should_full_refresh", () => refresh)],
  ]);
}

/** A transaction that begins with the first statement. */
class LazyTransaction {
  readonly #work: Work;
  #open = false;

  constructor(work: Work) {
    this.#work = work;
  }

  async begin(): Promise<void> {
    if (this.#open || !this.#work.session.capabilities.transactions) return;
    await this.#work.session.query("begin");
    this.#open = true;
  }

  async commit(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#work.session.query("commit");
  }

  async rollback(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#work.session.query("rollback").catch((error: unknown) => {
      if (!(error instanceof EngineError)) throw error;
    });
  }
}
