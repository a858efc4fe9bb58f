import { durationOf } from "@meshwork/contract";

/** The date that an answer means, or why it means none. */
export function sunsetDate(asked: string, today: string | undefined): { date: string } | { why: string } {
  const text = asked.trim();
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    const time = Date.parse(`${text}T00:00:00Z`);
    if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text)
      return { why: "the calendar has no such day" };
    if (today !== undefined && text <= today)
      return { why: "it is not in the future, so nobody would have time to move" };
    return { date: text };
  }
  const length = durationOf(text);
  if (length === undefined) return { why: "it is neither a date (2027-06-30) nor a length of time (180d)" };
  if (today === undefined) return { why: "only a date is taken here" };
  if (length.seconds < 86_400) return { why: "readers need at least a day to move" };
  const time = Date.parse(`${today}T00:00:00Z`) + length.seconds * 1000;
  return time > Date.parse("9999-12-31T00:00:00Z")
    ? { why: "it lies beyond the year 9999" }
    : { date: new Date(time).toISOString().slice(0, 10) };
}
