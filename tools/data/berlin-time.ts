const hour = 3_600_000;

/**
 * The wall clock in Berlin for a UTC instant, as epoch milliseconds that read as if they were UTC.
 * EU rule: summer time from the last Sunday of March, 01:00 UTC, to the last Sunday of October, 01:00 UTC (directive 2000/84/EC).
 */
export function berlinTime(instant: number): number {
  const year = new Date(instant).getUTCFullYear();
  const summer = instant >= lastSunday(year, 2) + hour && instant < lastSunday(year, 9) + hour;
  return instant + (summer ? 2 : 1) * hour;
}

const known = new Map<number, number>();

function lastSunday(year: number, month: number): number {
  const key = year * 12 + month;
  let sunday = known.get(key);
  if (sunday === undefined) {
    const last = new Date(Date.UTC(year, month + 1, 0));
    sunday = Date.UTC(year, month, last.getUTCDate() - last.getUTCDay());
    known.set(key, sunday);
  }
  return sunday;
}
