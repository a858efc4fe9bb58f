import type { Window } from "./microbatch.ts";

/** A batch of a model that was filled, and from what. */
export interface FilledInterval extends Window {
  /** Higher than that of all that was filled before: who reads something that was filled later is stale. */
  readonly at: number;
  /** The model's fingerprint. */
  readonly code: string;
  /** Rows of the window and a hash of them, `12:8471…`, of everything it read that has an `event_time`. */
  readonly read: Readonly<Record<string, string>>;
  /** It was not over when it was filled: more may come for it. */
  readonly open?: boolean | undefined;
}

/** What a ledger knows of one model's table. */
export interface FilledModel {
  /** The run that made the table, as its ownership mark has it; nothing where it bears none. */
  readonly made: string | undefined;
  /** What is missing after this is filled by runs without a range, too. ISO. */
  readonly from: string;
  /** By `start/end`. */
  readonly intervals: ReadonlyMap<string, FilledInterval>;
}

/** Remembers which batches of which models are filled, each as soon as it is. */
export interface IntervalLedger {
  of(model: string): FilledModel | undefined;
  /** The table is made anew, or is another one than was known: nothing of it is filled. */
  begin(model: string, made: string | undefined, from: string): void;
  note(model: string, interval: Omit<FilledInterval, "at">): void;
}

export const intervalKey = ({ start, end }: Window): string => `${start}/${end}`;

export const overlap = (a: Window, b: Window): boolean => a.start < b.end && b.start < a.end;

/** Neighbours as one: windows that touch become one window, in order of time. */
export function joined(windows: readonly Window[]): Window[] {
  const out: { start: string; end: string }[] = [];
  for (const { start, end } of [...windows].sort((a, b) => (a.start < b.start ? -1 : 1))) {
    const last = out.at(-1);
    if (last !== undefined && start <= last.end) last.end = end > last.end ? end : last.end;
    else out.push({ start, end });
  }
  return out;
}
