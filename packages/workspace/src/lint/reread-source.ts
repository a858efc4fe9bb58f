import type { ContractSource, ReadContext } from "@meshwork/contract";
import { readContract } from "@meshwork/contract";
import type { Path, Span } from "@meshwork/diagnostics";

/** A contract's text whose places are worked out by reading it again: a mesh of thousands keeps texts, not trees. */
export class RereadSource implements ContractSource {
  readonly file: string;
  readonly text: string;
  readonly #context: ReadContext;

  constructor(file: string, text: string, context: ReadContext) {
    this.file = file;
    this.text = text;
    this.#context = context;
  }

  spanOf(path: Path, part?: "key" | "value"): Span | undefined {
    return this.#source().spanOf(path, part);
  }

  authored(path: Path): Path {
    return this.#source().authored?.(path) ?? path;
  }

  valueAt(path: Path): unknown {
    return this.#source().valueAt(path);
  }

  /** Findings come product by product: the tree of the last one asked about is enough. */
  #source(): ContractSource {
    if (last?.of !== this) last = { of: this, source: readContract(this, this.#context).source };
    return last.source;
  }
}

let last: { readonly of: RereadSource; readonly source: ContractSource } | undefined;
