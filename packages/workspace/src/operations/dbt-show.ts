import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import { EngineError } from "@meshwork/engine";
import { queryFailed, sessionAsk } from "@meshwork/models";
import type { Compiled, ProjectNode } from "@meshwork/models";
import type { DbtOptions } from "../dbt/dbt-options.ts";
import type { DbtPlace } from "../dbt/dbt-place.ts";
import { openPlaces } from "../dbt/open-places.ts";
import type { OperationResult } from "../operation.ts";
import { answering, Refusal } from "../operation.ts";
import { compileNode, LazyConnection } from "./dbt-read.ts";
import { queriedRows } from "./queried-rows.ts";
import type { Shown } from "./queried-rows.ts";

export interface ShowOptions extends DbtOptions {
  /** SQL with Jinja, in place of a selection. */
  readonly inline?: string | undefined;
  /** Rows to show; five where absent, all where negative. */
  readonly limit?: number | undefined;
}

/** dbt's `show`: what models would yield, read from what is built; nothing is written. */
export const show = (options: ShowOptions): Promise<OperationResult<readonly Shown[]>> =>
  answering([], async () => {
    const opened = await openPlaces(options, ["model", "seed", "snapshot", "test"]);
    if (options.inline === undefined && !options.select?.length)
      throw new Refusal("show needs to know what.\nName a model with --select, or give SQL with --inline.");
    const found: Diagnostic[] = [];
    const results: Shown[] = [];
    for (const place of options.inline === undefined ? opened.places : opened.places.slice(0, 1)) {
      found.push(
        ...place.project.diagnostics.filter((d) => d.severity === "error" && d.code !== "sql/needs-engine"),
        ...place.selected.diagnostics,
      );
      const connection = new LazyConnection(place, options.signal);
      try {
        if (options.inline !== undefined) await inline(place, connection, options.inline, options, results, found);
        else
          for (const node of place.selected.nodes.filter((n) => chosen(n, place, options)))
            await one(place, connection, node, options, results, found);
      } finally {
        await connection.close();
      }
    }
    const diagnostics = opened.settle(found);
    return { exitCode: hasErrors(diagnostics) ? 1 : 0, diagnostics, summary: { resources: results.length }, results };
  });

/** Tests come along with a model that is selected; they are shown where they are named themselves. */
const chosen = (node: ProjectNode, place: DbtPlace, options: ShowOptions): boolean =>
  node.resourceType !== "test" ||
  place.selected.nodes.every((n) => n.resourceType === "test") ||
  options.resourceTypes?.includes("test") === true;

const limited = (sql: string, limit: number | undefined): { text: string; at: number } => {
  const before = "select * from (\n";
  const end = limit !== undefined && limit < 0 ? "" : ` limit ${limit ?? 5}`;
  return { text: `${before}${sql}\n) mesh_show${end}`, at: before.length };
};

async function one(
  place: DbtPlace,
  connection: LazyConnection,
  node: ProjectNode,
  options: ShowOptions,
  results: Shown[],
  found: Diagnostic[],
): Promise<void> {
  let compiled: Compiled | undefined;
  if (node.resourceType !== "seed") {
    compiled = await compileNode(place.project, node, connection);
    if (hasErrors(compiled.diagnostics)) {
      found.push(...compiled.diagnostics);
      return;
    }
  }
  const sql = compiled?.sql ?? `select * from ${place.project.dialect.relation(node.relation)}`;
  const { text, at } = limited(sql, options.limit);
  try {
    results.push(await rows(place, connection, node.name, text, options.signal, node));
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const offset = error.offset === undefined || error.offset < at ? undefined : error.offset - at;
    const trouble = { code: error.code, message: error.message, offset, candidates: error.candidates };
    found.push(queryFailed(place.project, node, trouble, compiled));
  }
}

async function inline(
  place: DbtPlace,
  connection: LazyConnection,
  sql: string,
  options: ShowOptions,
  results: Shown[],
  found: Diagnostic[],
): Promise<void> {
  const { session } = await connection.get();
  const span = { file: "--inline", line: 1, column: 1, endLine: 1, endColumn: 1 };
  const request = { call: { text: sql }, package: place.project.name, place: span };
  const evaluated = await place.project.evaluate(undefined, request, sessionAsk(session, options.signal));
  found.push(...evaluated.diagnostics);
  if (hasErrors(evaluated.diagnostics)) return;
  try {
    results.push(await rows(place, connection, "inline", limited(evaluated.text, options.limit).text, options.signal));
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new Refusal(`The SQL of --inline does not run: ${error.message.split("\n")[0]}\nCorrect it.`);
  }
}

async function rows(
  place: DbtPlace,
  connection: LazyConnection,
  name: string,
  sql: string,
  signal: AbortSignal | undefined,
  node?: ProjectNode,
): Promise<Shown> {
  const { session } = await connection.get();
  return queriedRows(session, name, sql, signal, (c) => node !== undefined && place.masks?.(node, c) === true);
}
