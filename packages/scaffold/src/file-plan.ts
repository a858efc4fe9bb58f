import type { Action, Kept, Ownership } from "./action.ts";
import { contentHash } from "./content-hash.ts";
import type { ScaffoldRecord } from "./record.ts";
import type { WorkspaceView } from "./view.ts";

/** A text that a template wants at a place. */
export interface Wanted {
  /** From the workspace's root. */
  readonly path: string;
  readonly content: string;
  readonly ownership: Ownership;
}

/** Collects changes; equal texts are no change. */
export class FilePlan {
  readonly #view: WorkspaceView;
  readonly #actions = new Map<string, Action>();
  readonly kept: Kept[] = [];

  constructor(view: WorkspaceView) {
    this.#view = view;
  }

  /** The text of a file as it will be after the plan. */
  after(path: string): string | undefined {
    const action = this.#actions.get(path);
    return action ? (action.content ?? undefined) : this.#view.read(path);
  }

  /** Writes, where the text differs from what is there. A file with CRLF line ends keeps them. */
  write(path: string, content: string, ownership: Ownership): void {
    const now = this.#view.read(path);
    const text = now?.includes("\r\n") ? content.replace(/\r?\n/g, "\r\n") : content;
    if (now === text) this.#actions.delete(path);
    else
      this.#actions.set(path, {
        path,
        content: text,
        ownership,
        expectedHash: now === undefined ? undefined : contentHash(now),
      });
  }

  delete(path: string, ownership: Ownership): void {
    const now = this.#view.read(path);
    if (now === undefined) this.#actions.delete(path);
    else this.#actions.set(path, { path, content: null, ownership, expectedHash: contentHash(now) });
  }

  /**
   * Writes what a template wants, as far as the file is still the template's:
   * pristine files follow it, edited and deleted ones stay as the user left them.
   * Returns the record's entry for the file.
   */
  place(
    wanted: Wanted,
    recorded: ScaffoldRecord["files"][string] | undefined,
  ): { ownership: Ownership; hash?: string } {
    const { path, content, ownership } = wanted;
    const now = this.#view.read(path);
    const fresh = { ownership, hash: contentHash(content) };
    if (ownership === "managed") {
      this.write(path, content, ownership);
      return { ownership };
    }
    if (now === undefined) {
      if (recorded === undefined) {
        this.write(path, content, ownership);
        return fresh;
      }
      this.kept.push({ path, reason: "deleted" });
      return recordedEntry(recorded, ownership);
    }
    const hash = contentHash(now);
    if (hash === fresh.hash) return fresh;
    if (recorded?.hash === hash && ownership === "merge") {
      this.write(path, content, ownership);
      return fresh;
    }
    if (recorded === undefined) {
      this.kept.push({ path, reason: "yours" });
      // The hash of what the template would have written: the file counts as edited from the start.
      return fresh;
    }
    if (recorded.hash !== hash) this.kept.push({ path, reason: "edited" });
    return recordedEntry(recorded, ownership);
  }

  /** Whether a file is still what the template wrote. */
  isPristine(path: string, recorded: ScaffoldRecord["files"][string]): boolean {
    const now = this.#view.read(path);
    return now !== undefined && recorded.hash === contentHash(now);
  }

  /** The workspace as it will be after the plan. */
  overlay(): WorkspaceView {
    return {
      read: (path) => this.after(path),
      list: (path) => {
        const names = new Set(this.#view.list(path));
        for (const action of this.#actions.values()) {
          if (!action.path.startsWith(`${path}/`)) continue;
          const [name, ...deeper] = action.path.slice(path.length + 1).split("/");
          if (action.content !== null) names.add(name!);
          else if (deeper.length === 0) names.delete(name!);
        }
        return [...names].sort();
      },
    };
  }

  get actions(): Action[] {
    return [...this.#actions.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  }
}

const recordedEntry = (
  recorded: ScaffoldRecord["files"][string],
  ownership: Ownership,
): { ownership: Ownership; hash?: string } =>
  recorded.hash === undefined ? { ownership } : { ownership, hash: recorded.hash };
