/** Everything that is, by path: what may differ between two spellings of one contract is left out. */
export function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, each]) => key !== "at" && each !== undefined)
      .map(([key, each]) => [key, withoutPlaces(each)]),
  );
}
