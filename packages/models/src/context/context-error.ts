import type { Diagnostic, DiagnosticInit } from "@meshwork/diagnostics";

/** What dbt's own functions throw: the diagnostic waits for the place of the call. */
export class ContextError extends Error {
  readonly make: (extra: Pick<DiagnosticInit, "span" | "related">) => Diagnostic;

  constructor(make: ContextError["make"]) {
    super("a template's call cannot be answered");
    this.make = make;
  }
}
