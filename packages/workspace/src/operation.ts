import type { Diagnostic } from "@meshwork/diagnostics";

/** 0 no error, 1 errors found, 2 wrong usage or configuration, 3 could not run. */
export type ExitCode = 0 | 1 | 2 | 3;

/** What every operation answers: values only; the CLI, the executors and the server print. */
export interface OperationResult<R = unknown> {
  readonly exitCode: ExitCode;
  readonly diagnostics: readonly Diagnostic[];
  /** Counts for the last line: products, cached, built, failed … */
  readonly summary: Readonly<Record<string, number>>;
  readonly results: R;
}

/** What happens while an operation works. */
export type Progress =
  | { readonly kind: "phase"; readonly text: string; readonly done?: number | undefined; readonly total?: number | undefined }
  | { readonly kind: "product"; readonly product: string; readonly status: string; readonly text: string; readonly ms: number };

export interface OperationOptions {
  /** Absolute path of the workspace. */
  readonly root: string;
  /** `domain.product`, a domain, or a path; all products where absent. */
  readonly products?: readonly string[] | undefined;
  readonly target?: string | undefined;
  readonly vars?: Readonly<Record<string, unknown>> | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The clock; the present where absent. */
  readonly now?: Date | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}
