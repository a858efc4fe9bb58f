import type { BatchContext, BatchSize, ProjectNode } from "../model.ts";

/** A stretch of time, ISO 8601 in UTC; the end is left out of it. */
export interface Window {
  readonly start: string;
  readonly end: string;
}

export interface BatchRange {
  /** `--event-time-start` and `--event-time-end`. */
  readonly eventTimeStart?: string | undefined;
  readonly eventTimeEnd?: string | undefined;
  readonly now: Date;
  /** The table is there and is added to. */
  readonly incremental: boolean;
}

/** The most batches one run may build: ten years of hours. */
export const maximumBatches = 87_660;

/**
 * dbt's batches of a model: from `begin`, or `lookback` batches before the present one, to now; whole batches always,
 * so that a start in the middle of a day means the whole day. @throws {RangeError} for a time that is none.
 */
export function batchesOf(node: ProjectNode, range: BatchRange): readonly BatchContext[] {
  const { batchSize, begin, lookback } = node.config.microbatch;
  const size = batchSize ?? "day";
  const end = range.eventTimeEnd === undefined ? range.now : timeOf(range.eventTimeEnd);
  // The present batch is not over, and is built as far as it goes.
  const last = floor(end, size);
  const stop = last.getTime() === end.getTime() && range.eventTimeEnd !== undefined ? last : step(last, size, 1);
  const from =
    range.eventTimeStart !== undefined
      ? timeOf(range.eventTimeStart)
      : range.incremental
        ? step(floor(new Date(end.getTime() - (range.eventTimeEnd === undefined ? 0 : 1)), size), size, -lookback)
        : timeOf(begin ?? end.toISOString());
  const batches: BatchContext[] = [];
  for (let at = floor(from, size); at < stop; at = step(at, size, 1)) {
    if (batches.length >= maximumBatches) throw new RangeError(`more than ${maximumBatches} batches`);
    batches.push({ id: idOf(at, size), start: at.toISOString(), end: step(at, size, 1).toISOString() });
  }
  return batches;
}

/** A date or a time of the settings, in UTC where it names no zone. @throws {RangeError} */
export function timeOf(text: string): Date {
  const iso = text.trim().replace(" ", "T");
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(iso.slice(10));
  const time = new Date(iso.length <= 10 || zoned ? iso : `${iso}Z`);
  if (Number.isNaN(time.getTime())) throw new RangeError(`"${text}" is no date or time`);
  return time;
}

/** The end of the last interval that is over. ISO. */
export const lastIntervalOver = ({ config }: ProjectNode, now: Date): string =>
  floor(now, config.microbatch.batchSize ?? "day").toISOString();

function floor(time: Date, size: BatchSize): Date {
  const month = size === "year" ? 0 : time.getUTCMonth();
  const day = size === "year" || size === "month" ? 1 : time.getUTCDate();
  return new Date(Date.UTC(time.getUTCFullYear(), month, day, size === "hour" ? time.getUTCHours() : 0));
}

function step(time: Date, size: BatchSize, by: number): Date {
  const next = new Date(time);
  if (size === "hour") next.setUTCHours(next.getUTCHours() + by);
  else if (size === "day") next.setUTCDate(next.getUTCDate() + by);
  else if (size === "month") next.setUTCMonth(next.getUTCMonth() + by);
  else next.setUTCFullYear(next.getUTCFullYear() + by);
  return next;
}

const idOf = (time: Date, size: BatchSize): string => {
  const digits = time.toISOString().replaceAll(/[^\d]/g, "");
  return size === "hour"
    ? `${digits.slice(0, 8)}T${digits.slice(8, 10)}`
    : digits.slice(0, size === "day" ? 8 : size === "month" ? 6 : 4);
};

/** A condition that holds for rows of the window; times without a zone, as columns mostly are. */
export function windowCondition(column: string, window: Window, literal: (text: string) => string): string {
  const time = (iso: string): string => `cast(${literal(iso.replace("T", " ").replace(/\.\d+Z$/, ""))} as timestamp)`;
  return `${column} >= ${time(window.start)} and ${column} < ${time(window.end)}`;
}
