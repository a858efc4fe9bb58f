import type { Diagnostic, DiagnosticInit, Severity } from "./diagnostic.ts";
import { diagnostic } from "./diagnostic.ts";

export interface CodeDefinition<P> {
  readonly severity: Severity;
  readonly message: (params: P) => string;
  /** The usual next step; a report may give a better one. */
  readonly help?: string | ((params: P) => string);
}

// The parameters of each message differ, and a record of them is contravariant in `P`: `never` accepts them all.
type Definitions = Readonly<Record<string, CodeDefinition<never>>>;
type ParamsOf<D> = D extends CodeDefinition<infer P> ? P : never;
type Extra = Omit<DiagnosticInit, "code" | "message" | "severity"> & { readonly severity?: Severity };

/** An area of codes (`contract`, `sql`, …) that share a prefix and a folder of pages. */
export interface Area<D extends Definitions = Definitions> {
  readonly name: string;
  readonly definitions: D;
  /** Where `<code><suffix>` lies, beside the code that reports it. */
  readonly pages: { readonly directory: URL; readonly suffix: string };
  create<C extends keyof D & string>(code: C, params: ParamsOf<D[C]>, extra?: Extra): Diagnostic;
}

/**
 * Declares an area's codes in one place: severity, typed parameters, wording.
 * Codes are public interface: never reuse one for something else.
 */
export function defineArea<const D extends Definitions>(
  name: string,
  pages: { directory: URL; suffix: string },
  definitions: D,
): Area<D> {
  return {
    name,
    definitions,
    pages,
    create(code, params, extra = {}) {
      const definition = definitions[code] as unknown as CodeDefinition<typeof params>;
      const help = typeof definition.help === "function" ? definition.help(params) : definition.help;
      return diagnostic({
        severity: definition.severity,
        ...(help === undefined ? {} : { help }),
        ...extra,
        code: `${name}/${code}`,
        message: definition.message(params),
      });
    },
  };
}
