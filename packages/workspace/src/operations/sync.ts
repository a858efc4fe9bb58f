import { existsSync } from "node:fs";
import { join } from "node:path";
import { hasErrors } from "@meshwork/diagnostics";
import { diskHost, diskView, planSync } from "@meshwork/scaffold";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering } from "../operation.ts";

export interface SyncOptions extends OperationOptions {
  /** Writes nothing; what is out of date is an exit code of 1. */
  readonly check?: boolean | undefined;
}

export interface SyncedFile {
  readonly file: string;
  readonly change: "create" | "update" | "stale";
}

/**
 * Brings every generated file to what the contracts say: all of them or none. A contract that cannot be read leaves
 * its files alone, with a warning.
 */
export const sync = (options: SyncOptions): Promise<OperationResult<readonly SyncedFile[]>> =>
  answering([], async () => {
    const plan = planSync(diskView(options.root));
    const results = plan.actions.map(({ path }): SyncedFile => {
      const change = options.check ? "stale" : existsSync(join(options.root, path)) ? "update" : "create";
      return { file: path, change };
    });
    const trouble = options.check ? [] : diskHost(options.root).apply(plan.actions);
    const diagnostics = [...plan.diagnostics, ...trouble];
    return {
      exitCode: hasErrors(diagnostics) || (options.check && results.length > 0) ? 1 : 0,
      diagnostics,
      summary: { files: plan.files, changed: results.length },
      results: hasErrors(trouble) ? [] : results,
    };
  });
