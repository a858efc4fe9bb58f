import type { Paging, ProductRecord } from "@meshwork/catalog-api";
import type { SQL } from "drizzle-orm";
import { and, desc, inArray, or, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { groupBy } from "./group-by.ts";
import type { TermKind } from "./schema.ts";
import { terms } from "./schema.ts";

export interface Term {
  readonly kind: TermKind;
  readonly text: string;
  readonly folded: string;
  readonly port: string | null;
}

/** How much a match counts: a product's own name first, a word in its description last. */
const weight: Record<TermKind, number> = { name: 10, column: 8, tag: 6, owner: 4, description: 3 };
const maxWords = 8;
const matchesShown = 12;
/** What a term that contains the whole query counts at least. */
const wholeQuery = 40;

/** `orderId`, `order_id`, `Order-ID` and `order id` are one text. */
export function fold(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .replace(/[\s_./-]+/gu, " ")
    .trim();
}

/** What a product can be found by: its names, words, tags, people and the columns of its ports, nested ones too. */
export function termsOf(record: ProductRecord): Term[] {
  const found: Term[] = [];
  const add = (kind: TermKind, text: string | undefined, port: string | null = null) => {
    if (text === undefined || text === "") return;
    const folded = fold(text);
    if (folded !== "") found.push({ kind, text, folded, port });
  };
  add("name", record.name);
  add("name", record.product);
  add("name", record.title);
  add("description", record.description);
  add("description", record.limitations);
  for (const use of record.useCases) add("description", use);
  for (const tag of record.tags) add("tag", tag);
  for (const owner of new Set([record.owner, record.channel, ...record.ownership.map((o) => o.value)]))
    add("owner", owner);
  for (const port of record.ports) {
    add("name", port.name, port.name);
    add("description", port.description, port.name);
    const columns = port.columns.map((column) => ({ column, path: column.name }));
    for (let at = 0; at < columns.length; at++) {
      const { column, path } = columns[at]!;
      add("column", path, port.name);
      add("column", column.title, port.name);
      add("description", column.description, port.name);
      for (const tag of column.tags) add("tag", tag, port.name);
      for (const field of column.fields ?? []) columns.push({ column: field, path: `${path}.${field.name}` });
    }
  }
  return found;
}

export interface Found {
  readonly productId: string;
  readonly score: number;
  readonly matches: { kind: TermKind; text: string; port?: string | undefined }[];
}

/**
 * Products in which every word of the query occurs somewhere, best first: a name that equals the whole query before
 * one that begins with it, before one that contains it, before single words.
 */
export async function findProducts(
  db: Database,
  query: string,
  { offset = 0, limit = 50 }: Paging,
): Promise<{ total: number; found: Found[] }> {
  const phrase = fold(query);
  const words = [...new Set(phrase.split(" "))].filter((word) => word !== "").slice(0, maxWords);
  if (words.length === 0) return { total: 0, found: [] };

  const squashed = sql`replace(${terms.folded}, ' ', '')`;
  const contains = (text: string) => {
    const pattern = `%${like(text)}%`;
    return sql`(${terms.folded} like ${pattern} or ${squashed} like ${pattern})`;
  };
  const anyWord = or(...words.map(contains))!;
  const kindWeight = sql.join(
    Object.entries(weight).map(([kind, value]) => sql`when ${kind} then ${sql.raw(String(value))}`),
    sql` `,
  );
  const fit = sql`case
    when ${terms.folded} = ${phrase} then 100
    when ${terms.folded} like ${`${like(phrase)}%`} then 60
    when ${contains(phrase)} then ${sql.raw(String(wholeQuery))}
    else 10 end`;
  // The best term decides; the count of others only parts equals.
  const score: SQL<number> = sql`(max((${fit}) * (case ${terms.kind} ${kindWeight} else 1 end)) + least(count(*), 9)::integer)::integer`;

  const rows = await db
    .select({ productId: terms.productId, score: score.as("score"), total: sql<number>`(count(*) over ())::integer` })
    .from(terms)
    .where(anyWord)
    .groupBy(terms.productId)
    .having(and(...words.map((word) => sql`bool_or(${contains(word)})`)))
    .orderBy(desc(sql`score`), terms.productId)
    .limit(limit)
    .offset(offset);
  if (rows.length === 0) return { total: 0, found: [] };

  const ids = rows.map((row) => row.productId);
  const matching = await db
    .select({
      productId: terms.productId,
      kind: terms.kind,
      text: terms.text,
      port: terms.port,
      fit: sql<number>`${fit}`,
    })
    .from(terms)
    .where(and(inArray(terms.productId, ids), anyWord))
    .orderBy(terms.productId, desc(sql`(${fit}) * (case ${terms.kind} ${kindWeight} else 1 end)`), terms.position)
    .limit(5_000);
  const byProduct = groupBy(matching, (row) => row.productId);
  return {
    total: rows[0]!.total,
    found: rows.map(({ productId, score }) => ({
      productId,
      score,
      matches: shownMatches(byProduct.get(productId) ?? []),
    })),
  };
}

interface Matching {
  readonly kind: TermKind;
  readonly text: string;
  readonly port: string | null;
  readonly fit: number;
}

/** Best first, each once. Where something holds the whole query, what holds a word of it is noise. */
function shownMatches(rows: readonly Matching[]): Found["matches"] {
  const whole = rows.filter((row) => row.fit >= wholeQuery);
  const distinct = new Map((whole.length > 0 ? whole : rows).map((row) => [JSON.stringify([row.kind, row.text]), row]));
  return [...distinct.values()]
    .slice(0, matchesShown)
    .map(({ kind, text, port }) => ({ kind, text, ...(port === null ? {} : { port }) }));
}

const like = (text: string): string => text.replace(/[\\%_]/g, "\\$&");
