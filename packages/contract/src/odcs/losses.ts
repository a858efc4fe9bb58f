import type { Path } from "@meshwork/diagnostics";

/** What a dialect has no word for, when a contract is written in it. */
export interface Loss {
  /** In the written document; the place above it where it was left out. */
  readonly path: Path;
  /** In words: `masking`, `owner: not valid in 3.0`. */
  readonly what: string;
  /** Kept where only Meshwork looks for it, or left out. */
  readonly how: "custom-property" | "dropped";
}

export interface WrittenDocument {
  readonly text: string;
  readonly losses: readonly Loss[];
}
