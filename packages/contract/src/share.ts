import type { Share } from "./model.ts";

const PERCENT = /^(\d+(?:\.\d+)?)\s*%$/;
const DECIMAL = /^\d*(?:\.\d+)?$/;

/**
 * Reads a share: `99.9%`, `0.999`, `1`. Undefined where it is none or lies outside 0 to 1;
 * `99.9` without a percent sign is refused rather than guessed at.
 */
export function shareOf(written: string | number): Share | undefined {
  const text = String(written).trim();
  const percent = PERCENT.exec(text);
  if (percent === null && (text === "" || !DECIMAL.test(text))) return undefined;
  // Division in tens is not exact: 99.9 / 100 has to be 0.999, not its neighbour.
  const value = Number((percent === null ? Number(text) : Number(percent[1]) / 100).toFixed(12));
  return value >= 0 && value <= 1 ? { text, value } : undefined;
}
