import type { CheckHistory, QualityReport } from "@meshwork/catalog-api";
import { instantInWords } from "./ages.ts";
import { TableRegion } from "./layout.tsx";
import { Age, CheckBadge, checkStatusText } from "./verdict.tsx";

/** Each check with what it expects, what was found, and how its last runs went. */
export const Quality = ({ report, now }: { report: QualityReport; now: Date }) => (
  <section aria-labelledby="checks">
    <h2 id="checks">Checks</h2>
    {report.run !== undefined && (
      <p class="muted small">
        Last run <Age at={report.run.startedAt} now={now} />: {report.run.status}
        {report.run.environment !== undefined && ` in ${report.run.environment}`}
        {report.run.url !== undefined && (
          <>
            {", "}
            <a href={report.run.url} rel="noreferrer">
              its log
            </a>
          </>
        )}
        .
      </p>
    )}
    {report.checks.length === 0 ? (
      <p class="muted">The contract names no checks, and none ran.</p>
    ) : (
      <TableRegion label="Checks">
        <table>
          <thead>
            <tr>
              <th scope="col">Check</th>
              <th scope="col">Status</th>
              <th scope="col">Expected</th>
              <th scope="col">Actual</th>
              <th scope="col">Last runs</th>
            </tr>
          </thead>
          <tbody>
            {report.checks.map((check) => (
              <tr>
                <th scope="row">
                  <code>
                    <Breakable name={check.check} />
                  </code>
                  <span class="block muted small">
                    {[check.column, check.dimension, check.severity === "warning" ? "warns only" : undefined]
                      .filter((p) => p !== undefined)
                      .join(" · ")}
                  </span>
                </th>
                <td>
                  <CheckBadge status={check.status} />
                  {check.checkedAt !== undefined && (
                    <span class="block muted small">
                      <Age at={check.checkedAt} now={now} />
                    </span>
                  )}
                </td>
                <td>
                  {check.description ?? expectedOf(check) ?? check.expectation}
                  {check.description !== undefined && expectedOf(check) !== undefined && (
                    <span class="block muted small">expected {expectedOf(check)}</span>
                  )}
                </td>
                <td>{actualOf(check)}</td>
                <td>
                  <Runs check={check} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableRegion>
    )}
  </section>
);

/** A long name that may break behind its dots and underscores, so that the table keeps its last column on the page. */
const Breakable = ({ name }: { name: string }) => (
  <>
    {name.split(/(?<=[._])/).map((part) => (
      <>
        {part}
        <wbr />
      </>
    ))}
  </>
);

/** What a run measured the check against, which says more than the contract's words. */
const expectedOf = (check: CheckHistory): string | undefined =>
  check.expected === undefined || check.expected === null ? undefined : String(check.expected);

const number = new Intl.NumberFormat("en", { maximumFractionDigits: 6 });

function actualOf(check: CheckHistory): string {
  const parts: string[] = [];
  if (
    check.actual !== undefined &&
    check.actual !== null &&
    (check.actual !== check.failing || check.rows === undefined)
  )
    parts.push(typeof check.actual === "number" ? number.format(check.actual) : String(check.actual));
  if (check.failing !== undefined && (check.failing > 0 || check.rows !== undefined))
    parts.push(
      `${number.format(check.failing)}${check.rows === undefined ? "" : ` of ${number.format(check.rows)}`} rows fail`,
    );
  if (check.reason !== undefined) parts.push(check.reason);
  return parts.length === 0 ? (check.status === undefined ? "never measured" : "–") : parts.join("; ");
}

/** Bars whose height tells the outcome as well as their colour: low passed, half warned, high failed. */
const heights = { passed: 5, skipped: 2, warning: 10, failed: 16, error: 16 } as const;

const Runs = ({ check }: { check: CheckHistory }) => {
  const { runs } = check;
  if (runs.length === 0) return <span class="muted">none</span>;
  const passed = runs.filter((run) => run.status === "passed").length;
  const width = runs.length * 5;
  return (
    <span class="runs">
      <svg viewBox={`0 0 ${width} 16`} width={width} height="16" aria-hidden="true" focusable="false">
        {runs.map((run, at) => (
          <rect
            class={`run ${run.status}`}
            x={at * 5}
            y={16 - heights[run.status]}
            width="4"
            height={heights[run.status]}
            rx="1"
          >
            <title>{`${instantInWords(run.at)}: ${checkStatusText(run.status)}`}</title>
          </rect>
        ))}
      </svg>
      <span class="small">
        {passed} of {runs.length} passed
      </span>
    </span>
  );
};
