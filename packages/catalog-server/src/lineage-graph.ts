import type { LineageGraph, LineageNode, Verdict } from "@meshwork/catalog-api";
import { eq, inArray, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { lineageColumns, lineageInputs, products } from "./schema.ts";

/** A page of lineage that nobody can read is cut here, and says so. */
const maxNodes = 500;
const maxColumns = 2_000;

interface Known {
  readonly id: string;
  readonly name: string;
  readonly title: string | undefined;
  readonly owner: string | undefined;
  readonly version: string;
}

/** Who feeds a product and who reads it, `depth` hops each way: one question per hop and direction. */
export async function lineageGraph(
  db: Database,
  root: Known,
  depth: number,
  verdicts: (ids: readonly string[]) => Promise<ReadonlyMap<string, Verdict>>,
): Promise<LineageGraph> {
  const nodes = new Map<string, LineageNode & { id?: string }>();
  const edges = new Map<string, { from: string; to: string }>();
  let truncated = false;
  nodes.set(root.name, { ...described(root), distance: 0 });

  const link = (from: string, to: string) => edges.set(JSON.stringify([from, to]), { from, to });
  const reach = (node: LineageNode & { id?: string }): boolean => {
    if (nodes.has(node.name)) return false;
    if (nodes.size >= maxNodes) {
      truncated = true;
      return false;
    }
    nodes.set(node.name, node);
    return true;
  };

  let readers: Known[] = [root];
  for (let hop = 1; hop <= depth && readers.length > 0; hop++) {
    const byId = new Map(readers.map((reader) => [reader.id, reader.name]));
    const inputs = await db
      .select({ readerId: lineageInputs.productId, source: lineageInputs.source, label: lineageInputs.label })
      .from(lineageInputs)
      .where(inArray(lineageInputs.productId, [...byId.keys()]))
      .orderBy(lineageInputs.source, lineageInputs.label);
    const known = await byName(db, [...new Set(inputs.map((input) => input.source))]);
    // An outside name is written `raw.kafka.orders` in a contract and `raw_kafka.orders` in SQL: one node.
    const outside = new Map<string, string>();
    const next: Known[] = [];
    for (const { readerId, source, label } of inputs) {
      const product = known.get(source);
      const plain = label.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
      const name = product?.name ?? outside.get(plain) ?? label;
      if (product === undefined) outside.set(plain, name);
      const reader = byId.get(readerId)!;
      if (name === reader) continue;
      const isNew = reach(
        product === undefined ? { name, kind: "external", distance: -hop } : { ...described(product), distance: -hop },
      );
      if (nodes.has(name)) link(name, reader);
      if (isNew && product !== undefined) next.push(product);
    }
    readers = next;
  }

  let sources: Known[] = [root];
  for (let hop = 1; hop <= depth && sources.length > 0; hop++) {
    const names = sources.map((source) => source.name);
    const found = await db
      .select({ source: lineageInputs.source, ...knownColumns })
      .from(lineageInputs)
      .innerJoin(products, eq(products.id, lineageInputs.productId))
      .where(inArray(lineageInputs.source, names))
      .orderBy(products.domain, products.product);
    const next: Known[] = [];
    for (const row of found) {
      const reader = knownOf(row);
      if (reader.name === row.source) continue;
      if (reach({ ...described(reader), distance: hop })) next.push(reader);
      if (nodes.has(reader.name)) link(row.source, reader.name);
    }
    sources = next;
  }

  const ids = [...nodes.values()].flatMap((node) => (node.id === undefined ? [] : [node.id]));
  const [verdictOf, columns] = await Promise.all([verdicts(ids), columnEdges(db, root)]);
  return {
    root: root.name,
    depth,
    nodes: [...nodes.values()]
      .map(({ id, ...node }) => ({ ...node, ...(id === undefined ? {} : { verdict: verdictOf.get(id) ?? "not-run" }) }))
      .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1)),
    edges: [...edges.values()].sort((a, b) => (a.from === b.from ? (a.to < b.to ? -1 : 1) : a.from < b.from ? -1 : 1)),
    columns,
    truncated,
  };
}

/** Where the root's columns come from, and which columns of others come from them. */
async function columnEdges(db: Database, root: Known): Promise<LineageGraph["columns"]> {
  const mine = await db
    .select({ body: lineageColumns.body })
    .from(lineageColumns)
    .where(eq(lineageColumns.productId, root.id))
    .orderBy(lineageColumns.position)
    .limit(maxColumns);
  const theirs = await db
    .select({ body: lineageColumns.body, domain: products.domain, product: products.product })
    .from(lineageColumns)
    .innerJoin(products, eq(products.id, lineageColumns.productId))
    .where(eq(lineageColumns.source, root.name))
    .orderBy(products.domain, products.product, lineageColumns.position)
    .limit(maxColumns);
  return [
    ...mine.map(({ body }) => ({ ...body, reader: root.name })),
    ...theirs.map(({ body, domain, product }) => ({ ...body, reader: `${domain}.${product}` })),
  ];
}

const knownColumns = {
  id: products.id,
  domain: products.domain,
  product: products.product,
  version: products.version,
  owner: products.owner,
  title: sql<string | null>`${products.record} ->> 'title'`,
};

const knownOf = (row: {
  id: string;
  domain: string;
  product: string;
  version: string;
  owner: string | null;
  title: string | null;
}): Known => ({
  id: row.id,
  name: `${row.domain}.${row.product}`,
  title: row.title ?? undefined,
  owner: row.owner ?? undefined,
  version: row.version,
});

async function byName(db: Database, names: readonly string[]): Promise<Map<string, Known>> {
  if (names.length === 0) return new Map();
  const name = sql`${products.domain} || '.' || ${products.product}`;
  const rows = await db
    .select(knownColumns)
    .from(products)
    .where(inArray(name, [...names]));
  return new Map(rows.map((row) => [`${row.domain}.${row.product}`, knownOf(row)]));
}

const described = ({ id, name, title, owner, version }: Known) => ({
  id,
  name,
  kind: "product" as const,
  version,
  ...(title === undefined ? {} : { title }),
  ...(owner === undefined ? {} : { owner }),
});
