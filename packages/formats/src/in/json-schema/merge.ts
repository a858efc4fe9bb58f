import { items, mapping } from "../json/json-document.ts";

type Schema = Readonly<Record<string, unknown>>;

/** What holds for a value for which both schemas hold, key by key; the second one's words win where both say a thing. */
export function both(a: Schema, b: Schema): Schema {
  const merged: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const before = merged[key];
    merged[key] = before === undefined ? value : mergedKey(key, before, value);
  }
  return merged;
}

function mergedKey(key: string, a: unknown, b: unknown): unknown {
  switch (key) {
    case "properties":
    case "$defs":
    case "definitions": {
      const [left, right] = [mapping(a) ?? {}, mapping(b) ?? {}];
      const names = new Set([...Object.keys(left), ...Object.keys(right)]);
      return Object.fromEntries(
        [...names].map((name) => {
          const [x, y] = [
            Object.hasOwn(left, name) ? left[name] : undefined,
            Object.hasOwn(right, name) ? right[name] : undefined,
          ];
          // A property of both has to be both.
          return [name, x === undefined ? y : y === undefined ? x : { allOf: [x, y] }];
        }),
      );
    }
    case "required":
      return [...new Set([...items(a), ...items(b)])];
    case "enum": {
      const right = items(b).map((value) => JSON.stringify(value));
      return items(a).filter((value) => right.includes(JSON.stringify(value)));
    }
    case "type": {
      const [left, right] = [typesOf(a), typesOf(b)];
      const shared = left.filter((type) => right.includes(type));
      const integers = [...left, ...right].includes("integer") && [...left, ...right].includes("number");
      return shared.length > 0 ? shared : integers ? ["integer"] : [...right];
    }
    case "minimum":
    case "exclusiveMinimum":
    case "minLength":
    case "minItems":
      return typeof a === "number" && typeof b === "number" ? Math.max(a, b) : b;
    case "maximum":
    case "exclusiveMaximum":
    case "maxLength":
    case "maxItems":
      return typeof a === "number" && typeof b === "number" ? Math.min(a, b) : b;
    default:
      return b;
  }
}

export const typesOf = (value: unknown): readonly string[] =>
  typeof value === "string" ? [value] : items(value).filter((each): each is string => typeof each === "string");
