import type { ContractCheck, ContractColumn } from "@meshwork/contract";
import type { Diagnostic, Locate, Span } from "@meshwork/diagnostics";
import type { importArea } from "./import-area.ts";

/** A file to read; nothing else of the machine is looked at. */
export interface ImportSource {
  /** Relative to where the user is, with `/`: findings name it. */
  readonly file: string;
  readonly text: string;
  /** Names of what is wanted, where a source describes more than one thing; the format's own choice where absent. */
  readonly only?: readonly string[] | undefined;
}

/** Something that the source says and a contract has no word for, or that only the reader assumed. */
export interface ImportLoss {
  /** What is lost, as one word, the words of formats out: `type`, `references`, `default` … */
  readonly feature: string;
  readonly message: string;
  readonly port?: string | undefined;
  /** Dotted, where the column is nested: `lines.sku`. */
  readonly column?: string | undefined;
  readonly span?: Span | undefined;
}

/** What the source says of one table, record or message. */
export interface ImportedPort {
  /** As the source calls it; whoever makes the contract finds a legal name. */
  readonly name: string;
  /** Schema, namespace or package, without the name. */
  readonly namespace?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly columns: readonly ContractColumn[];
  readonly checks: readonly ContractCheck[];
  /** Numbers of columns by path, as `contract.ids.json` has them. */
  readonly ids?: Readonly<Record<string, number>> | undefined;
  /** Columns whose values are all found in a column of another port of the same source. */
  readonly references?: readonly ImportedReference[] | undefined;
  readonly span?: Span | undefined;
}

export interface ImportedReference {
  readonly column: string;
  /** The other port's name, as the source calls it. */
  readonly port: string;
  readonly namespace?: string | undefined;
  /** The key of that port where absent. */
  readonly to?: string | undefined;
  readonly span?: Span | undefined;
}

/** What the source says of the whole, where it says anything. */
export interface ImportedProduct {
  readonly name?: string | undefined;
  readonly domain?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly version?: string | undefined;
  readonly owner?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** References to what it is made of: `raw.orders`. */
  readonly upstream?: readonly string[] | undefined;
}

export interface Imported {
  readonly product?: ImportedProduct | undefined;
  readonly ports: readonly ImportedPort[];
}

export interface ReadContext {
  readonly report: typeof importArea.create extends (code: infer C, params: infer P, extra?: infer E) => unknown
    ? (code: C, params: P, extra?: E) => void
    : never;
  /** The place may be worked out later, when somebody asks for it. */
  lose(loss: Omit<ImportLoss, "span"> & { readonly span?: Span | Locate | undefined }): void;
}

/** A format that contracts are read from. Pure and total: bad input is a diagnostic with its place. */
export interface ImportFormat {
  readonly name: string;
  /** One line for people who choose. */
  readonly summary: string;
  /** How sure it is that the file is of this format: 0 not at all, 1 certain. Looks at the name and the first bytes. */
  guess(file: string, head: string): number;
  read(source: ImportSource, context: ReadContext): Imported;
}

export const defineImport = (format: ImportFormat): ImportFormat => format;

export interface ReadIn {
  readonly imported: Imported;
  readonly losses: readonly ImportLoss[];
  readonly diagnostics: readonly Diagnostic[];
}
