const escape = /\\(?:\n|[0-7]{1,3}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|N\{[^}]*\}|[^])/g;
const simple: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\n": "",
};

/**
 * The text of a Python string literal's inside. An escape Python does not know keeps its backslash (`'\d'` is `\d`).
 * Undefined when a `\x`, `\u`, `\U` or `\N` escape is incomplete or names no character.
 */
export function unescapeString(body: string): string | undefined {
  if (!body.includes("\\")) return body;
  let valid = true;
  const text = body.replace(escape, (all) => {
    const kind = all[1] as string;
    const replaced = Object.hasOwn(simple, kind) ? simple[kind] : undefined;
    if (replaced !== undefined) return replaced;
    if (kind >= "0" && kind <= "7") return String.fromCharCode(Number.parseInt(all.slice(1), 8));
    if (kind !== "x" && kind !== "u" && kind !== "U" && kind !== "N") return all;
    const code = kind === "N" || all.length === 2 ? Number.NaN : Number.parseInt(all.slice(2), 16);
    if (code <= 0x10ffff) return String.fromCodePoint(code);
    valid = false;
    return all;
  });
  return valid ? text : undefined;
}
