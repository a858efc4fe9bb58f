import type { CodeDefinition, Diagnostic, DiagnosticInit } from "@meshwork/diagnostics";
import { defineArea } from "@meshwork/diagnostics";
import { changeKinds } from "./changes/registry.ts";
import type { GradedChange } from "./classify.ts";

/** What a finding about a change says. */
export interface ChangeParams {
  readonly change: Pick<GradedChange, "scope" | "port" | "input" | "message">;
}

/** Where a change is, as reports begin their line: `port orders`, `input catalog`, nothing for the product. */
export const placeOf = (change: ChangeParams["change"]): string =>
  change.scope === "port" ? `port ${change.port ?? ""}` : change.scope === "input" ? `input ${change.input ?? ""}` : "";

/** A change as one sentence: `Port orders: column "discount" is gone.` */
export function sentenceOf(change: ChangeParams["change"]): string {
  const place = placeOf(change);
  const text = place === "" ? change.message : `${place}: ${change.message}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

const definitions: Readonly<Record<string, CodeDefinition<ChangeParams>>> = Object.fromEntries(
  changeKinds.map((kind) => [
    kind.name,
    {
      severity: kind.severity,
      message: ({ change }: ChangeParams) => sentenceOf(change),
      ...(kind.help === undefined ? {} : { help: kind.help }),
    },
  ]),
);

/** The codes of all kinds of change, with their pages. */
export const compatArea = defineArea(
  "compat",
  { directory: new URL("./changes/", import.meta.url), suffix: ".change.md" },
  definitions,
);

/**
 * A graded change as a finding: an error where it is major and the version does not announce it, or where it needs
 * somebody's agreement that is missing; a warning where nobody can tell whether it is there; information otherwise.
 */
export function changeDiagnostic(
  change: GradedChange,
  options: { readonly announced: boolean; readonly approval?: "given" | "missing" | undefined } & Pick<
    DiagnosticInit,
    "product" | "span" | "related" | "help"
  >,
): Diagnostic {
  const { announced, approval, ...rest } = options;
  const severity =
    (change.level === "major" && !announced) || (change.approval === true && approval === "missing")
      ? "error"
      : change.approval === true && approval !== "given"
        ? "warning"
        : "info";
  const { help, ...places } = rest;
  return compatArea.create(
    change.code.slice("compat/".length),
    { change },
    { ...places, ...(help === undefined ? {} : { help }), path: change.path, severity },
  );
}
