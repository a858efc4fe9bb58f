/** A contract without places, dialect and what is undefined: what two readings of it have in common. */
export function placeless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(placeless);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, each]) => key !== "at" && key !== "dialect" && each !== undefined)
      .map(([key, each]) => [key, placeless(each)]),
  );
}
