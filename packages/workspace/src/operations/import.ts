import { existsSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { Contract } from "@meshwork/contract";
import { lintContract, readContract, readDomain, writeContract, writeOdcs } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import type { AssembledContract, ContractIds, ImportAnswers, ImportLoss } from "@meshwork/formats";
import { assemble, idsText } from "@meshwork/formats";
import { chooseAccepted } from "../import/accept.ts";
import type { Drift } from "../import/into.ts";
import { addInto } from "../import/into.ts";
import { readSource } from "../import/read-source.ts";
import type { SourceRead } from "../import/read-source.ts";
import type { Suggestion } from "../import/suggest.ts";
import { suggestions, withAccepted } from "../import/suggest.ts";
import type { OperationResult } from "../operation.ts";
import { answering, Refusal } from "../operation.ts";
import { findRoot, readText } from "../places.ts";
import { writeBelow } from "../write-below.ts";

export interface ImportOptions {
  /** Absolute; paths are relative to it. */
  readonly cwd: string;
  /** A file, files of rows (`data/*.parquet`), a folder with a table's metadata, or the address of a database. */
  readonly source: string;
  /** Name of a format; guessed from the source where absent. */
  readonly from?: string | undefined;
  /** Tables, messages or models that are wanted, where the source has several. */
  readonly only?: readonly string[] | undefined;
  readonly answers?: Omit<ImportAnswers, "file"> | undefined;
  readonly dialect?: "datamesh" | "odcs" | undefined;
  /** The file to write; nothing is written where absent. */
  readonly out?: string | undefined;
  /** Whether `out` may be there already. */
  readonly force?: boolean | undefined;
  /** A contract that gets what it lacks, in place of a new one. */
  readonly into?: string | undefined;
  /** Whether rows are measured, where the source has any; true where absent. */
  readonly profile?: boolean | undefined;
  /** Suggestions that are written: `all`, ids, or kinds. */
  readonly accept?: readonly string[] | undefined;
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
  /** What data and names speak for; only what was accepted is in the contract. */
  readonly suggestions: readonly Suggestion[];
  /** Ids of the suggestions that were written. */
  readonly accepted: readonly string[];
  /** With `into`: what was added, and where contract and source disagree. */
  readonly drift?: Drift | undefined;
  /** What was written, relative to `cwd`. */
  readonly written: readonly string[];
}

const idsFile = "contract.ids.json";

/** Reads a schema of another format as a contract. */
export const importContract = (options: ImportOptions): Promise<OperationResult<ImportedContract | null>> =>
  answering<ImportedContract | null>(null, async () => {
    const { cwd } = options;
    const out = options.out === undefined ? undefined : resolve(cwd, options.out);
    if (options.into !== undefined && (out !== undefined || options.dialect !== undefined))
      throw new Refusal(
        "--into changes the contract that it names.\nLeave --out and --dialect out, or leave --into out.",
      );
    if (out !== undefined && existsSync(out) && options.force !== true)
      throw new Refusal(
        `${options.out} is there already.\nAdd --force to write over it, or --into to add what it lacks.`,
      );
    const found = await readSource(options);
    if (hasErrors(found.read.diagnostics) || found.read.imported.ports.length === 0)
      return { exitCode: 1, diagnostics: found.read.diagnostics, summary: {}, results: null };
    const made = assemble(found.read.imported, {
      ...withDomainOf(options, out),
      file: basename(options.source.replace(/[/\\]+$/, "")),
    });
    return options.into === undefined
      ? newContract(options, out, found, made)
      : intoContract(options, options.into, found, made);
  });

/** Profiles by the port's name in the contract. */
function suggested(contract: Contract, found: SourceRead, made: AssembledContract): Suggestion[] {
  const profiles = new Map(
    found.read.imported.ports.flatMap((port, i) => {
      const measured = found.profiles?.get(port.name);
      return measured === undefined ? [] : [[made.portNames[i]!, measured] as const];
    }),
  );
  return suggestions(contract, profiles);
}

function newContract(
  options: ImportOptions,
  out: string | undefined,
  found: SourceRead,
  made: AssembledContract,
): OperationResult<ImportedContract> {
  const { cwd } = options;
  const offered = suggested(made.contract, found, made);
  const accepted = chooseAccepted(offered, options.accept ?? []);
  const contract = withAccepted(made.contract, accepted);
  const { text, losses } = written(contract, options.dialect ?? "datamesh");
  const file = out === undefined ? "data-product-contract.yaml" : shown(cwd, out);
  const findings = lintContract(readContract({ file, text }), { today: today(options) });
  const diagnostics: Diagnostic[] = [
    ...found.read.diagnostics,
    ...findings.filter((d) => d.severity === "error" || (d.severity === "warning" && out !== undefined)),
  ];
  const lost = [...found.read.losses, ...made.losses, ...losses];
  return {
    exitCode: hasErrors(diagnostics) ? 1 : 0,
    diagnostics,
    summary: { ports: contract.ports.length, losses: lost.length, suggestions: offered.length },
    results: {
      format: found.format,
      text,
      ports: contract.ports.length,
      columns: countColumns(contract),
      losses: lost,
      assumed: made.assumed,
      suggestions: offered,
      accepted: accepted.map((each) => each.id),
      written: out === undefined ? [] : writeAll(cwd, out, text, made.ids),
    },
  };
}

/** Adds to a contract what the source has and it lacks; says where they disagree, and changes none of that. */
function intoContract(
  options: ImportOptions,
  into: string,
  found: SourceRead,
  made: AssembledContract,
): OperationResult<ImportedContract | null> {
  const { cwd } = options;
  const path = resolve(cwd, into);
  const file = shown(cwd, path);
  const before = readText(dirname(path), basename(path));
  if (before === undefined)
    throw new Refusal(`${into} cannot be read.\nName a contract, or write a new one: --out ${into}.`);
  const read = readContract({ file, text: before });
  if (read.value === undefined || hasErrors(read.diagnostics))
    return { exitCode: 1, diagnostics: read.diagnostics, summary: {}, results: null };
  if (!read.value.dialect.startsWith("datamesh.io/"))
    throw new Refusal(
      `${into} is written in ${read.value.dialect}, which is read only here.\nImport into a new contract and compare: mesh diff ${into} new.yaml.`,
    );
  const offered = suggested(made.contract, found, made);
  const accepted = chooseAccepted(offered, options.accept ?? []);
  const { text, drift, refused } = addInto(
    { file, text: before },
    read.value,
    withAccepted(made.contract, accepted),
    found.format,
  );
  if (refused.length > 0)
    throw new Refusal(
      `${into} was not changed: ${refused.join(", ")} could not be added without touching something else.\nWrite them by hand; an alias or a merge key is usually in the way.`,
      3,
    );
  const findings = lintContract(readContract({ file, text }), { today: today(options) }).filter(
    (d) => d.severity === "error",
  );
  const diagnostics = [...found.read.diagnostics, ...findings];
  const write = text !== before && !hasErrors(findings);
  if (write) writeBelow(dirname(path), basename(path), text);
  const lost = [...found.read.losses, ...made.losses];
  return {
    exitCode: hasErrors(diagnostics) || drift.differs.length > 0 ? 1 : 0,
    diagnostics,
    summary: { added: drift.added.length, differs: drift.differs.length, losses: lost.length },
    results: {
      format: found.format,
      text,
      ports: made.contract.ports.length,
      columns: countColumns(made.contract),
      losses: lost,
      assumed: [],
      suggestions: offered,
      accepted: accepted.map((each) => each.id),
      drift,
      written: write ? [file] : [],
    },
  };
}

const today = (options: ImportOptions): string => (options.now ?? new Date()).toISOString().slice(0, 10);
const countColumns = (contract: Contract): number => contract.ports.reduce((sum, port) => sum + port.columns.length, 0);

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
