import type { Change, Grade } from "./define-change.ts";

/**
 * What is announced to go may go once the date is reached: then its removal is minor. Before that, and without a date,
 * it is as bad as any removal, and the reason says so.
 */
export function windowGrade(change: Change, today: string | undefined, usual: Grade): Grade {
  const { announced } = change;
  if (announced === undefined || usual.level !== "major") return usual;
  if (announced.until === undefined)
    return { ...usual, reason: "Its deprecation names no date from which it may be gone." };
  if (today === undefined || today.slice(0, 10) < announced.until.slice(0, 10)) {
    return { ...usual, reason: `It was announced to stay until ${announced.until}.` };
  }
  return { ...usual, level: "minor", reason: `It was announced to go from ${announced.until}.` };
}
