import type {
  CheckHistory,
  CheckResult,
  ProductRecord,
  PromisedCheck,
  QualitySummary,
  Verdict,
} from "@meshwork/catalog-api";

/** The last result of one check. */
export interface Latest {
  readonly port: string;
  readonly name: string;
  readonly version: string;
  readonly runId: string;
  readonly environment: string | null;
  readonly at: Date;
  readonly body: CheckResult;
}

/** What a verdict needs of a contract: its version and which checks it names. */
export interface Promises {
  readonly version: string;
  readonly ports: readonly { readonly checks: readonly Pick<PromisedCheck, "port" | "check">[] }[];
}

const key = (port: string, check: string): string => JSON.stringify([port, check]);

const promisedChecks = (promises: Promises): Promises["ports"][number]["checks"] =>
  promises.ports.flatMap((port) => port.checks);

/**
 * The results that say something about this record: of its version, and either promised by the contract or part of
 * the newest run (checks that follow from constraints have no entry of their own in the contract).
 */
function counting(record: Promises, latest: readonly Latest[]): Latest[] {
  const promised = new Set(promisedChecks(record).map((check) => key(check.port, check.check)));
  const ofVersion = latest.filter((row) => row.version === record.version);
  const newest = ofVersion.reduce<Latest | undefined>(
    (best, row) => (best === undefined || row.at > best.at ? row : best),
    undefined,
  );
  return ofVersion.filter((row) => promised.has(key(row.port, row.name)) || row.runId === newest?.runId);
}

/** One verdict from the contract's checks and their last results. What did not run is never good. */
export function summarize(record: Promises, latest: readonly Latest[]): QualitySummary {
  const rows = counting(record, latest);
  const measured = new Set(rows.map((row) => key(row.port, row.name)));
  const missing = promisedChecks(record).filter((check) => !measured.has(key(check.port, check.check))).length;
  const count = (status: CheckResult["status"]) => rows.filter((row) => row.body.status === status).length;
  const passed = count("passed");
  const failed = count("failed") + count("warning") + count("error");
  const notRun = count("skipped") + missing;

  const verdict = ((): Verdict => {
    if (count("failed") > 0) return "failing";
    if (count("error") > 0) return "error";
    if (passed + failed === 0) return latest.some((row) => row.version !== record.version) ? "stale" : "not-run";
    if (count("warning") > 0) return "warning";
    return notRun > 0 ? "partial" : "passing";
  })();
  const dated = passed + failed > 0 ? rows.filter((row) => row.body.status !== "skipped") : latest;
  const oldest = dated.reduce<Latest | undefined>(
    (best, row) => (best === undefined || row.at < best.at ? row : best),
    undefined,
  );
  const environments = new Set(dated.map((row) => row.environment));
  const environment = environments.size === 1 ? [...environments][0] : undefined;
  return {
    verdict,
    ...(oldest === undefined ? {} : { checkedAt: oldest.at.toISOString() }),
    ...(environment == null ? {} : { environment }),
    passed,
    failed,
    notRun,
    total: passed + failed + notRun,
  };
}

/** Every check, promised ones first in the contract's order, with its last result and its runs. */
export function checkHistories(
  record: ProductRecord,
  latest: readonly Latest[],
  runs: ReadonlyMap<string, CheckHistory["runs"]>,
): CheckHistory[] {
  const rows = new Map(counting(record, latest).map((row) => [key(row.port, row.name), row]));
  const promised = record.ports
    .flatMap((port) => port.checks)
    .map((check): CheckHistory => {
      const row = rows.get(key(check.port, check.check));
      rows.delete(key(check.port, check.check));
      return { ...check, promised: true, ...measuredOf(row), runs: runs.get(key(check.port, check.check)) ?? [] };
    });
  const others = [...rows.values()].map((row): CheckHistory => ({
    port: row.port,
    check: row.name,
    assertion: row.body.assertion,
    column: row.body.column,
    severity: row.body.severity ?? "error",
    expectation: row.body.assertion.replaceAll("_", " "),
    promised: false,
    ...measuredOf(row),
    runs: runs.get(key(row.port, row.name)) ?? [],
  }));
  others.sort((a, b) => (a.port + a.check < b.port + b.check ? -1 : 1));
  return [...promised, ...others];
}

const measuredOf = (row: Latest | undefined): Partial<CheckHistory> =>
  row === undefined
    ? {}
    : {
        status: row.body.status,
        actual: row.body.actual,
        expected: row.body.expected,
        failing: row.body.failing,
        rows: row.body.rows,
        reason: row.body.reason,
        checkedAt: row.at.toISOString(),
      };

/** The key under which `checkHistories` looks for a check's runs. */
export const historyKey = key;

/** Share of passed checks by dimension (`general` where a check names none), for the metadata record. */
export function sharesByDimension(checks: readonly CheckHistory[]): Record<string, number> {
  const counts = new Map<string, { passed: number; measured: number }>();
  for (const check of checks) {
    if (check.status === undefined || check.status === "skipped") continue;
    const dimension = check.dimension ?? "general";
    const count = counts.get(dimension) ?? { passed: 0, measured: 0 };
    count.measured += 1;
    if (check.status === "passed") count.passed += 1;
    counts.set(dimension, count);
  }
  return Object.fromEntries(
    [...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, c]) => [name, Number((c.passed / c.measured).toFixed(4))]),
  );
}
