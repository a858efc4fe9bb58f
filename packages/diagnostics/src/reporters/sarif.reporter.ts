import { createHash } from "node:crypto";
import type { Diagnostic, Span } from "../diagnostic.ts";
import type { Report, ReportContext, Reporter } from "../report.ts";
import { inReadingOrder } from "../report.ts";

const levels = { error: "error", warning: "warning", info: "note" } as const;

/** SARIF 2.1.0 (OASIS), as code-scanning services read it. */
export const sarif: Reporter = (report, context) => {
  const found = inReadingOrder(report.diagnostics);
  const codes = [...new Set(found.map((d) => d.code))].sort();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "meshwork", rules: codes.map((code) => rule(code, context)) } },
        invocations: [invocation(report)],
        columnKind: "utf16CodeUnits",
        results: found.map((d) => result(d, codes.indexOf(d.code))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
};

/** A run that could not do its work must not look like one that found nothing. */
const invocation = (report: Report): object => ({
  executionSuccessful: report.problem === undefined,
  exitCode: report.exitCode,
  ...(report.problem === undefined
    ? {}
    : { toolExecutionNotifications: [{ level: "error", message: { text: report.problem } }] }),
});

function rule(code: string, context: ReportContext): object {
  const known = context.ruleOf?.(code);
  const helpUri = context.helpUri?.(code);
  return {
    id: code,
    shortDescription: { text: known?.description ?? code },
    defaultConfiguration: {
      level: known?.severity === "warning" ? "warning" : known?.severity === "info" ? "note" : "error",
    },
    ...(helpUri ? { helpUri } : {}),
    ...(known?.page ? { help: { text: known.page, markdown: known.page } } : {}),
    ...(known?.category ? { properties: { tags: [known.category] } } : {}),
  };
}

function result(d: Diagnostic, ruleIndex: number): object {
  // What is mended by writing files anew is no edit of a text.
  const edits = (d.fixes ?? []).filter((f) => f.edits.length > 0);
  return {
    ruleId: d.code,
    ruleIndex,
    level: levels[d.severity],
    message: { text: d.help ? `${d.message} ${d.help}` : d.message },
    ...(d.span ? { locations: [location(d.span)] } : {}),
    ...(d.related?.length
      ? { relatedLocations: d.related.map((r) => ({ ...location(r.span), message: { text: r.message } })) }
      : {}),
    // Code, product and place inside the document: a finding keeps its identity when lines move.
    partialFingerprints: {
      "meshwork/v1": createHash("sha256")
        .update(JSON.stringify([d.code, d.product ?? d.span?.file ?? "", d.path ?? d.message]))
        .digest("hex")
        .slice(0, 32),
    },
    ...(edits.length > 0 && d.span ? { fixes: edits.map((f) => fix(f, d.span!)) } : {}),
  };
}

const region = (s: Omit<Span, "file">) => ({
  startLine: s.line,
  startColumn: s.column,
  endLine: s.endLine,
  endColumn: s.endColumn,
});
const location = (s: Span) => ({
  physicalLocation: { artifactLocation: { uri: encodeURI(s.file) }, region: region(s) },
});

function fix(f: NonNullable<Diagnostic["fixes"]>[number], span: Span): object {
  const files = [...new Set(f.edits.map((e) => e.file ?? span.file))];
  return {
    description: { text: f.title },
    artifactChanges: files.map((file) => ({
      artifactLocation: { uri: encodeURI(file) },
      replacements: f.edits
        .filter((e) => (e.file ?? span.file) === file)
        .map((e) => ({ deletedRegion: region(e), insertedContent: { text: e.text } })),
    })),
  };
}
