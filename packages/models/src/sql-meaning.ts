/**
 * The tokens of a statement, joined by a character that SQL does not use: comments, line breaks and indentation
 * leave no trace, text inside quotes stays as it is. Two statements with equal results mean the same.
 */
export function sqlMeaning(text: string): string {
  const tokens: string[] = [];
  for (const match of withoutBlockComments(text).matchAll(token)) {
    const found = match[0];
    if (found.startsWith("--")) continue;
    tokens.push(found);
  }
  return tokens.join("\u0001");
}

// In order: line comment, quoted text (doubled quotes inside), dollar quotes, word or number, any one character.
// Block comments nest, which no expression can follow: they are blanked before.
const token =
  /--[^\n]*|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\$([A-Za-z_]*)\$[\s\S]*?\$\1\$|[\p{L}\p{N}_]+|\S/gu;

/** The text with block comments replaced by one space; they nest, and quotes hide them. */
export function withoutBlockComments(text: string): string {
  if (!text.includes("/*")) return text;
  let out = "";
  let depth = 0;
  for (let at = 0; at < text.length;) {
    const two = text.slice(at, at + 2);
    if (two === "/*") {
      if (depth === 0) out += " ";
      depth++;
      at += 2;
    } else if (depth > 0) {
      if (two === "*/") depth--;
      at += two === "*/" ? 2 : 1;
    } else {
      const skip = two === "--" ? lineEnd(text, at) : quotedEnd(text, at);
      out += text.slice(at, skip);
      at = skip;
    }
  }
  return out;
}

const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
};

/** The end of the quoted text that begins at `at`, or the next character. */
function quotedEnd(text: string, at: number): number {
  const quote = text[at]!;
  if (quote !== "'" && quote !== '"' && quote !== "`") return at + 1;
  const end = text.indexOf(quote, at + 1);
  return end < 0 ? text.length : end + 1;
}
