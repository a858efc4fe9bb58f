import type { Contract } from "@meshwork/contract";
import type { Path } from "@meshwork/diagnostics";

/** A file that a format yields: the path is relative to where the caller wants it, with `/`. */
export interface EmittedFile {
  readonly path: string;
  readonly text: string;
}

/** Something the contract promises and the format cannot say. */
export interface Loss {
  /** What is lost, as one word: `unique`, `pattern`, `precision` … */
  readonly feature: string;
  readonly message: string;
  readonly port?: string | undefined;
  /** Dotted, where the column is nested: `lines.sku`. */
  readonly column?: string | undefined;
  /** The place in the authored document. */
  readonly path: Path;
}

export interface EmitContext {
  /** Told of each loss, in the order of the contract. */
  report(loss: Loss): void;
}

/** A format that a contract can be written in. Pure: no clock, no files; equal contracts give equal text. */
export interface Format {
  readonly name: string;
  /** One line for `mesh convert --help`. */
  readonly summary: string;
  emit(contract: Contract, context: EmitContext): readonly EmittedFile[];
}

export const defineFormat = (format: Format): Format => format;

/** Emits and gathers the losses. */
export function emit(format: Format, contract: Contract): { files: readonly EmittedFile[]; losses: readonly Loss[] } {
  const losses: Loss[] = [];
  const files = format.emit(contract, { report: (loss) => void losses.push(loss) });
  return { files, losses };
}
