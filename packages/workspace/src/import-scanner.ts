/**
 * The module specifiers that a JavaScript or TypeScript file imports, statically or with a literal `import()` or
 * `require()`. A lexer of its own, because those for JavaScript stumble over types, and a parser costs too much for
 * a graph that Nx asks for with every command. Comments, strings, templates and regular expressions are passed over.
 */
export function importedSpecifiers(source: string): string[] {
  const found = new Set<string>();
  /** Words and marks since the last statement's end, as far as they matter: what stands before a string. */
  let before = "";
  let at = 0;
  const length = source.length;
  while (at < length) {
    const c = source[at]!;
    const next = source[at + 1];
    if (c === "/" && next === "/") at = endOf(source, "\n", at + 2);
    else if (c === "/" && next === "*") at = endOf(source, "*/", at + 2);
    else if (c === '"' || c === "'") {
      const end = stringEnd(source, at, c);
      if (/(?:^|[^.\w$])(?:from|import|import\(|require\()$/.test(before)) found.add(source.slice(at + 1, end - 1));
      before = "s";
      at = end;
    } else if (c === "`") {
      at = templateEnd(source, at, found);
      before = "s";
    } else if (c === "/" && isRegexPlace(before)) {
      at = regexEnd(source, at);
      before = "s";
    } else if (/\s/.test(c)) {
      // A blank separates words: `import type` is no `importtype`.
      if (/\w$/.test(before)) before += " ";
      at++;
    } else if (/[\w$]/.test(c)) {
      const word = /[\w$]+/y;
      word.lastIndex = at;
      const text = word.exec(source)![0];
      before = `${before.slice(-24)}${text}`;
      at += text.length;
    } else {
      before = `${before.trimEnd().slice(-24)}${c}`;
      at++;
    }
    // `from "x"` and `import("x")`: no blank between the word and the string matters.
    if (at < length && (source[at] === '"' || source[at] === "'")) before = before.trimEnd();
  }
  return [...found];
}

const endOf = (source: string, mark: string, from: number): number => {
  const at = source.indexOf(mark, from);
  return at === -1 ? source.length : at + mark.length;
};

function stringEnd(source: string, start: number, quote: string): number {
  for (let at = start + 1; at < source.length; at++) {
    const c = source[at];
    if (c === "\\") at++;
    else if (c === quote) return at + 1;
    // An unfinished string ends with its line; in JSX text an apostrophe is none at all.
    else if (c === "\n") return at;
  }
  return source.length;
}

/** Imports may stand in a template's `${}` too. */
function templateEnd(source: string, start: number, found: Set<string>): number {
  for (let at = start + 1; at < source.length; at++) {
    const c = source[at];
    if (c === "\\") at++;
    else if (c === "`") return at + 1;
    else if (c === "$" && source[at + 1] === "{") {
      const end = bracesEnd(source, at + 2);
      for (const specifier of importedSpecifiers(source.slice(at + 2, end - 1))) found.add(specifier);
      at = end - 1;
    }
  }
  return source.length;
}

function bracesEnd(source: string, start: number): number {
  let depth = 1;
  for (let at = start; at < source.length; at++) {
    const c = source[at]!;
    if (c === "{") depth++;
    else if (c === "}" && --depth === 0) return at + 1;
    else if (c === '"' || c === "'") at = stringEnd(source, at, c) - 1;
    else if (c === "`") at = templateEnd(source, at, new Set()) - 1;
    else if (c === "/" && source[at + 1] === "/") at = endOf(source, "\n", at) - 1;
    else if (c === "/" && source[at + 1] === "*") at = endOf(source, "*/", at + 2) - 1;
  }
  return source.length;
}

/** After a value a slash divides; after an operator, a bracket or a keyword it begins a regular expression. */
function isRegexPlace(before: string): boolean {
  const text = before.trimEnd();
  if (text === "") return true;
  if (/(?:^|[^.\w$])(?:return|typeof|case|in|of|delete|void|throw|new|else|do|await|yield)$/.test(text)) return true;
  return !/[\w$)\]}]$/.test(text);
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
