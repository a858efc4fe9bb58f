/**
 * The offset after a leading `with` (or `with recursive`), or nothing when the query does not begin with one.
 * Comments and blanks before it are skipped.
 */
export function leadingWith(sql: string): number | undefined {
  const match =
    /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*with(?=[\s"(/-])(?:(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)+recursive\b)?/i.exec(
      sql,
    );
  return match?.[0].length;
}
