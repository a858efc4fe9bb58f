export type Severity = "error" | "warning" | "info";

/** A place in a text: 1-based lines and UTF-16 columns, as editors and SARIF count them; the end is exclusive. */
export interface Span {
  /** Relative to the workspace, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Where a value stands inside a document: keys and indexes from the root. */
export type Path = readonly (string | number)[];

export interface RelatedPlace {
  readonly message: string;
  readonly span: Span;
}

export interface TextEdit {
  /** Which file to change; the diagnostic's own where absent. */
  readonly file?: string | undefined;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly text: string;
}

export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** True when there is one right answer, so that `--fix` may apply it unasked. */
  readonly safe: boolean;
}

/** One finding: what is wrong, where, and what to do. A value; only reporters print it. */
export interface Diagnostic {
  /** `area/rule`, stable for ever. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** `domain.product`, where the finding belongs to one. */
  readonly product?: string | undefined;
  /** The place inside the document, which survives when lines move. */
  readonly path?: Path | undefined;
  /** May be a getter: places are worked out when somebody asks for them. */
  readonly span?: Span | undefined;
  /** The next step, in one sentence. */
  readonly help?: string | undefined;
  readonly related?: readonly RelatedPlace[] | undefined;
  readonly fixes?: readonly Fix[] | undefined;
  /** Rows, compiled statements: lines shown under the frame as they are. */
  readonly details?: readonly string[] | undefined;
}

/** Gives the place of a path, when somebody asks. */
export type Locate = () => Span | undefined;

export interface DiagnosticInit extends Omit<Diagnostic, "span"> {
  readonly span?: Span | Locate | undefined;
}

/** Makes a diagnostic whose place is worked out at most once, on the first question. */
export function diagnostic(init: DiagnosticInit): Diagnostic {
  const { span, ...rest } = init;
  if (typeof span !== "function") return { ...rest, span };
  let known: { value: Span | undefined } | undefined;
  return Object.defineProperty({ ...rest } as Diagnostic, "span", {
    enumerable: true,
    get: () => (known ??= { value: span() }).value,
  });
}

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some((d) => d.severity === "error");
