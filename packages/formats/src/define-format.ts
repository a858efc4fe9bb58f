import type { Contract, Mesh, OutputPort } from "@meshwork/contract";
import { majorOf, relationOf } from "@meshwork/contract";
import type { Path } from "@meshwork/diagnostics";
import type { Relation } from "@meshwork/sql";
import type { ContractIds } from "./ids/contract-ids.ts";
import { assignIds } from "./ids/contract-ids.ts";
import { relationName } from "./relation-name.ts";

/** A file that a format yields: the path is relative to where the caller wants it, with `/`. */
export interface EmittedFile {
  readonly path: string;
  readonly text: string;
}

/** Something the contract promises and the format cannot say. */
export interface Loss {
  /** What is lost, as one word: `unique`, `pattern`, `precision` … */
  readonly feature: string;
  readonly message: string;
  readonly port?: string | undefined;
  /** Dotted, where the column is nested: `lines.sku`. */
  readonly column?: string | undefined;
  /** The place in the authored document. */
  readonly path: Path;
  /** It is in the file, where only Meshwork looks for it. */
  readonly kept?: true | undefined;
}

export interface EmitContext {
  /** Told of each loss, in the order of the contract. */
  report(loss: Loss): void;
  /** What consumers read, `orders.order_events_v2`, by the mesh's naming. */
  relation(port: OutputPort): string;
  /** The same in its parts, unquoted. */
  place(port: OutputPort): Relation;
  /** The numbers of the contract's columns, those of `EmitOptions.ids` kept. */
  ids(): ContractIds;
}

export interface EmitOptions {
  /** The mesh's naming of relations; the default one where absent. */
  readonly naming?: Mesh["naming"] | undefined;
  /** Numbers that were given before: what `contract.ids.json` beside the contract holds. */
  readonly ids?: ContractIds | undefined;
}

export interface Emitted {
  readonly files: readonly EmittedFile[];
  readonly losses: readonly Loss[];
  /** To be kept as `contract.ids.json` beside the contract; of formats that number columns. */
  readonly ids?: ContractIds | undefined;
}

/** A format that a contract can be written in. Pure: no clock, no files; equal contracts give equal text. */
export interface Format {
  readonly name: string;
  /** One line for `mesh convert --help`. */
  readonly summary: string;
  emit(contract: Contract, context: EmitContext): readonly EmittedFile[];
}

export const defineFormat = (format: Format): Format => format;

/** Emits and gathers the losses. */
export function emit(format: Format, contract: Contract, options: EmitOptions = {}): Emitted {
  const losses: Loss[] = [];
  let ids: ContractIds | undefined;
  const files = format.emit(contract, {
    report: (loss) => void losses.push(loss),
    relation: (port) => relationName(contract, port, options.naming),
    place: (port) => relationOf(contract, port, majorOf(contract.version), options.naming),
    ids: () => (ids ??= assignIds(options.ids, contract)),
  });
  return { files, losses, ids };
}
