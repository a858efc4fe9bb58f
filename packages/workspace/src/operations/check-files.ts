import { readFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import type { OutputPort } from "@meshwork/contract";
import { readContract } from "@meshwork/contract";
import { hasErrors, nearest } from "@meshwork/diagnostics";
import { EngineError } from "@meshwork/engine";
import type { Session } from "@meshwork/engine";
import { stageFiles } from "@meshwork/quality";
import { runPortChecks } from "../check-port.ts";
import { expandPattern } from "../external-sources.ts";
import type { OperationResult } from "../operation.ts";
import { answering, Refusal } from "../operation.ts";
import type { CheckedLine } from "./check.ts";
import { countsOf, exitOf } from "./check.ts";

export interface CheckFilesOptions {
  /** Absolute; paths are relative to it. */
  readonly cwd: string;
  /** Findings name the contract relative to this folder. */
  readonly root: string;
  readonly contract: string;
  /** Parquet, CSV or JSON files, with `*` patterns. */
  readonly data: readonly string[];
  /** The default port where absent. */
  readonly port?: string | undefined;
  readonly rows?: number | undefined;
  /** A folder, relative to `cwd`, that stands for the base of references to objects, whose bytes are then compared. */
  readonly media?: string | undefined;
  readonly now?: Date | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Holds any files against a contract, in a workspace or not. */
export const checkFiles = (options: CheckFilesOptions): Promise<OperationResult<readonly CheckedLine[]>> =>
  answering([], async () => {
    const path = resolve(options.cwd, options.contract);
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch {
      throw new Refusal(`${options.contract} cannot be read.\nName a contract file with --contract.`);
    }
    const read = readContract({ file: relative(options.root, path).split(sep).join("/"), text });
    if (!read.value || hasErrors(read.diagnostics))
      return { exitCode: 1, diagnostics: read.diagnostics, summary: {}, results: [] };
    const ports = read.value.ports;
    const port = options.port === undefined ? ports[0] : ports.find((p) => p.name === options.port);
    if (!port) {
      const near =
        options.port === undefined
          ? undefined
          : nearest(
              options.port,
              ports.map((p) => p.name),
            )[0];
      throw new Refusal(
        `The contract has no port "${options.port ?? ""}".${near ? ` Did you mean ${near}?` : ""}\nIts ports: ${ports.map((p) => p.name).join(", ") || "none"}.`,
      );
    }
    const files = options.data.flatMap((pattern) => {
      const found = expandPattern(resolve(options.cwd, pattern));
      if (found.length === 0)
        throw new Refusal(
          `No file matches ${pattern}.\nPut patterns in quotes, so that the shell leaves them to mesh.`,
        );
      return found;
    });
    const { duckdbEngine } = await import("@meshwork/engine-duckdb");
    const engine = duckdbEngine({ onlyBelow: [...new Set(files.map((f) => dirname(f)))] });
    try {
      const session = await engine.open({ signal: options.signal });
      const product = { name: `${read.value.domain}.${read.value.product}`, read, contract: read.value };
      const outcome = await runPortChecks({
        session,
        product,
        port,
        relation: await staged(session, files, port),
        now: options.now ?? new Date(),
        rows: options.rows ?? 5,
        media: options.media === undefined ? undefined : resolve(options.cwd, options.media),
        signal: options.signal,
      });
      await session.close();
      const results = outcome.results.map((r) => ({ ...r, product: product.name, port: port.name }));
      return {
        exitCode: exitOf(outcome.diagnostics, results),
        diagnostics: outcome.diagnostics,
        summary: { files: files.length, ...countsOf(results) },
        results,
      };
    } finally {
      await engine.close();
    }
  });

/** Files of an unknown or of mixed formats are a wrong argument; what the engine says of a broken file is too. */
async function staged(session: Session, files: readonly string[], port: OutputPort) {
  try {
    return await stageFiles(session, files, port);
  } catch (error) {
    if (error instanceof RangeError)
      throw new Refusal(`${error.message}\nmesh check reads .parquet, .csv, .tsv, .json and .ndjson.`);
    if (error instanceof EngineError)
      throw new Refusal(`The files cannot be read: ${error.message.split("\n")[0]}\nLook at ${files[0]}.`, 3);
    throw error;
  }
}
