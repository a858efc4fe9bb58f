/** Deeper nesting than any real contract or event has; recursion stops here. */
const deepest = 100;

/**
 * The same value in the form Postgres can hold: it refuses NUL in text and lone surrogates in JSON, both of which
 * JSON and YAML can carry. They become U+FFFD, as in any decoder. What lies too deep becomes null.
 */
export function storable<T>(value: T): T {
  return clean(value, 0) as T;
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.replace(/\0|\p{Surrogate}/gu, "\ufffd");
  if (typeof value !== "object" || value === null) return value;
  if (depth >= deepest) return null;
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
  // `__proto__` as a key stays a key: fromEntries defines, it does not assign.
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [clean(key, depth) as string, clean(item, depth + 1)]),
  );
}
