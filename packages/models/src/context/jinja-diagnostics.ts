import { nearest } from "@meshwork/diagnostics";
import type { Diagnostic, RelatedPlace, Span } from "@meshwork/diagnostics";
import { JinjaError } from "@meshwork/jinja";
import type { Place } from "@meshwork/jinja";
import { sqlCodes } from "../sql.codes.ts";
import { ContextError } from "./context-error.ts";
import type { Surroundings } from "./surroundings.ts";

type Files = Pick<Surroundings, "texts"> & Partial<Pick<Surroundings, "missing">>;

/** The place in the author's files, or nothing for text that no file holds. */
export function spanOf(files: Files, place: Place): Span | undefined {
  return files.texts.get(place.name)?.span(place.offset, place.endOffset);
}

const sentence = (text: string): string => {
  const trimmed = text.trim();
  const capital = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
};

/**
 * A template's error in the words of its author: the innermost place that lies in one of the project's files,
 * the calls that led there as related places.
 */
export function jinjaDiagnostic(
  error: unknown,
  files: Files & {
    readonly names?: (() => string[]) | undefined;
    /** The text itself, where it is a piece of a file. */
    readonly snippet?: string | undefined;
  },
  fallback: Span,
): Diagnostic {
  if (error instanceof ContextError) return error.make({ span: fallback });
  if (!(error instanceof JinjaError)) throw error;
  const own = spanOf(files, error.place);
  const calls: RelatedPlace[] = error.frames.flatMap((frame) => {
    const span = spanOf(files, frame.place);
    return span === undefined ? [] : [{ message: `macro "${frame.macro}" is called here`, span }];
  });
  const span = own ?? calls.shift()?.span ?? fallback;
  const related: RelatedPlace[] = [];
  if (error.opener !== undefined) {
    const at = error.opener.offset;
    const place = spanOf(files, { ...error.place, offset: at, endOffset: at + 2 });
    if (place !== undefined) related.push({ message: `{% ${error.opener.tag} %} is opened here`, span: place });
  }
  const seen = new Set<string>();
  for (const call of calls) {
    const at = `${call.span.file}:${call.span.line}:${call.span.column}`;
    if (!seen.has(at) && related.length < 6) related.push(call);
    seen.add(at);
  }
  const extra = { span, ...(related.length === 0 ? {} : { related }) };
  if (error.cause instanceof ContextError) return error.cause.make(extra);
  const name = error.unknownName;
  if (error.type === "SyntaxError" || error.type === "TemplateSyntaxError" || error.type === "TemplateAssertionError") {
    return sqlCodes.create("jinja-syntax", { reason: sentence(error.message) }, { ...extra, ...closing(error) });
  }
  if (error.type === "LimitError") return sqlCodes.create("limits", { what: error.message }, extra);
  if (name !== undefined && error.type === "UndefinedError") {
    const candidates = error.candidates.length > 0 ? error.candidates : nearest(name, files.names?.() ?? []);
    const text = files.texts.get(error.place.name)?.text ?? files.snippet ?? "";
    const called = new RegExp(`^${escaped(name)}\\s*\\(`).test(text.slice(error.place.offset));
    const parts = name.split(".");
    const missing = files.missing?.get(parts[0]!);
    if (missing !== undefined) return missing;
    if (!called) return sqlCodes.create("undefined-variable", { name, candidates }, extra);
    return sqlCodes.create(
      "unknown-macro",
      { name: parts.at(-1)!, candidates, package: parts.length > 1 ? parts.slice(0, -1).join(".") : undefined },
      extra,
    );
  }
  return sqlCodes.create("template-failed", { reason: sentence(error.message) }, extra);
}

const closing = (error: JinjaError): { help?: string } =>
  error.opener === undefined ? {} : { help: `close it with {% end${error.opener.tag} %}` };

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
