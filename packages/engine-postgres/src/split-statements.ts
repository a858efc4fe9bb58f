/** A statement's place within a text, without the white space and comments around it. */
export interface StatementRange {
  readonly start: number;
  readonly end: number;
}

const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end + 1;
};

/** Comments of PostgreSQL nest. */
function commentEnd(text: string, at: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = at;
  let depth = 0;
  for (let match = marks.exec(text); match !== null; match = marks.exec(text)) {
    depth += match[0] === "/*" ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return text.length;
}

function quoteEnd(text: string, at: number, escapes: boolean): number {
  const quote = text[at];
  for (let i = at + 1; i < text.length; i++) {
    if (escapes && text[i] === "\\") i++;
    else if (text[i] === quote) {
      if (text[i + 1] !== quote) return i + 1;
      i++;
    }
  }
  return text.length;
}

const dollarTag = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;
const word = /[\p{L}_][\p{L}\p{N}_$]*/uy;

/** The statements of a text, as a SQL shell tells them apart: by `;` outside of quotes, comments and brackets. */
export function splitStatements(text: string): StatementRange[] {
  const found: StatementRange[] = [];
  let start = -1;
  let end = 0;
  let depth = 0;
  const take = (from: number, to: number): number => {
    if (start === -1) start = from;
    end = to;
    return to;
  };
  const match = (pattern: RegExp, at: number): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  for (let at = 0; at < text.length;) {
    const two = text.slice(at, at + 2);
    const char = two[0]!;
    if (two === "--") at = lineEnd(text, at);
    else if (two === "/*") at = commentEnd(text, at);
    else if (/\s/.test(char)) at++;
    else if (char === ";" && depth === 0) {
      if (start !== -1) found.push({ start, end });
      start = -1;
      at++;
    } else if (char === "'" || char === '"') at = take(at, quoteEnd(text, at, false));
    else if (char === "$") {
      const tag = match(dollarTag, at);
      const close = tag === undefined ? -1 : text.indexOf(tag, at + tag.length);
      at = take(at, tag === undefined ? at + 1 : close === -1 ? text.length : close + tag.length);
    } else {
      const name = match(word, at);
      // Only E'…' knows backslashes; a name may hold `$`, which then begins no quote.
      if (name !== undefined && /^e$/i.test(name) && text[at + 1] === "'") at = take(at, quoteEnd(text, at + 1, true));
      else if (name !== undefined) at = take(at, at + name.length);
      else {
        if (char === "(") depth++;
        if (char === ")" && depth > 0) depth--;
        at = take(at, at + 1);
      }
    }
  }
  if (start !== -1) found.push({ start, end });
  return found;
}
