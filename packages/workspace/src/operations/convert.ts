import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { readContract, readMesh } from "@meshwork/contract";
import { didYouMean, hasErrors } from "@meshwork/diagnostics";
import type { ContractIds, EmittedFile, Format, Loss } from "@meshwork/formats";
import { dialects, emit, formatNamed, formats, idsText, readIds } from "@meshwork/formats";
import type { OperationResult } from "../operation.ts";
import { answering, Refusal } from "../operation.ts";
import { findRoot, readText } from "../places.ts";
import { writeBelow } from "../write-below.ts";

export interface ConvertOptions {
  /** Absolute; paths are relative to it. */
  readonly cwd: string;
  /** A contract file of any dialect that is read. */
  readonly file: string;
  /** Name of a format: `avro`, `sql-postgres` … */
  readonly to: string;
  /** The folder to write into; nothing is written where absent. */
  readonly out?: string | undefined;
}

export interface Converted {
  readonly format: string;
  readonly files: readonly EmittedFile[];
  /** What the contract says and the format cannot. */
  readonly losses: readonly Loss[];
  /** What was written, relative to `cwd`; the numbers of columns too, where the format gives them. */
  readonly written: readonly string[];
  /** Columns got numbers that nothing keeps, because nothing was written. */
  readonly numbersNotKept: boolean;
}

const idsFile = "contract.ids.json";

/** Writes one contract in another format. A contract with errors is not converted: half a promise is none. */
export const convert = (options: ConvertOptions): Promise<OperationResult<Converted | null>> =>
  answering<Converted | null>(null, async () => {
    const format = formatOf(options.to);
    const path = resolve(options.cwd, options.file);
    const read = readContract({ file: shown(options.cwd, path), text: textOf(path, options.file) });
    if (read.value === undefined || hasErrors(read.diagnostics))
      return { exitCode: 1, diagnostics: read.diagnostics, summary: {}, results: null };

    const kept = readText(dirname(path), idsFile);
    const previous = kept === undefined ? undefined : idsIn(kept, shown(options.cwd, join(dirname(path), idsFile)));
    const { files, losses, ids } = emit(format, read.value, { naming: namingAt(path), ids: previous });
    const newIds = ids !== undefined && idsText(ids) !== kept ? idsText(ids) : undefined;
    const written = options.out === undefined ? [] : write(options.cwd, resolve(options.cwd, options.out), files);
    if (options.out !== undefined && newIds !== undefined)
      written.push(...write(options.cwd, dirname(path), [{ path: idsFile, text: newIds }]));
    return {
      exitCode: 0,
      diagnostics: read.diagnostics,
      summary: { files: files.length, losses: losses.filter(({ kept }) => kept !== true).length },
      results: {
        format: format.name,
        files,
        losses,
        written,
        numbersNotKept: newIds !== undefined && options.out === undefined,
      },
    };
  });

function formatOf(name: string): Format {
  const format = formatNamed(name);
  if (format !== undefined) return format;
  const names = [...dialects, ...formats].map((each) => each.name);
  const meant = didYouMean(name, names);
  throw new Refusal(
    `${JSON.stringify(name)} is no format.${meant === "" ? "" : ` ${meant.trim()}`}\nFormats: ${names.join(", ")}.`,
  );
}

function textOf(path: string, name: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new Refusal(
      `${name} cannot be read.\nName a contract file: mesh convert path/to/data-product-contract.yaml --to avro.`,
    );
  }
}

function idsIn(text: string, file: string): ContractIds {
  const ids = readIds(text);
  if (ids !== undefined) return ids;
  throw new Refusal(
    `${file} holds no numbers of columns, or holds one twice.\nTake it from version control: other numbers would break every reader of what was written before.`,
  );
}

/** The names of relations as the mesh around the contract writes them. */
function namingAt(path: string) {
  const root = findRoot(dirname(path));
  const text = root === undefined ? undefined : readText(root, "mesh.yaml");
  return text === undefined ? undefined : readMesh({ file: "mesh.yaml", text }).value?.naming;
}

function write(cwd: string, folder: string, files: readonly EmittedFile[]): string[] {
  return files.map(({ path, text }) => {
    writeBelow(folder, path, text);
    return shown(cwd, join(folder, path));
  });
}

const shown = (cwd: string, path: string): string => relative(cwd, path).split(sep).join("/");
