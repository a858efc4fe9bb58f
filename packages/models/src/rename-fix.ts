import type { Fix, Span } from "@meshwork/diagnostics";

/** Puts a known name in place of a misspelt one; safe when only one name comes near. */
export function renameFix(
  written: string,
  candidates: readonly string[],
  span: Span,
  text: (name: string) => string,
): readonly Fix[] | undefined {
  const [name] = candidates;
  if (name === undefined) return undefined;
  const { line, column, endLine, endColumn } = span;
  const title = `replace "${written}" with "${name}"`;
  return [{ title, edits: [{ line, column, endLine, endColumn, text: text(name) }], safe: candidates.length === 1 }];
}
