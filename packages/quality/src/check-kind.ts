import type { ContractColumn, OutputPort } from "@meshwork/contract";
import type { Capabilities, Cell, Row } from "@meshwork/engine";
import type { Column, Dialect, Fragment, LogicalType } from "@meshwork/sql";

/** A table expression: a relation's name, or files. */
export type Source = Fragment;

/** A check as written, with its arguments by name. */
export interface CheckCall {
  readonly assertion: string;
  readonly column?: string | undefined;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly sql?: string | undefined;
  readonly threshold?: number | undefined;
}

/** Where another port's column is kept, for references. */
export interface ResolvedReference {
  readonly source: Source;
  readonly column: string;
}

/** What a check may know of the port while it is compiled. Nothing here touches data. */
export interface Scope {
  readonly port: OutputPort;
  readonly source: Source;
  /** The promised type of a column; text where the contract does not say. */
  typeOf(column: string): LogicalType;
  /** `retention.by` of the contract. */
  readonly retentionBy?: string | undefined;
  resolve(reference: string): ResolvedReference | undefined;
}

/** What was found, apart from severity and wording. */
export interface Verdict {
  readonly ok: boolean;
  readonly actual?: Cell | undefined;
  readonly failing?: number | undefined;
  readonly total?: number | undefined;
  /** Said with the result, passed or not: "the port has no rows". */
  readonly reason?: string | undefined;
}

export interface JudgeContext {
  readonly now: Date;
  readonly columns: readonly Column[];
  readonly dialect: Dialect;
}

interface Common {
  /** Columns that have to be there. */
  readonly columns: readonly string[];
  /** What is promised, in words: `at least 1000`, `one of "a", "b"`. */
  readonly expected: string;
  /** What was measured is a value out of the data, so that it is masked as the rows are; counts are not. */
  readonly reveals?: boolean | undefined;
}

/** Each row passes or fails: measured by counting, judged by the share that passes. */
export interface RowsPlan extends Common {
  readonly form: "rows";
  /** Rows that the check looks at; all where absent. Great Expectations leaves NULL out, so do we. */
  readonly considered?: Fragment | undefined;
  readonly failing: Fragment;
  /** Columns to show of failing rows, besides the key. */
  readonly show: readonly string[];
}

/** Aggregates over the port that can share one pass with those of other checks. */
export interface MeasurePlan extends Common {
  readonly form: "measure";
  readonly expressions: readonly Fragment[];
  judge(values: readonly Cell[], context: JudgeContext): Verdict;
}

/** A statement of its own. */
export interface StatementPlan extends Common {
  readonly form: "statement";
  statement(source: Source): Fragment;
  judge(rows: readonly Row[], context: JudgeContext): Verdict;
  /** Rows to show of a failure. */
  sample?: ((source: Source, columns: Fragment) => Fragment) | undefined;
  readonly show: readonly string[];
}

/** Judged by what columns there are, without reading a row. */
export interface ColumnsPlan extends Common {
  readonly form: "columns";
  judge(context: JudgeContext): Verdict;
}

/** Nothing to measure, with the reason: never shown as passed. */
export interface SkippedPlan {
  readonly form: "skipped";
  readonly reason: string;
}

/** The check cannot be what it says: an argument is missing or no engine can do it. */
export interface RefusedPlan {
  readonly form: "refused";
  readonly reason: string;
}

export type Plan = RowsPlan | MeasurePlan | StatementPlan | ColumnsPlan | SkippedPlan | RefusedPlan;

/** What a message is written from. */
export interface Facts {
  readonly port: string;
  readonly column: string | undefined;
  readonly failing: number | undefined;
  readonly total: number | undefined;
  readonly actual: string;
  readonly expected: string;
  /** Share of rows that must pass, below 1 only where the contract says so. */
  readonly threshold: number;
}

/** One kind of check: a file, its test, its page, one line in the registry. */
export interface CheckKind {
  /** The rule of `check/<code>`. */
  readonly code: string;
  /** All names that compile to it. */
  readonly assertions: readonly string[];
  plan(call: CheckCall, scope: Scope): Plan;
  /** One sentence of what is wrong with the data. */
  message(facts: Facts): string;
  readonly help?: string | undefined;
  /** Why an engine cannot do it, where it cannot. */
  supported?(capabilities: Capabilities): string | undefined;
}

export const defineCheck = <const K extends CheckKind>(kind: K): K => kind;

export const refused = (reason: string): RefusedPlan => ({ form: "refused", reason });
export const skipped = (reason: string): SkippedPlan => ({ form: "skipped", reason });

/** The promised column with this name, and those inside it (`address.city`). */
export function promised(port: OutputPort, name: string): ContractColumn | undefined {
  let columns: readonly ContractColumn[] = port.columns;
  let found: ContractColumn | undefined;
  const whole = columns.find((c) => c.name === name);
  if (whole !== undefined) return whole;
  for (const part of name.split(".")) {
    found = columns.find((c) => c.name === part);
    if (found === undefined) return undefined;
    columns = found.fields ?? [];
  }
  return found;
}
