import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import { EngineError } from "@meshwork/engine";
import { defineObject, PyFloat, PyTuple, toPython } from "@meshwork/jinja";
import type { Value } from "@meshwork/jinja";
import type { ProjectNode, RunHook } from "../model.ts";
import { sqlCodes } from "../sql.codes.ts";
import { askSession } from "./ask-session.ts";
import type { NodeResult } from "./outcome.ts";
import type { Work } from "./perform-steps.ts";

/**
 * Runs `on-run-start` or `on-run-end`, one after the other. The end sees `results`, `schemas` and `database_schemas`.
 * The first error ends them.
 */
export async function runProjectHooks(
  work: Work,
  when: "start" | "end",
  nodes: readonly ProjectNode[],
  results: readonly NodeResult[],
): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = [];
  const names = when === "start" ? undefined : endNames(nodes, results);
  for (const hook of work.project.runHooks[when]) {
    const evaluated = await work.project.evaluate(
      undefined,
      { call: { text: hook.sql }, package: hook.package, names, place: hook.place },
      askSession(work.session, work.signal),
    );
    for (const log of evaluated.logs) work.onLog?.(log.text, log.shown);
    found.push(...evaluated.diagnostics);
    const sql = evaluated.text.trim();
    if (!hasErrors(evaluated.diagnostics) && sql !== "") {
      try {
        work.sent?.(sql);
        await (await work.session.query(sql, { signal: work.signal })).rows();
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        found.push(failed(when, hook, error));
      }
    }
    if (hasErrors(found)) break;
  }
  return found;
}

function failed(when: "start" | "end", hook: RunHook, error: EngineError): Diagnostic {
  const [reason = "", ...details] = error.message.trim().split("\n");
  const params = { reason: `on-run-${when} failed: ${reason}` };
  return sqlCodes.create("query-failed", params, { span: hook.place, ...(details.length === 0 ? {} : { details }) });
}

function endNames(nodes: readonly ProjectNode[], results: readonly NodeResult[]): ReadonlyMap<string, Value> {
  const good = new Set(results.filter((r) => r.status === "success" && r.unitTest === undefined).map((r) => r.node.id));
  const built = nodes.filter((n) => good.has(n.id) && n.relation.schema !== undefined);
  const pairs = new Map(built.map((n) => [JSON.stringify([n.relation.database, n.relation.schema]), n.relation]));
  return new Map<string, Value>([
    ["results", results.map(resultValue)],
    ["schemas", toPython([...new Set(built.map((n) => n.relation.schema!))].sort())],
    ["database_schemas", [...pairs.values()].map((r) => new PyTuple([r.database ?? null, r.schema!]))],
  ]);
}

/** dbt's `RunResult` as far as hooks read it. */
function resultValue(result: NodeResult): Value {
  const { node, unitTest } = result;
  const message = result.diagnostics[0]?.message ?? null;
  const dictionary = {
    unique_id: unitTest?.id ?? node.id,
    name: unitTest?.name ?? node.name,
    resource_type: unitTest === undefined ? node.resourceType : "unit_test",
    alias: node.relation.name,
    schema: node.relation.schema ?? null,
    database: node.relation.database ?? null,
    package_name: node.package,
    path: node.path,
    original_file_path: node.path,
    fqn: [...node.fqn],
    tags: [...node.config.tags],
    config: { ...Object.fromEntries(node.config.all), materialized: node.config.materialized },
  };
  const nodeValue = objectOf("Node", dictionary);
  const fields = new Map<string, Value>([
    ["node", nodeValue],
    ["unique_id", dictionary.unique_id],
    ["status", result.status],
    ["message", message],
    ["failures", result.failures ?? null],
    ["execution_time", new PyFloat(result.ms / 1000)],
    ["thread_id", "Thread-1"],
    ["timing", []],
    ["adapter_response", toPython({ rows_affected: result.rowsAffected ?? null })],
  ]);
  return defineObject("RunResult", {
    attribute: (key) => fields.get(key),
    attributeNames: () => fields.keys(),
    item: (key) => (typeof key === "string" ? fields.get(key) : undefined),
    methods: { to_dict: () => toPython(new Map<string, unknown>([...fields, ["node", dictionary]])) },
  });
}

function objectOf(name: string, entries: Readonly<Record<string, unknown>>): Value {
  const known = new Map(Object.entries(entries).map(([k, v]) => [k, toPython(v)]));
  return defineObject(name, {
    attribute: (key) => known.get(key),
    attributeNames: () => known.keys(),
    item: (key) => (typeof key === "string" ? known.get(key) : undefined),
    methods: { to_dict: () => toPython(entries), get: ([key, other]) => known.get(String(key)) ?? other ?? null },
  });
}
