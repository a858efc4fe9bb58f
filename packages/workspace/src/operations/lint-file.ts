import { readFileSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import {
  lintContract,
  lintDomain,
  lintMesh,
  optInCodes,
  readAnyDocument,
  readContract,
  readDomain,
  readMesh,
} from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import type { OperationResult } from "../operation.ts";
import { answering, Refusal } from "../operation.ts";

export interface LintFileOptions {
  /** Absolute; files are relative to it, and findings name them so. */
  readonly cwd: string;
  readonly files: readonly string[];
  readonly now?: Date | undefined;
}

/** Lints contract, domain and mesh files by themselves, in a workspace or not; an organisation's policies do not apply. */
export const lintFile = (options: LintFileOptions): Promise<OperationResult<null>> =>
  answering(null, async () => {
    if (options.files.length === 0)
      throw new Refusal(
        "No mesh here, and no file named.\nGo to a mesh, or name a contract: mesh lint path/to/contract.yaml.",
      );
    const today = (options.now ?? new Date()).toISOString().slice(0, 10);
    const found: Diagnostic[] = [];
    for (const name of options.files) {
      const path = resolve(options.cwd, name);
      let text: string;
      try {
        text = decoded(readFileSync(path));
      } catch (error) {
        const reason =
          error instanceof Error && "code" in error && error.code === "EISDIR" ? "is a folder" : "cannot be read";
        throw new Refusal(`${name} ${reason}.\nName a contract file.`);
      }
      found.push(...lintText({ file: relative(options.cwd, path).split(sep).join("/"), text }, today));
    }
    const touched = new Set(found.filter((d) => d.severity !== "info").map((d) => d.span?.file));
    return {
      exitCode: hasErrors(found) ? 1 : 0,
      diagnostics: found,
      summary: { products: options.files.length, withFindings: touched.size },
      results: null,
    };
  });

/** Invalid UTF-8 must reach the reader as what it is, so that it is reported with a place. */
const decoded = (bytes: Buffer): string =>
  bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString("utf16le") : bytes.toString("utf8");

function lintText(source: { file: string; text: string }, today: string): readonly Diagnostic[] {
  const any = readAnyDocument(source);
  switch (any.value?.kind) {
    case "DataProduct":
      return lintContract(readContract(source), { today }).filter((d) => !optInCodes.has(d.code));
    case "Domain":
      return lintDomain(readDomain(source));
    case "Mesh":
      return lintMesh(readMesh(source), { today });
    default:
      return any.diagnostics;
  }
}
