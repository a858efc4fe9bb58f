import type { Duration } from "./model.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Seconds of a unit, by every word that people write. Months count 30 days, years 365. */
const UNITS = new Map<string, number>(
  (
    [
      [0.001, "ms msec millisecond milliseconds"],
      [1, "s sec secs second seconds"],
      [MINUTE, "m min mins minute minutes"],
      [HOUR, "h hr hrs hour hours"],
      [DAY, "d day days"],
      [7 * DAY, "w wk wks week weeks"],
      [30 * DAY, "mo mon month months"],
      [365 * DAY, "y yr yrs year years"],
    ] as const
  ).flatMap(([seconds, words]) => words.split(" ").map((word): [string, number] => [word, seconds])),
);

const PART = /(\d+(?:\.\d+)?)\s*([a-zA-Z]+)\s*(?:,|and\b)?\s*/y;
const ISO = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const ISO_SECONDS = [365 * DAY, 30 * DAY, 7 * DAY, DAY, HOUR, MINUTE, 1];
/** A thousand years: longer is a slip. */
const LONGEST = 1000 * 365 * DAY;

/**
 * Reads a length of time: `15m`, `15min`, `90 days`, `1h30m`, `4 hours`, `1 hour 30 minutes`, `PT15M` (ISO 8601).
 * Undefined where it is none: no unit, an unknown unit, negative, or longer than a thousand years.
 * A lone capital `M` is refused, because it may mean a minute or a month.
 */
export function durationOf(text: string): Duration | undefined {
  const asked = text.trim();
  if (asked.length === 0 || asked.length > 60) return undefined;
  const seconds = asked.startsWith("P") ? isoSeconds(asked) : spokenSeconds(asked);
  if (seconds === undefined || !Number.isFinite(seconds) || seconds > LONGEST) return undefined;
  return { text: asked, seconds: Math.round(seconds * 1000) / 1000 };
}

function isoSeconds(text: string): number | undefined {
  const match = ISO.exec(text);
  if (match === null || match.slice(1).every((part) => part === undefined) || text.endsWith("T")) return undefined;
  return ISO_SECONDS.reduce((sum, seconds, i) => sum + Number(match[i + 1] ?? 0) * seconds, 0);
}

function spokenSeconds(text: string): number | undefined {
  let seconds = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const match = PART.exec(text);
    if (match === null) return undefined;
    const word = match[2]!;
    const unit = word === "M" ? undefined : UNITS.get(word.toLowerCase());
    if (unit === undefined) return undefined;
    seconds += Number(match[1]) * unit;
  }
  return seconds;
}

const SHORT: readonly (readonly [string, number])[] = [
  ["d", DAY],
  ["h", HOUR],
  ["m", MINUTE],
  ["s", 1],
];

/** The shortest exact spelling in days, hours, minutes and seconds: `1h30m`, `90d`. */
export function durationText(seconds: number): string {
  let rest = Math.round(seconds * 1000) / 1000;
  let text = "";
  for (const [unit, size] of SHORT) {
    if (unit === "s") break;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  rest = Math.round(rest * 1000) / 1000;
  return rest > 0 || text === "" ? `${text}${rest}s` : text;
}
