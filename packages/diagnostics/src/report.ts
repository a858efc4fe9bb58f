import type { Diagnostic } from "./diagnostic.ts";

/** One row of a test-like result, for reporters that list passes too (junit). */
export interface ReportCase {
  readonly suite: string;
  readonly name: string;
  readonly status: "passed" | "failed" | "error" | "skipped" | "warning";
  readonly ms?: number | undefined;
  readonly message?: string | undefined;
}

/** The answer of one command, ready to be printed in any format. */
export interface Report {
  readonly command: string;
  readonly exitCode: number;
  readonly durationMs: number;
  readonly summary: Readonly<Record<string, number>>;
  readonly diagnostics: readonly Diagnostic[];
  readonly results?: unknown;
  readonly cases?: readonly ReportCase[] | undefined;
  /** The last line of the pretty form: how it came out, `1 product built, 1 failed`. The count of findings goes before; empty for none. */
  readonly closing?: string | undefined;
  /** In place of `closing` where findings are in something: `2 of 15 products`, read as `1 error in 2 of 15 products`. */
  readonly scope?: string | undefined;
  /** Said beside the time: `13 from cache`. */
  readonly timing?: string | undefined;
  /** Lines of the result itself, above the findings. */
  readonly lines?: readonly string[] | undefined;
  /** Findings that `lines` tell already, place and all: the pretty form does not say them twice. */
  readonly told?: ((diagnostic: Diagnostic) => boolean) | undefined;
  /** One command or edit that can be copied; shown on a terminal, on findings only. */
  readonly next?: string | undefined;
  /** Why there is no result (exit 2, 3 or 130), in at most two lines. */
  readonly problem?: string | undefined;
}

export interface ReportContext {
  readonly color: boolean;
  /** Columns of the terminal; frames are cut to it. */
  readonly width: number;
  readonly unicode: boolean;
  readonly quiet: boolean;
  /** The text of a file as findings name it; used for frames. */
  readText(file: string): string | undefined;
  /** Address of a code's page. */
  helpUri?(code: string): string | undefined;
  /** Default level, one-line description and page (Markdown) of a code, for SARIF's list of rules. */
  ruleOf?(code: string):
    | {
        readonly severity: string;
        readonly description: string;
        readonly page?: string | undefined;
        readonly category?: string | undefined;
      }
    | undefined;
}

export type Reporter = (report: Report, context: ReportContext) => string;

/** Errors of one file together, in the order a person fixes them: by file, line, column, code. */
export function inReadingOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const placed = diagnostics.map((d) => ({
    d,
    file: d.span?.file ?? "",
    line: d.span?.line ?? 0,
    column: d.span?.column ?? 0,
  }));
  const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
  placed.sort(
    (a, b) =>
      compare(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compare(a.d.code, b.d.code) ||
      compare(a.d.message, b.d.message),
  );
  return placed.map((p) => p.d);
}

/** `1 error, 2 warnings`, without what is not there. */
export function countOf(diagnostics: readonly Diagnostic[]): string {
  const parts: string[] = [];
  for (const severity of ["error", "warning", "info"] as const) {
    const n = diagnostics.filter((d) => d.severity === severity).length;
    if (n > 0)
      parts.push(`${n} ${severity === "info" ? (n === 1 ? "note" : "notes") : severity + (n === 1 ? "" : "s")}`);
  }
  return parts.join(", ");
}

/** `0.6 s`, `1 min 4 s`. */
export function seconds(ms: number): string {
  if (ms < 60_000) return `${(Math.round(ms / 100) / 10).toFixed(1)} s`;
  const whole = Math.round(ms / 1000);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
