const WORDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  object: "a map of keys and values",
  array: "a list",
  null: "nothing",
};

/** JSON Schema's types as messages call them: `a text or a list`. */
export function typeWords(types: readonly string[]): string {
  const words = [...new Set(types.filter((type) => type !== "integer" || !types.includes("number")))].map(
    (type) => WORDS[type] ?? type,
  );
  return words.length < 2 ? (words[0] ?? "something else") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)!}`;
}
