/** `*`, `?` and `[…]` as in shells; a pattern without them is the word itself. */
export function globOf(pattern: string): (text: string) => boolean {
  if (!/[*?[]/.test(pattern)) return (text) => text === pattern;
  return compiled(pattern, (p) => p.replace(/\*+/g, ".*").replaceAll("?", "."));
}

/** The same for paths: a star stays within a folder, two stars go through any number of them. */
export function pathGlobOf(pattern: string): (path: string) => boolean {
  if (!/[*?[]/.test(pattern)) return (path) => path === pattern;
  return compiled(pattern, (p) =>
    p
      .replace(/\*\*+\/?/g, "\0")
      .replaceAll("*", "[^/]*")
      .replaceAll("?", "[^/]")
      .replace(/\0+/g, "(?:.*/)?(?:[^/]*)"),
  );
}

/** Stars side by side mean one star: kept apart they would make the match exponential. */
function compiled(pattern: string, wildcards: (escaped: string) => string): (text: string) => boolean {
  const source = wildcards(pattern.replace(/[.+^${}()|\\/]/g, "\\$&").replaceAll("\\/", "/"))
    .replace(/\[!/g, "[^")
    .replace(/\[(?![^\]]+\])/g, "\\[");
  let expression: RegExp;
  try {
    expression = new RegExp(`^${source}$`, "s");
  } catch {
    return (text) => text === pattern;
  }
  return (text) => expression.test(text);
}
