import { isMap, mapOf, numberOf, parseArtifact, textOf } from "./json.ts";

export type RunStatus = "success" | "error" | "skipped" | "pass" | "fail" | "warn";

/** What one invocation of dbt says of one node. */
export interface RunResult {
  readonly id: string;
  readonly status: RunStatus;
  readonly ms: number;
  readonly message?: string | undefined;
  /** Of tests: failing rows. */
  readonly failures?: number | undefined;
  readonly completedAt?: string | undefined;
}

/** dbt's `run_results.json`. */
export interface RunResults {
  readonly invocationId: string;
  readonly generatedAt: string;
  /** `run`, `test`, `build` … */
  readonly command?: string | undefined;
  readonly results: readonly RunResult[];
}

const statuses: Readonly<Record<string, RunStatus>> = {
  success: "success",
  error: "error",
  "runtime error": "error",
  "partial success": "error",
  skipped: "skipped",
  "no-op": "success",
  reused: "success",
  pass: "pass",
  fail: "fail",
  warn: "warn",
};

export function readRunResults(text: string): { readonly value: RunResults } | { readonly problem: string } {
  const parsed = parseArtifact(text);
  if ("problem" in parsed) return parsed;
  const { root } = parsed;
  if (!Array.isArray(root["results"])) return { problem: "it has no results" };
  const metadata = mapOf(root["metadata"]);
  const results: RunResult[] = [];
  for (const each of root["results"]) {
    if (!isMap(each)) continue;
    const id = textOf(each["unique_id"]);
    if (id === undefined) continue;
    const timing = Array.isArray(each["timing"]) ? each["timing"].filter(isMap) : [];
    results.push({
      id,
      // A status that no version of dbt wrote before is no success.
      status: statuses[textOf(each["status"]) ?? ""] ?? "error",
      ms: Math.round((numberOf(each["execution_time"]) ?? 0) * 1000),
      message: textOf(each["message"]),
      failures: numberOf(each["failures"]),
      completedAt: timing.map((t) => textOf(t["completed_at"])).findLast((t) => t !== undefined),
    });
  }
  return {
    value: {
      invocationId: textOf(metadata["invocation_id"]) ?? "",
      generatedAt: textOf(metadata["generated_at"]) ?? "",
      command: textOf(mapOf(root["args"])["which"]),
      results,
    },
  };
}
