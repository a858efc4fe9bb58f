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
  /** Why nothing was done (exit 2 or 3), in at most two lines; findings with a place are diagnostics instead. */
  readonly problem?: string | undefined;
}

/** What happens while an operation works. */
export type Progress =
  | {
      readonly kind: "phase";
      readonly text: string;
      readonly done?: number | undefined;
      readonly total?: number | undefined;
    }
  | {
      readonly kind: "product";
      readonly product: string;
      readonly status: string;
      readonly text: string;
      readonly ms: number;
    };

export interface OperationOptions {
  /** Absolute path of the workspace. */
  readonly root: string;
  /** `domain.product`, a domain, or a path; all products where absent, none where empty. */
  readonly products?: readonly string[] | undefined;
  readonly target?: string | undefined;
  readonly vars?: Readonly<Record<string, unknown>> | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The clock; the present where absent. */
  readonly now?: Date | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Ends an operation before any work: an argument or a setting is wrong. Caught where operations begin. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly exitCode: 2 | 3;

  constructor(message: string, exitCode: 2 | 3 = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Of products that an interruption kept from being worked on: what they say instead of a result. */
export const interrupted = "interrupted";

/** Runs an operation; a refusal becomes its answer. */
export async function answering<R>(empty: R, work: () => Promise<OperationResult<R>>): Promise<OperationResult<R>> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { exitCode: error.exitCode, diagnostics: [], summary: {}, results: empty, problem: error.message };
  }
}
