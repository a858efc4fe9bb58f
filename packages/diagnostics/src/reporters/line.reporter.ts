import type { Reporter } from "../report.ts";
import { inReadingOrder } from "../report.ts";
import { printable } from "./frame.ts";

/** One line a finding, for grep, editors and logs; the result's own lines stand above. */
export const line: Reporter = (report, context) => {
  const out = [...(report.lines ?? [])];
  for (const d of inReadingOrder(report.diagnostics)) {
    if (context.quiet && d.severity !== "error") continue;
    const place = d.span ? `${d.span.file}:${d.span.line}:${d.span.column}: ` : d.product ? `${d.product}: ` : "";
    const help = d.help ? ` (${d.help})` : "";
    out.push(printable(`${place}${d.severity}: ${d.message}${help} [${d.code}]`.replaceAll("\n", " ")));
  }
  return out.length === 0 ? "" : `${out.join("\n")}\n`;
};
