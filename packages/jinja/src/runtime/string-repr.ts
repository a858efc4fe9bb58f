// Everything Python does not call printable; ASCII apart from the space is tested first.
const unprintable = /[\p{C}\p{Z}]/u;
const plain = /^[ !#-&(-[\]-~]*$/;

/** Python's repr of a string: single quotes unless the text has one and no double quote. */
export function stringRepr(text: string): string {
  if (plain.test(text)) return `'${text}'`;
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = quote;
  for (const char of text) {
    if (char === quote || char === "\\") out += `\\${char}`;
    else if (char === "\n") out += "\\n";
    else if (char === "\r") out += "\\r";
    else if (char === "\t") out += "\\t";
    else if (char !== " " && unprintable.test(char)) out += escapeChar(char);
    else out += char;
  }
  return out + quote;
}

function escapeChar(char: string): string {
  const code = char.codePointAt(0) as number;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
