import type { DailyWebKpis } from "@acme/growth/daily-web-kpis";

/** A week's sums: counts, and money in cents so that it adds up exactly. */
interface Week {
  readonly days: number;
  readonly sessions: bigint;
  readonly converting: bigint;
  readonly bounces: bigint;
  readonly orders: bigint;
  readonly netCents: bigint;
}

/**
 * The last seven days of the data beside the seven before, one line a figure.
 * Takes rows in any order; says so when there is nothing to compare.
 */
export function digest(rows: readonly DailyWebKpis[]): string[] {
  const days = rows.toSorted((a, b) => (a.kpi_date < b.kpi_date ? -1 : 1));
  const last = days.at(-1);
  if (!last) return ["No day has been built yet."];
  const now = weekOf(days.slice(-7));
  const before = weekOf(days.slice(-14, -7));
  const line = (name: string, value: string, change: string): string => `${name.padEnd(16)}${value.padStart(12)}  ${change}`.trimEnd();
  return [
    `Web shop, ${now.days} days to ${last.kpi_date}`,
    line("sessions", now.sessions.toString(), change(now.sessions, before.sessions)),
    line("orders", now.orders.toString(), change(now.orders, before.orders)),
    line("net revenue", `${euros(now.netCents)} EUR`, change(now.netCents, before.netCents)),
    line("conversion", share(now.converting, now.sessions), before.days > 0 ? `before ${share(before.converting, before.sessions)}` : ""),
    line("bounces", share(now.bounces, now.sessions), before.days > 0 ? `before ${share(before.bounces, before.sessions)}` : ""),
  ];
}

function weekOf(days: readonly DailyWebKpis[]): Week {
  const sum = (of: (day: DailyWebKpis) => bigint): bigint => days.reduce((total, day) => total + of(day), 0n);
  return {
    days: days.length,
    sessions: sum((day) => BigInt(day.sessions)),
    converting: sum((day) => BigInt(day.converting_sessions)),
    bounces: sum((day) => BigInt(day.bounces)),
    orders: sum((day) => BigInt(day.orders)),
    netCents: sum((day) => cents(day.net_revenue)),
  };
}

/** A decimal with two places, as the contract promises, in cents. */
function cents(amount: string): bigint {
  const [whole = "0", fraction = ""] = amount.split(".");
  return BigInt(whole + fraction.padEnd(2, "0"));
}

function euros(amount: bigint): string {
  const digits = amount.toString().padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function share(part: bigint, whole: bigint): string {
  return whole === 0n ? "-" : `${(Number((part * 10_000n) / whole) / 100).toFixed(2)} %`;
}

function change(now: bigint, before: bigint): string {
  if (before === 0n) return "";
  const percent = Number(((now - before) * 1_000n) / before) / 10;
  return `${percent < 0 ? "" : "+"}${percent.toFixed(1)} %`;
}
