import type { Contract, ContractCheck, ContractColumn, Deprecation, InputPort, OutputPort } from "@meshwork/contract";
import type { Path, Severity } from "@meshwork/diagnostics";

/** Who would be hurt: readers of an output port, or whoever has to fulfil an input port's expectation. */
export type Direction = "output" | "input";
export type Level = "major" | "minor" | "patch" | "none";

/**
 * What a change does to a promise. `loosened`: less is promised, which breaks readers; `tightened`: more is promised,
 * which breaks whoever has to keep it; `changed`: both; `neutral`: neither.
 */
export type Effect = "loosened" | "tightened" | "changed" | "neutral";

/** One difference between two contracts. */
export interface Change {
  /** `compat/column-removed`: stable for ever. */
  readonly code: `compat/${string}`;
  readonly scope: "product" | "port" | "input";
  readonly port?: string | undefined;
  /** Name of the input port, where the difference lies in an expectation of this product. */
  readonly input?: string | undefined;
  /** Dotted, where the column is nested: `lines.sku`; `[]` and `{}` stand for elements and values without fields. */
  readonly column?: string | undefined;
  readonly check?: string | undefined;
  readonly effect: Effect;
  /** The place in the authored document named by `document`; what is gone has its place in the one before. */
  readonly path: Path;
  readonly document: "before" | "after";
  readonly before: unknown;
  readonly after: unknown;
  /** A clause in lower case, without the port: `column "discount" is gone`. */
  readonly message: string;
  /** What readers were told before it went. */
  readonly announced?: Deprecation | undefined;
  /** True where columns that stay get another position. */
  readonly shifts?: boolean | undefined;
  /** Of a renamed column: whether it could be null before. */
  readonly nullable?: boolean | undefined;
}

/** What two states of a thing are compared as: `before` is absent of what is new, `after` of what is gone. */
export interface Pair<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
  readonly contracts: { readonly before: Contract; readonly after: Contract };
  readonly place: Pick<Change, "scope" | "port" | "input" | "column" | "check">;
  /** Of a column that is new: whether columns that stay come after it. */
  readonly inserted?: boolean | undefined;
}

/** All columns of a port, an input or a struct. */
export type Columns = readonly ContractColumn[];

export type Finding = Pick<Change, "effect" | "before" | "after" | "message"> &
  Partial<Pick<Change, "announced" | "shifts" | "nullable" | "path">>;

type Find<T> = (pair: Pair<T>) => Finding | readonly Finding[] | undefined;

/** What a kind of change looks at; a walk over both contracts calls each with every pair. */
export interface Finders {
  readonly contract?: Find<Contract>;
  readonly port?: Find<OutputPort>;
  readonly input?: Find<InputPort>;
  readonly columns?: Find<Columns>;
  readonly column?: Find<ContractColumn>;
  readonly check?: Find<ContractCheck>;
}

export interface Grade {
  readonly level: Level;
  /** Why, as one sentence. */
  readonly reason: string;
  /** Somebody has to agree, whatever the version says: classification, personal data, protection. */
  readonly approval?: boolean | undefined;
}

/** How to grade: see `classify`. */
export interface GradeContext {
  /** Of the place: inside an input port it is always `input`. */
  readonly direction: Direction;
  readonly mode: Mode;
  /** Widened types count as major, too. */
  readonly strict: boolean;
  /** Readers take columns by position. */
  readonly positional: boolean;
  /** ISO date; without it no deprecation window is over. */
  readonly today?: string | undefined;
}

export type Mode = "keep-readers" | "NONE" | "BACKWARD" | "FORWARD" | "FULL";

export interface ChangeKind {
  /** Without the area: `column-removed`. */
  readonly name: string;
  /** Of the finding where the version does not announce the change. */
  readonly severity: Severity;
  /** Concerns names, types and values, which schema registries know; their modes grade it, too. */
  readonly schema?: boolean | undefined;
  readonly find: Finders;
  /** Where the effect alone does not decide. `usual` is what it would be. */
  readonly grade?: ((change: Change, context: GradeContext, usual: Grade) => Grade | undefined) | undefined;
  /** The usual next step, where there is one. */
  readonly help?: string | undefined;
}

/** A kind of change: its file, its page, a line in the registry. */
export const defineChange = (kind: ChangeKind): ChangeKind => kind;

/** For kinds about one optional value: gone, new, or another one. */
export function valueStep<T>(
  before: T | undefined,
  after: T | undefined,
): { gone: T } | { added: T } | { from: T; to: T } | undefined {
  if (canonical(before) === canonical(after)) return undefined;
  if (after === undefined) return { gone: before as T };
  return before === undefined ? { added: after } : { from: before, to: after };
}

/** A value as text that is equal for equal values: keys sorted, `undefined` left out. */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) => {
      if (typeof inner === "bigint") return `${inner}n`;
      if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
      return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
    }) ?? ""
  );
}

/** A name or value inside a message, cut to what fits. */
export function shown(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : (JSON.stringify(value) ?? "nothing");
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
