import type { ContractColumn } from "@meshwork/contract";

const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u2028\u2029]/g; // oxlint-disable-line eslint/no-control-regex

/** One line in which nothing has to be rewritten, as most texts are. */
const plain = /^[^@*\s\p{Cc}\u2028\u2029][^*\p{Cc}\u2028\u2029]*$/u;

/** Text of an author inside a comment: it cannot end the comment, nor begin a tag of its own. */
const safe = (text: string): string[] => (plain.test(text) ? [text.trimEnd()] : rewritten(text));

const rewritten = (text: string): string[] =>
  text
    .replace(control, " ")
    .replaceAll("*/", "*\\/")
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim().replace(/^@/, "\\@"))
    .filter((line, i, all) => line !== "" || (i > 0 && i < all.length - 1));

/** A JSDoc comment, or nothing. Tags are lines of ours that begin with `@`. */
export function docComment(texts: readonly (string | undefined)[], tags: readonly string[], indent: string): string {
  const lines = [
    ...texts.flatMap((text) => (text === undefined ? [] : safe(text))),
    ...tags.map((tag) => `@${safe(tag).join(" ")}`),
  ];
  if (lines.length === 0) return "";
  if (lines.length === 1) return `${indent}/** ${lines[0]!} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}

/** What a reader of the type should know of a column. */
export function columnComment(column: ContractColumn, indent: string): string {
  const { constraints: c, deprecated: d } = column;
  const facts = [
    c.primaryKey === true ? "Primary key." : undefined,
    c.primaryKey !== true && c.unique === true ? "Unique." : undefined,
    c.references === undefined ? undefined : `References ${c.references}.`,
    column.pii ? `Personal data${column.masking === undefined ? "" : `, masking: ${column.masking}`}.` : undefined,
  ].filter((fact) => fact !== undefined);
  const gone = d && [
    d.since === undefined ? undefined : `since ${d.since}`,
    d.until === undefined ? undefined : `may be gone from ${d.until}`,
    d.replacedBy === undefined ? undefined : `use ${d.replacedBy}`,
    d.reason,
  ];
  const tags = gone === undefined ? [] : [`deprecated ${gone.filter((part) => part !== undefined).join(", ")}`.trim()];
  return docComment(
    [column.description ?? column.title, facts.length === 0 ? undefined : facts.join(" ")],
    tags,
    indent,
  );
}
