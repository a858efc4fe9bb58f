import { existsSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { Contract } from "@meshwork/contract";
import { lintContract, readContract, readDomain, writeContract, writeOdcs } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import type { ContractIds, ImportAnswers, ImportLoss } from "@meshwork/formats";
import { assemble, idsText } from "@meshwork/formats";
import { readSource } from "../import/read-source.ts";
import type { OperationResult } from "../operation.ts";
import { answering, Refusal } from "../operation.ts";
import { findRoot, readText } from "../places.ts";
import { writeBelow } from "../write-below.ts";

export interface ImportOptions {
  /** Absolute; paths are relative to it. */
  readonly cwd: string;
  /** A file. */
  readonly source: string;
  /** Name of a format; guessed from the file where absent. */
  readonly from?: string | undefined;
  readonly answers?: Omit<ImportAnswers, "file"> | undefined;
  readonly dialect?: "datamesh" | "odcs" | undefined;
  /** The file to write; nothing is written where absent. */
  readonly out?: string | undefined;
  /** Whether `out` may be there already. */
  readonly force?: boolean | undefined;
  readonly now?: Date | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ImportedContract {
  readonly format: string;
  /** The contract as text. */
  readonly text: string;
  readonly ports: number;
  readonly columns: number;
  /** What the source says and the contract cannot. */
  readonly losses: readonly ImportLoss[];
  /** What nobody said and a contract needs, one sentence each. */
  readonly assumed: readonly string[];
  /** What was written, relative to `cwd`. */
  readonly written: readonly string[];
}

const idsFile = "contract.ids.json";

/** Reads a schema of another format as a contract. */
export const importContract = (options: ImportOptions): Promise<OperationResult<ImportedContract | null>> =>
  answering<ImportedContract | null>(null, async () => {
    const { cwd } = options;
    const out = options.out === undefined ? undefined : resolve(cwd, options.out);
    if (out !== undefined && existsSync(out) && options.force !== true)
      throw new Refusal(
        `${options.out} is there already.\nAdd --force to write over it, or --into to add what it lacks.`,
      );
    const found = await readSource(options);
    if (hasErrors(found.read.diagnostics) || found.read.imported.ports.length === 0)
      return { exitCode: 1, diagnostics: found.read.diagnostics, summary: {}, results: null };

    const made = assemble(found.read.imported, { ...withDomainOf(options, out), file: basename(options.source) });
    const { text, losses } = written(made.contract, options.dialect ?? "datamesh");
    const file = out === undefined ? "data-product-contract.yaml" : shown(cwd, out);
    const findings = lintContract(readContract({ file, text }), {
      today: (options.now ?? new Date()).toISOString().slice(0, 10),
    });
    const diagnostics: Diagnostic[] = [
      ...found.read.diagnostics,
      ...findings.filter((d) => d.severity === "error" || (d.severity === "warning" && out !== undefined)),
    ];
    const files = out === undefined ? [] : writeAll(cwd, out, text, made.ids);
    return {
      exitCode: hasErrors(diagnostics) ? 1 : 0,
      diagnostics,
      summary: {
        ports: made.contract.ports.length,
        losses: found.read.losses.length + made.losses.length + losses.length,
      },
      results: {
        format: found.format,
        text,
        ports: made.contract.ports.length,
        columns: made.contract.ports.reduce((sum, port) => sum + port.columns.length, 0),
        losses: [...found.read.losses, ...made.losses, ...losses],
        assumed: made.assumed,
        written: files,
      },
    };
  });

/** A contract that lands in a domain's folder is that domain's, and its owner is the domain's. */
function withDomainOf(options: ImportOptions, out: string | undefined): Omit<ImportAnswers, "file"> {
  const given = options.answers ?? {};
  const root = findRoot(out === undefined ? options.cwd : dirname(out));
  if (root === undefined) return given;
  const below =
    out === undefined ? undefined : /^domains\/([^/]+)\//.exec(relative(root, out).split(sep).join("/"))?.[1];
  const domain = given.domain ?? below;
  const name = domain ?? given.name?.split(".").at(-2);
  if (name === undefined || /[/\\]|^\.+$/.test(name)) return { ...given, domain };
  const file = `domains/${name}/domain.yaml`;
  const text = readText(root, file);
  const owner = text === undefined ? undefined : readDomain({ file, text }, { domain: name }).value?.owner;
  return { ...given, domain, owner: given.owner ?? owner };
}

function written(contract: Contract, dialect: "datamesh" | "odcs"): { text: string; losses: ImportLoss[] } {
  if (dialect === "datamesh") return { text: writeContract(contract), losses: [] };
  const { text, losses } = writeOdcs(contract);
  return {
    text,
    losses: losses
      .filter((loss) => loss.how === "dropped")
      .map((loss) => ({
        feature: loss.what,
        message: `The Open Data Contract Standard has no word for ${loss.what}.`,
      })),
  };
}

function writeAll(cwd: string, out: string, text: string, ids: ContractIds | undefined): string[] {
  const folder = dirname(out);
  const files = [{ path: basename(out), text }, ...(ids === undefined ? [] : [{ path: idsFile, text: idsText(ids) }])];
  return files.map(({ path, text: body }) => {
    writeBelow(folder, path, body);
    return shown(cwd, join(folder, path));
  });
}

const shown = (cwd: string, path: string): string => relative(cwd, path).split(sep).join("/");
