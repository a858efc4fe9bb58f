const units: readonly (readonly [string, number])[] = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
];

/** A length of time in its one or two largest units: `3 d 4 h`, `12 min`. */
export function lengthInWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const first = units.findIndex(([, size]) => whole >= size);
  if (first === -1) return "0 s";
  const [unit, size] = units[first]!;
  const count = Math.floor(whole / size);
  const next = units[first + 1];
  // Beyond ten of a unit the smaller one says nothing; seconds beside minutes neither.
  if (next === undefined || count >= 10 || next[0] === "s") return `${count} ${unit}`;
  const rest = Math.floor((whole - count * size) / next[1]);
  return rest === 0 ? `${count} ${unit}` : `${count} ${unit} ${rest} ${next[0]}`;
}

/** `12 min ago`; an instant in the future (clocks differ) is `just now`. */
export function ageInWords(instant: string, now: Date): string {
  const seconds = (now.getTime() - Date.parse(instant)) / 1_000;
  return seconds < 5 ? "just now" : `${lengthInWords(seconds)} ago`;
}

/** `2026-11-21 02:50 UTC`. */
export const instantInWords = (instant: string): string =>
  `${new Date(instant).toISOString().slice(0, 16).replace("T", " ")} UTC`;
