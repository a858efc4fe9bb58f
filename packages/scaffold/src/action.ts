import type { Diagnostic } from "@meshwork/diagnostics";

/**
 * Whose a file is once it lies there.
 *
 * `managed`: ours, written again whenever its source changes. `merge`: overwritten while nobody edited it, then kept.
 * `once`: the user's from the first moment. `patched`: shared with others; only our entries are edited.
 */
export type Ownership = "managed" | "merge" | "once" | "patched";

/** One change of one file. Paths are relative to the workspace, with `/`. */
export interface Action {
  readonly path: string;
  /** The whole new text; `null` deletes the file. */
  readonly content: string | null;
  readonly ownership: Ownership;
  /** `contentHash` of the text that the plan was made against; absent where no file may be there. */
  readonly expectedHash?: string | undefined;
}

/** A file that a plan leaves as it is although the template would write something else. */
export interface Kept {
  readonly path: string;
  readonly reason: "edited" | "deleted" | "yours";
}

/** What a generator would do. Nothing has been written yet; with errors there are no actions. */
export interface Plan {
  /** What it is about: `shipping.parcels`, `shipping`, `ci`. */
  readonly subject: string;
  readonly actions: readonly Action[];
  readonly kept: readonly Kept[];
  /** How many files belong to the subject after the plan. */
  readonly files: number;
  readonly diagnostics: readonly Diagnostic[];
  /** Facts the user should know, one line each. */
  readonly notes: readonly string[];
  /** One command that works when pasted. */
  readonly next?: string | undefined;
}

export const refused = (subject: string, diagnostics: readonly Diagnostic[]): Plan => ({
  subject,
  actions: [],
  kept: [],
  files: 0,
  diagnostics,
  notes: [],
});
