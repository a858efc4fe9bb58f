export { diagnostic, hasErrors } from "./diagnostic.ts";
export type { Diagnostic, DiagnosticInit, Fix, Locate, Path, RelatedPlace, Severity, Span, TextEdit } from "./diagnostic.ts";
export { defineArea } from "./define-area.ts";
export type { Area, CodeDefinition } from "./define-area.ts";
export { didYouMean, nearest } from "./nearest.ts";
export { LineIndex } from "./line-index.ts";
