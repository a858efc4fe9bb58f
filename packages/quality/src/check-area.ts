import { defineArea, type Area, type CodeDefinition, type Diagnostic, type Severity } from "@meshwork/diagnostics";
import type { ContractSource, OutputPort } from "@meshwork/contract";
import type { Facts } from "./check-kind.ts";
import { checkKinds } from "./registry.ts";
import type { CheckResult, Sample } from "./run-checks.ts";
import { cellText } from "./wording.ts";

interface NotRun {
  readonly check: string;
  readonly port: string;
  readonly reason: string;
}

const ofKinds = Object.fromEntries(
  checkKinds.map((kind): [string, CodeDefinition<Facts>] => [
    kind.code,
    {
      severity: "error",
      message: (facts) => kind.message(facts),
      ...(kind.help === undefined ? {} : { help: kind.help }),
    },
  ]),
);
const others = {
  "not-run": {
    severity: "error",
    message: (p: NotRun) => `Check "${p.check}" of port ${p.port} could not run: ${p.reason}.`,
    help: "correct the check or what it reads; until then nothing is known of what it promises",
  },
  skipped: {
    severity: "info",
    message: (p: NotRun) => `Check "${p.check}" of port ${p.port} was skipped: ${p.reason}.`,
  },
} satisfies Record<string, CodeDefinition<NotRun>>;

/** All codes of checks on data: one for each kind, and those for checks that did not run. */
export const checkArea: Area<Record<string, CodeDefinition<never>>> = defineArea(
  "check",
  { directory: new URL("./checks/", import.meta.url), suffix: ".check.md" },
  { ...ofKinds, ...others },
);

/** Reads a definition as the type it was made with: the area's record holds several. */
const create = checkArea.create as (
  code: string,
  params: Facts | NotRun,
  extra: Parameters<typeof checkArea.create>[2],
) => Diagnostic;

export interface DiagnosticOptions {
  /** `domain.product`. */
  readonly product?: string | undefined;
  /** The next step in place of the usual one: `run it yourself: .mesh/build/…sql`. */
  readonly help?: string | undefined;
}

/** At most so many rows are shown under a finding. */
const mostRows = 5;

/**
 * A result as a finding, with the place of the check in the contract and the failing rows; `undefined` where the
 * check passed.
 */
export function checkDiagnostic(
  result: CheckResult,
  port: OutputPort,
  source: ContractSource,
  options: DiagnosticOptions = {},
): Diagnostic | undefined {
  if (result.status === "passed") return undefined;
  const code = result.code.slice(result.code.indexOf("/") + 1);
  const details = result.sample === undefined ? undefined : tableOf(result.sample);
  // A check that could not run says nothing about the data, whatever its own severity.
  const severity: Severity =
    result.status === "skipped" ? "info" : result.status === "error" ? "error" : result.severity;
  const extra = {
    severity,
    path: result.at,
    span: () => source.spanOf(result.at),
    ...(options.product === undefined ? {} : { product: options.product }),
    ...(options.help === undefined || result.status === "skipped" ? {} : { help: options.help }),
    ...(details === undefined ? {} : { details }),
  };
  if (result.status === "error" || result.status === "skipped")
    return create(
      code,
      { check: result.check, port: port.name, reason: (result.reason ?? "").replace(/[.!]+$/, "") },
      extra,
    );
  const facts: Facts = {
    port: port.name,
    column: code === "sql" ? result.check : result.column,
    failing: result.failing,
    total: result.total,
    actual: cellText(result.actual),
    expected: result.expected,
    threshold: result.threshold,
  };
  return create(code, facts, extra);
}

/** Rows as lines with aligned columns; numbers stand right. */
export function tableOf(sample: Sample): string[] {
  const widest = 40;
  const shown = sample.rows.slice(0, mostRows);
  const cut = (text: string): string =>
    (text.length > widest ? `${text.slice(0, widest - 1)}…` : text).replace(/\s+/g, " ");
  const columns = sample.columns.map((name, i) => {
    const cells = shown.map((row) => cut(cellText(row[i])));
    const width = Math.max(name.length, ...cells.map((cell) => cell.length));
    const right = shown.every(
      (row) =>
        row[i] === null ||
        typeof row[i] === "number" ||
        typeof row[i] === "bigint" ||
        /^-?\d+(\.\d+)?$/.test(String(row[i])),
    );
    const pad = (text: string): string => (right ? text.padStart(width) : text.padEnd(width));
    return [pad(name), ...cells.map(pad)];
  });
  return Array.from({ length: shown.length + 1 }, (_, line) =>
    columns
      .map((column) => column[line]!)
      .join("  ")
      .trimEnd(),
  );
}
