import type { Diagnostic, Path, Span } from "@meshwork/diagnostics";

/** A text with its name, and the places of what stands in it (worked out when first asked). */
export interface ContractSource {
  /** Relative to the workspace, with `/`. */
  readonly file: string;
  readonly text: string;
  /** The place of a value or of its key; the nearest place above it where the path leads nowhere. */
  spanOf(path: Path, part?: "key" | "value"): Span | undefined;
  /** The path in the author's own dialect, for a path in the keys of `datamesh.io/v1`; absent where they are the same. */
  authored?(path: Path): Path;
  /** What the author wrote at a path, as plain values; undefined where there is nothing. */
  valueAt(path: Path): unknown;
}

export interface ReadContext {
  /** From the path, where the file lies in a domain: `domains/orders/order-events/…`. */
  readonly domain?: string | undefined;
  readonly product?: string | undefined;
}

export interface Read<T> {
  readonly source: ContractSource;
  /** Absent when nothing usable could be read; the diagnostics say why. */
  readonly value: T | undefined;
  readonly diagnostics: readonly Diagnostic[];
}
