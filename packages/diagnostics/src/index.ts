export { diagnostic, hasErrors } from "./diagnostic.ts";
export type {
  Diagnostic,
  DiagnosticInit,
  Fix,
  Locate,
  Path,
  RelatedPlace,
  Severity,
  Span,
  TextEdit,
} from "./diagnostic.ts";
export { defineArea } from "./define-area.ts";
export type { Area, CodeDefinition } from "./define-area.ts";
export { didYouMean, nearest } from "./nearest.ts";
export { LineIndex } from "./line-index.ts";
export { countOf, inReadingOrder, seconds } from "./report.ts";
export type { Report, ReportCase, ReportContext, Reporter } from "./report.ts";
export { reporters } from "./reporters/registry.ts";
export type { ReportFormat } from "./reporters/registry.ts";
export { githubSummary } from "./reporters/github-summary.ts";
export { palette } from "./reporters/colors.ts";
export type { Palette } from "./reporters/colors.ts";
export { printable } from "./reporters/frame.ts";
export { examplesOf, pageOf } from "./page.ts";
export type { CodePage } from "./page.ts";
