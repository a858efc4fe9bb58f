import { isMap, mapOf, numberOf, textOf } from "./artifacts/json.ts";
import type { RunResults, RunStatus } from "./artifacts/run-results.ts";

/** The last thing that dbt said of a node in a target. */
export interface NodeRecord {
  readonly status: RunStatus;
  readonly ms: number;
  /** ISO 8601. */
  readonly at: string;
  readonly invocation: string;
  readonly message?: string | undefined;
  readonly failures?: number | undefined;
}

/** dbt writes each `run_results.json` over the last one, of whatever few nodes it ran: this keeps the newest of each. */
export interface ResultLedger {
  readonly version: 1;
  readonly nodes: Readonly<Record<string, NodeRecord>>;
}

export const emptyLedger: ResultLedger = { version: 1, nodes: {} };

/** Verbs whose results say that something was built or checked; `compile`, `docs generate` and `show` build nothing. */
const telling = new Set(["run", "build", "test", "seed", "snapshot", "retry", "clone"]);

/** The ledger with one more invocation in it; older results never replace newer ones. */
export function withResults(ledger: ResultLedger, run: RunResults): ResultLedger {
  if (run.command !== undefined && !telling.has(run.command)) return ledger;
  const nodes = { ...ledger.nodes };
  for (const result of run.results) {
    const at = result.completedAt ?? run.generatedAt;
    const before = nodes[result.id];
    if (before !== undefined && before.at > at) continue;
    // A skipped node is as it was before.
    if (result.status === "skipped" && before !== undefined) continue;
    nodes[result.id] = {
      status: result.status,
      ms: result.ms,
      at,
      invocation: run.invocationId,
      ...(result.message === undefined ? {} : { message: result.message.slice(0, 4_000) }),
      ...(result.failures === undefined ? {} : { failures: result.failures }),
    };
  }
  const sorted = Object.entries(nodes).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return { version: 1, nodes: Object.fromEntries(sorted) };
}

const statuses = new Set<string>(["success", "error", "skipped", "pass", "fail", "warn"]);

/** A ledger as it lies on disk; one that cannot be read is an empty one, because dbt can say all of it again. */
export function readLedger(text: string | undefined): ResultLedger {
  if (text === undefined) return emptyLedger;
  try {
    const root: unknown = JSON.parse(text);
    if (!isMap(root) || root["version"] !== 1) return emptyLedger;
    const nodes: Record<string, NodeRecord> = {};
    for (const [id, value] of Object.entries(mapOf(root["nodes"]))) {
      const each = mapOf(value);
      const [status, at] = [textOf(each["status"]), textOf(each["at"])];
      if (status === undefined || at === undefined || !statuses.has(status)) continue;
      nodes[id] = {
        status: status as RunStatus,
        at,
        ms: numberOf(each["ms"]) ?? 0,
        invocation: textOf(each["invocation"]) ?? "",
        ...(textOf(each["message"]) === undefined ? {} : { message: textOf(each["message"]) }),
        ...(numberOf(each["failures"]) === undefined ? {} : { failures: numberOf(each["failures"]) }),
      };
    }
    return { version: 1, nodes };
  } catch {
    return emptyLedger;
  }
}
