import type { Diagnostic } from "../diagnostic.ts";
import type { Reporter } from "../report.ts";
import { inReadingOrder } from "../report.ts";

/** One object on one stream; keys are only ever added. The schema is `schema/report.v1.schema.json`. */
export const json: Reporter = (report) => {
  const counts = { errors: 0, warnings: 0, fixable: 0 };
  for (const d of report.diagnostics) {
    if (d.severity === "error") counts.errors++;
    if (d.severity === "warning") counts.warnings++;
    if (d.fixes?.some((f) => f.safe)) counts.fixable++;
  }
  const body = {
    version: 1,
    command: report.command,
    exitCode: report.exitCode,
    durationMs: Math.round(report.durationMs),
    ...(report.problem === undefined ? {} : { problem: report.problem }),
    summary: { ...report.summary, ...counts },
    diagnostics: inReadingOrder(report.diagnostics).map(plain),
    results: report.results ?? null,
  };
  return `${JSON.stringify(body, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value), 2)}\n`;
};

function plain(d: Diagnostic): object {
  const { span, path, related, fixes, code, severity, product, message, help, details } = d;
  return {
    code,
    severity,
    ...(product === undefined ? {} : { product }),
    message,
    ...(span ? { ...span } : {}),
    ...(path === undefined ? {} : { path }),
    ...(help === undefined ? {} : { help }),
    ...(details === undefined ? {} : { details }),
    related: (related ?? []).map((r) => ({ message: r.message, ...r.span })),
    fixes: (fixes ?? []).map((f) => ({ title: f.title, edits: f.edits, safe: f.safe })),
  };
}
