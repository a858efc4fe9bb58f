import type { Diagnostic } from "../diagnostic.ts";
import type { Reporter } from "../report.ts";
import { countOf, inReadingOrder, seconds } from "../report.ts";
import { palette } from "./colors.ts";
import { frame, printable } from "./frame.ts";

/** For people: the result's lines, each finding with its frame and next step, one closing line. */
export const pretty: Reporter = (report, context) => {
  const c = palette(context.color);
  const texts = new Map<string, readonly string[]>();
  const linesOf = (file: string) => {
    let lines = texts.get(file);
    if (!lines) texts.set(file, (lines = (context.readText(file) ?? "").split("\n")));
    return lines;
  };
  const out: string[] = [...(report.lines ?? [])];
  const wanted = report.diagnostics.filter(
    (d) => (!context.quiet || d.severity === "error") && report.told?.(d) !== true,
  );
  const findings = grouped(inReadingOrder(wanted));
  if (out.length > 0 && findings.length > 0) out.push("");
  for (const { first: d, count } of findings) {
    const more = count > 1 ? c.dim(` (${count} times in this file)`) : "";
    out.push(
      `${c.severity(d.severity, d.severity === "info" ? "note" : d.severity)} ${c.dim(d.code)}: ${printable(d.message)}${more}`,
    );
    if (d.span) {
      out.push(`  ${c.place(`${printable(d.span.file)}:${d.span.line}:${d.span.column}`)}`);
      out.push(...frame(d, linesOf(d.span.file), context.width, c));
    }
    for (const r of d.related ?? []) {
      if (r.span.file !== d.span?.file)
        out.push(`  ${c.dim(printable(r.message))} ${c.place(`${r.span.file}:${r.span.line}:${r.span.column}`)}`);
    }
    for (const line of d.details ?? []) out.push(`    ${printable(line)}`);
    const help = helpOf(d);
    if (help) out.push(`  ${c.help("help:")} ${printable(help)}`);
    out.push("");
  }
  if (!context.quiet) {
    const count = countOf(wanted);
    const fixable = wanted.filter((d) => d.fixes?.some((f) => f.safe)).length;
    const outcome = report.closing ?? report.scope ?? "done";
    const head =
      count === "" ? outcome : report.scope === undefined ? `${count}; ${outcome}` : `${count} in ${report.scope}`;
    const fix = fixable > 0 ? `; ${fixable} can be fixed` : "";
    if (outcome !== "")
      out.push(`${head} (${[seconds(report.durationMs), report.timing].filter((t) => t).join(", ")})${fix}`);
    if (report.next) out.push(`${c.bold("next:")} ${report.next}`);
  }
  const body = out.join("\n").replace(/\n+$/, "");
  const text = body === "" ? "" : `${body}\n`;
  return context.unicode
    ? text
    : text
        .replace(/…/g, "...")
        .replace(/[•]/g, "*")
        .replace(/[^\u0000-\u007f]/gu, "?"); // oxlint-disable-line no-control-regex
};

const helpOf = (d: Diagnostic): string | undefined => {
  const fix = d.fixes?.find((f) => f.safe) ?? d.fixes?.[0];
  const help = d.help ?? fix?.title;
  return help && fix?.safe && !help.includes("--fix") ? `${help} (mesh lint --fix does it)` : help;
};

/** The same message on more than five lines of a file is one finding with a count. */
function grouped(sorted: readonly Diagnostic[]): { first: Diagnostic; count: number }[] {
  const keyOf = (d: Diagnostic) => JSON.stringify([d.span?.file ?? "", d.code, d.message]);
  const counts = new Map<string, number>();
  for (const d of sorted) counts.set(keyOf(d), (counts.get(keyOf(d)) ?? 0) + 1);
  const printed = new Set<string>();
  const out: { first: Diagnostic; count: number }[] = [];
  for (const d of sorted) {
    const key = keyOf(d);
    const count = counts.get(key)!;
    if (count <= 5) out.push({ first: d, count: 1 });
    else if (!printed.has(key)) out.push({ first: d, count });
    printed.add(key);
  }
  return out;
}
