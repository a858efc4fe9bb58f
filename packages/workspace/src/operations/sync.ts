import { hasErrors } from "@meshwork/diagnostics";
import { generatedFiles, isCurrent, writeGenerated } from "../generated.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering } from "../operation.ts";
import { loadWorkspace } from "../workspace.ts";

export interface SyncOptions extends OperationOptions {
  /** Writes nothing; what is out of date is an exit code of 1. */
  readonly check?: boolean | undefined;
}

export interface SyncedFile {
  readonly file: string;
  readonly change: "create" | "update" | "stale";
}

/** Brings every generated file to what the contracts say. A contract that cannot be read leaves its files alone. */
export const sync = (options: SyncOptions): Promise<OperationResult<readonly SyncedFile[]>> =>
  answering([], async () => {
    const workspace = loadWorkspace(options.root);
    const files = generatedFiles(workspace);
    const results = files
      .filter((f) => !isCurrent(workspace.root, f))
      .map((f): SyncedFile => ({ file: f.file, change: options.check ? "stale" : writeGenerated(workspace.root, f) }));
    const broken = hasErrors(workspace.diagnostics);
    return {
      exitCode: broken || (options.check && results.length > 0) ? 1 : 0,
      diagnostics: workspace.diagnostics.filter((d) => d.severity === "error"),
      summary: { files: files.length, changed: results.length },
      results,
    };
  });
