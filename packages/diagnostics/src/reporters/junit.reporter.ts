import type { Report, ReportCase, Reporter } from "../report.ts";
import { inReadingOrder } from "../report.ts";
import { pretty } from "./pretty.reporter.ts";

// oxlint-disable-next-line no-control-regex -- XML 1.0 has no room for control characters
const xml = (text: string) =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "?")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

/** JUnit XML: a suite a product, a case a check or finding; skipped is skipped, never passed. */
export const junit: Reporter = (report, context) => {
  const cases = [...(report.cases ?? []), ...findingsAsCases(report, (r) => pretty(r, { ...context, color: false }))];
  if (report.problem !== undefined)
    cases.push({ suite: "mesh", name: report.command, status: "error", message: report.problem });
  const suites = new Map<string, ReportCase[]>();
  for (const c of cases) suites.set(c.suite, [...(suites.get(c.suite) ?? []), c]);
  const out = ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites name="mesh ${xml(report.command)}">`];
  for (const [name, rows] of [...suites].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const count = (status: string) => rows.filter((r) => r.status === status).length;
    out.push(
      `  <testsuite name="${xml(name)}" tests="${rows.length}" failures="${count("failed")}" errors="${count("error")}" skipped="${count("skipped")}">`,
    );
    for (const r of rows) {
      const time = r.ms === undefined ? "" : ` time="${(r.ms / 1000).toFixed(3)}"`;
      const open = `    <testcase classname="${xml(name)}" name="${xml(r.name)}"${time}`;
      if (r.status === "passed") out.push(`${open}/>`);
      else if (r.status === "skipped") out.push(`${open}><skipped message="${xml(r.message ?? "")}"/></testcase>`);
      else if (r.status === "warning") out.push(`${open}><system-out>${xml(r.message ?? "")}</system-out></testcase>`);
      else
        out.push(
          `${open}><${r.status === "error" ? "error" : "failure"} type="${xml(r.name)}">${xml(r.message ?? "")}</${r.status === "error" ? "error" : "failure"}></testcase>`,
        );
    }
    out.push("  </testsuite>");
  }
  out.push("</testsuites>");
  return `${out.join("\n")}\n`;
};

/** Findings that no case stands for already: lint has only these. */
function findingsAsCases(report: Report, print: (report: Report) => string): ReportCase[] {
  const known = new Set((report.cases ?? []).filter((c) => c.status !== "passed").map((c) => c.suite));
  return inReadingOrder(report.diagnostics)
    .filter((d) => !(report.cases && d.code.startsWith("check/") && known.has(d.product ?? "")))
    .map((d) => ({
      suite: d.product ?? d.span?.file ?? "mesh",
      name: d.code,
      status: d.severity === "error" ? "failed" : "warning",
      message: print({ ...report, diagnostics: [d], lines: [], next: undefined, closing: "" }).trimEnd(),
    }));
}
