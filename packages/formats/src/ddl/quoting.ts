// NUL ends a text in C; no database here holds it in a name, and few in a text.
const withoutNul = (text: string): string => text.replaceAll("\0", "\uFFFD");

export const doubleQuoted = (name: string): string => `"${withoutNul(name).replaceAll('"', '""')}"`;
export const backQuoted = (name: string): string => `\`${withoutNul(name).replaceAll("`", "``")}\``;
export const bracketed = (name: string): string => `[${withoutNul(name).replaceAll("]", "]]")}]`;

/** A text whose only escape is the doubled quote. */
export const doubledText = (text: string): string => `'${withoutNul(text).replaceAll("'", "''")}'`;

/** A text in which a backslash escapes: the quote, itself, and line ends. */
export const escapedText = (text: string): string =>
  `'${withoutNul(text).replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n").replaceAll("\r", "\\r")}'`;
