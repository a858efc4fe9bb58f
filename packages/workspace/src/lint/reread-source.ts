import type { ContractSource, ReadContext } from "@meshwork/contract";
import { readContract } from "@meshwork/contract";
import type { Path, Span } from "@meshwork/diagnostics";

let last: { readonly of: RereadSource; readonly source: ContractSource } | undefined;

/** A contract's text whose places are worked out by reading it again: a mesh of thousands keeps texts, not trees. */
export class RereadSource implements ContractSource {
  readonly file: string;
  readonly text: string;
  readonly #context: ReadContext;

  /** `source`: what reading the text just gave, to be asked until another contract is. */
  constructor(file: string, text: string, context: ReadContext, source?: ContractSource) {
    this.file = file;
    this.text = text;
    this.#context = context;
    if (source !== undefined) last = { of: this, source };
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
