/**
 * Order of versions after Semantic Versioning 2.0.0, §11: numbers by value, a pre-release before its release.
 * What is no such version sorts before all that are, by text.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  if (left === undefined || right === undefined)
    return left === right ? (a < b ? -1 : a > b ? 1 : 0) : left === undefined ? -1 : 1;
  for (let at = 0; at < 3; at++) {
    const difference = left.core[at]! - right.core[at]!;
    if (difference !== 0) return difference;
  }
  if (left.pre.length === 0 || right.pre.length === 0) return right.pre.length - left.pre.length;
  for (let at = 0; at < Math.max(left.pre.length, right.pre.length); at++) {
    const [x, y] = [left.pre[at], right.pre[at]];
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    if (x === y) continue;
    const [m, n] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    if (m && n) return Number(x) - Number(y);
    return m !== n ? (m ? -1 : 1) : x < y ? -1 : 1;
  }
  return 0;
}

function parse(version: string): { core: number[]; pre: string[] } | undefined {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+.*)?$/.exec(version);
  if (match === null) return undefined;
  return { core: [1, 2, 3].map((at) => Number(match[at] ?? 0)), pre: match[4]?.split(".") ?? [] };
}

/** The version that readers mean when they name none: the newest that is released, else the newest. */
export function currentOf<T extends { version: string; status: string }>(versions: readonly T[]): T | undefined {
  const newest = (candidates: readonly T[]) =>
    candidates.reduce<T | undefined>(
      (best, v) => (best === undefined || compareVersions(v.version, best.version) > 0 ? v : best),
      undefined,
    );
  return newest(versions.filter((v) => v.status === "active" || v.status === "deprecated")) ?? newest(versions);
}
