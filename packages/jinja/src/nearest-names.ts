/** Names out of `known` that `name` may be a slip of, nearest first; at most three. */
export function nearestNames(name: string, known: Iterable<string>): string[] {
  const found: { readonly candidate: string; readonly distance: number }[] = [];
  const last = name.slice(name.lastIndexOf(".") + 1);
  const limit = Math.max(1, Math.floor(last.length / 3));
  for (const candidate of new Set(known)) {
    // The same name in another package (`star` for `dbt_utils.star`) is as near as a name can be.
    if (candidate !== name && candidate.slice(candidate.lastIndexOf(".") + 1) === last)
      found.push({ candidate, distance: 0 });
    else if (Math.abs(candidate.length - name.length) <= limit) {
      const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), limit);
      if (distance <= limit && candidate !== name) found.push({ candidate, distance });
    }
  }
  found.sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  return found.slice(0, 3).map((entry) => entry.candidate);
}

/** Optimal string alignment distance; gives up above `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (a.length > 200 || b.length > 200) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        best = Math.min(best, (beforeLast[column - 2] as number) + 1);
      current.push(best);
    }
    if (Math.min(...current) > limit) return limit + 1;
    beforeLast = last;
    last = current;
  }
  return last[b.length] as number;
}
