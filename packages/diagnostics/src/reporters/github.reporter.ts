import type { Diagnostic } from "../diagnostic.ts";
import type { Reporter } from "../report.ts";
import { inReadingOrder } from "../report.ts";
import { pretty } from "./pretty.reporter.ts";

const data = (text: string) => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const property = (text: string) => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

/** GitHub shows ten errors and ten warnings a step. */
const shown = 10;

/** Workflow commands: errors first, what GitHub would drop counted in a notice; the pretty form folded below. */
export const github: Reporter = (report, context) => {
  if (report.problem !== undefined) return `::error title=mesh ${property(report.command)}::${data(report.problem)}\n`;
  const out: string[] = [];
  let dropped = 0;
  for (const severity of ["error", "warning", "info"] as const) {
    if (context.quiet && severity !== "error") continue;
    const some = inReadingOrder(report.diagnostics).filter((d) => d.severity === severity);
    dropped += Math.max(0, some.length - shown);
    out.push(...some.slice(0, shown).map(command));
  }
  if (dropped > 0) out.push(`::notice::${dropped} more findings are in the log below`);
  out.push(`::group::mesh ${report.command}`);
  out.push(pretty(report, context).trimEnd());
  out.push("::endgroup::");
  return `${out.join("\n")}\n`;
};

function command(d: Diagnostic): string {
  const kind = d.severity === "info" ? "notice" : d.severity;
  const s = d.span;
  const place = s
    ? `file=${property(s.file)},line=${s.line},col=${s.column},endLine=${s.endLine},endColumn=${s.endColumn},`
    : "";
  return `::${kind} ${place}title=${property(d.code)}::${data(d.help ? `${d.message}\n${d.help}` : d.message)}`;
}
