import type { OperationOptions } from "../operation.ts";
import { ObservedFiles } from "../workspace-files.ts";
import { LintMemory } from "./lint-memory.ts";
import type { LintFindings } from "./lint-run.ts";
import { runLint } from "./lint-run.ts";

/** What has happened to files since the last run. Paths are relative to the workspace, with `/`. */
export interface Changes {
  /** Files that were written, made or deleted; absent: any may have been, and all are looked at. */
  readonly files?: readonly string[] | undefined;
  /** Texts in place of what is on disk (an editor's unsaved buffers), until they are set to `undefined`. */
  readonly texts?: ReadonlyMap<string, string | undefined> | undefined;
}

/** Lints one mesh again and again, as editors and watchers do: what did not change is not worked out twice. */
export interface LintSession {
  /** The findings of the whole mesh, or of the products that were asked for. Refuses as `lint` does, by throwing. */
  lint(changes?: Changes): LintFindings;
  /** Keeps what is known in `.mesh/cache`, for the next process. */
  save(): void;
}

export interface LintSessionOptions extends OperationOptions {
  /** False neither reads nor writes `.mesh/cache`. */
  readonly cache?: boolean | undefined;
}

export function openLint(options: LintSessionOptions): LintSession {
  const files = new ObservedFiles(options.root, options.env);
  const memory = new LintMemory(files, { onDisk: options.cache !== false, saves: false });
  return {
    lint({ files: changed, texts } = {}) {
      if (changed === undefined && texts === undefined) files.forget();
      for (const file of changed ?? []) files.changed(file);
      for (const [file, text] of texts ?? []) files.changed(file, text);
      return runLint(options, files, memory);
    },
    save: () => memory.write(),
  };
}
