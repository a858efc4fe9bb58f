/** Edit distance with transpositions (Damerau-Levenshtein, optimal string alignment), given up above `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) value = Math.min(value, before[j - 2]! + 1);
      row.push(value);
      if (value < best) best = value;
    }
    if (best > limit) return limit + 1;
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}

/** The candidates a person may have meant by `word`, nearest first, at most three. */
export function nearest(word: string, candidates: Iterable<string>): string[] {
  if (word.length === 0 || word.length > 200) return [];
  const limit = Math.max(1, Math.min(3, Math.floor(word.length / 3)));
  const asked = word.toLowerCase();
  const found: { name: string; far: number }[] = [];
  for (const name of new Set(candidates)) {
    const low = name.toLowerCase();
    const far = low === asked ? 0 : distance(asked, low, limit);
    if (far <= limit) found.push({ name, far });
  }
  found.sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1));
  return found.slice(0, 3).map((f) => f.name);
}

/** ` Did you mean "a" or "b"?`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const names = nearest(word, candidates).map((n) => `"${n}"`);
  return names.length === 0 ? "" : ` Did you mean ${names.join(" or ")}?`;
}
