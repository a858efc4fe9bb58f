import type { Report } from "../report.ts";
import { countOf, inReadingOrder } from "../report.ts";

/** GitHub cuts a summary at one MiB; this many rows stay below. */
const ROWS = 1000;

const cell = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/[\\`*_[\]|]/g, "\\$&")
    .replaceAll(/\s+/g, " ");

/** The page of a job: every finding as a row of a table, errors first. Markdown, for `$GITHUB_STEP_SUMMARY`. */
export function githubSummary(report: Report): string {
  const title = `### mesh ${report.command}\n\n`;
  if (report.problem !== undefined) return `${title}${cell(report.problem)}\n\n`;
  const order = { error: 0, warning: 1, info: 2 };
  const found = inReadingOrder(report.diagnostics).sort((a, b) => order[a.severity] - order[b.severity]);
  if (found.length === 0) return `${title}${cell(report.closing ?? "No findings")}\n\n`;
  const rows = found.slice(0, ROWS).map((d) => {
    const place = d.span ? `${d.span.file}:${d.span.line}` : (d.product ?? "");
    const help = d.help ? `<br>${cell(d.help)}` : "";
    return `| ${d.severity === "info" ? "note" : d.severity} | ${cell(d.message)}${help} | ${cell(place)} | ${cell(d.code)} |`;
  });
  const more = found.length > ROWS ? `\n${found.length - ROWS} more are in the log.\n` : "";
  return `${title}${countOf(found)}\n\n| | finding | where | code |\n|---|---|---|---|\n${rows.join("\n")}\n${more}\n`;
}
