import type { BindError, Binder, BoundQuery } from "@meshwork/engine";

/** A query with NULL in place of every column that is not there. */
export interface Repaired {
  /** All missing columns, with offsets into the query as it was written, in its order. */
  readonly missing: readonly BindError[];
  /** What the query yields then; `undefined` where something else is wrong with it. */
  readonly bound: BoundQuery | undefined;
}

/** Queries that read more missing columns than this are not followed to the end. */
const mostMissing = 50;
const name = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)`;
const reference = new RegExp(String.raw`${name}(?:\s*\.\s*${name})*(?!\s*\()`, "uy");

interface Edit {
  /** Into the query as it was written. */
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/**
 * An engine names the first missing column and stops. With NULL in its place it goes on to the next, so that all of them
 * are found in one run; whatever else it says then may come of the NULL, and is left for later.
 */
export async function missingColumns(
  binder: Binder,
  sql: string,
  first: BindError,
  signal?: AbortSignal,
): Promise<Repaired> {
  const missing = [first];
  let edits: Edit[] = [];
  for (let at = first.offset; at !== undefined && missing.length < mostMissing;) {
    reference.lastIndex = at;
    const written = reference.exec(sql)?.[0];
    if (written === undefined || edits.some((e) => e.offset <= at! && at! < e.offset + e.length)) break;
    const own = new RegExp(`${name}$`, "u").exec(written)![0];
    let next: { readonly edits: Edit[]; readonly bound: BoundQuery | BindError } | undefined;
    // A column that a query yields keeps its name, for those who read it further out.
    for (const text of [`NULL AS ${own}`, "(NULL)"]) {
      const tried = [...edits, { offset: at, length: written.length, text }].sort((a, b) => a.offset - b.offset);
      const bound = await binder.bind(edited(sql, tried), signal);
      if (!bound.ok && bound.code !== "unknown-column") continue;
      next = { edits: tried, bound };
      break;
    }
    if (next === undefined) break;
    if (next.bound.ok) return { missing: inOrder(missing), bound: next.bound };
    edits = next.edits;
    at = next.bound.offset === undefined ? undefined : before(edits, next.bound.offset);
    if (at !== undefined) missing.push({ ...next.bound, offset: at });
  }
  return { missing: inOrder(missing), bound: undefined };
}

const inOrder = (errors: readonly BindError[]): BindError[] =>
  [...errors].sort((a, b) => (a.offset ?? 0) - (b.offset ?? 0));

function edited(sql: string, edits: readonly Edit[]): string {
  let out = "";
  let from = 0;
  for (const { offset, length, text } of edits) {
    out += sql.slice(from, offset) + text;
    from = offset + length;
  }
  return out + sql.slice(from);
}

/** The offset before the edits; `undefined` within one. */
function before(edits: readonly Edit[], offset: number): number | undefined {
  let shift = 0;
  for (const edit of edits) {
    const start = edit.offset + shift;
    if (offset < start) break;
    if (offset < start + edit.text.length) return undefined;
    shift += edit.text.length - edit.length;
  }
  return offset - shift;
}
