/** A word, a mark or a text of a JavaScript or TypeScript file; comments and blanks are left out. */
export interface ScriptToken {
  readonly kind: "word" | "mark" | "string" | "template";
  /** Words and marks as written, strings and templates without their quotes (and without `${}`). */
  readonly text: string;
  readonly start: number;
  /** The bracket that it stands in: `{`, `(`, `[`, or nothing. */
  readonly within: string;
}

const word = /[\p{L}\p{N}_$#]+/uy;

/**
 * A lexer of its own for the reason that `importedSpecifiers` names: those for JavaScript stumble over types, and a
 * parser costs too much. What stands in a template's `${}` is told like everything else.
 */
export function scriptTokens(source: string): ScriptToken[] {
  const out: ScriptToken[] = [];
  const brackets: string[] = [];
  let at = 0;
  const push = (kind: ScriptToken["kind"], text: string, start: number) => {
    out.push({ kind, text, start, within: brackets.at(-1) ?? "" });
  };
  /** Reads a template's text up to its end or the next `${`. */
  const template = (start: number) => {
    let end = start;
    while (end < source.length && source[end] !== "`" && !(source[end] === "$" && source[end + 1] === "{"))
      end += source[end] === "\\" ? 2 : 1;
    push("template", source.slice(start, end), start);
    if (source[end] === "$") {
      brackets.push("${");
      at = end + 2;
    } else at = end + 1;
  };
  while (at < source.length) {
    const c = source[at]!;
    const next = source[at + 1];
    if (c === "/" && next === "/") {
      const end = source.indexOf("\n", at);
      at = end === -1 ? source.length : end;
    } else if (c === "/" && next === "*") {
      const end = source.indexOf("*/", at + 2);
      at = end === -1 ? source.length : end + 2;
    } else if (c === '"' || c === "'") {
      const end = stringEnd(source, at);
      push("string", source.slice(at + 1, end - (source[end - 1] === c ? 1 : 0)), at);
      at = end;
    } else if (c === "`") template(at + 1);
    else if (c === "}" && brackets.at(-1) === "${") {
      brackets.pop();
      template(at + 1);
    } else if (c === "/" && isRegexPlace(out.at(-1))) {
      at = regexEnd(source, at);
      push("mark", "/", at - 1);
    } else if (/\s/.test(c)) at++;
    else {
      word.lastIndex = at;
      const found = word.exec(source)?.[0];
      const text = found ?? (source.startsWith("...", at) ? "..." : source.startsWith("?.", at) ? "?." : c);
      if (text === "{" || text === "(" || text === "[") brackets.push(text);
      if (text === "}" || text === ")" || text === "]") brackets.pop();
      push(found === undefined ? "mark" : "word", text, at);
      at += text.length;
    }
  }
  return out;
}

function stringEnd(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === "\\") at++;
    else if (source[at] === source[start]) return at + 1;
    // An unfinished string ends with its line; in JSX text an apostrophe is none at all.
    else if (source[at] === "\n") return at;
  }
  return source.length;
}

/** After a value a slash divides; after an operator, a bracket or a keyword it begins a regular expression. */
function isRegexPlace(before: ScriptToken | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === "word")
    return /^(?:return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield)$/.test(before.text);
  return before.kind === "mark" && !/[)\]}]/.test(before.text);
}

function regexEnd(source: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < source.length; at++) {
    const c = source[at];
    if (c === "\\") at++;
    else if (c === "\n") return start + 1;
    else if (c === "[") inClass = true;
    else if (c === "]") inClass = false;
    else if (c === "/" && !inClass) return at + 1;
  }
  return start + 1;
}
