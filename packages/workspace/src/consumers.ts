import type { Diagnostic } from "@meshwork/diagnostics";
import type { ColumnReader, PortReaders } from "./column-readers.ts";
import { portReaders } from "./column-readers.ts";
import { describeProducts } from "./describe.ts";
import type { LoadedMesh } from "./load-mesh.ts";
import type { Touched } from "./operations/diff.ts";
import { portMismatches } from "./operations/typecheck.ts";
import type { TypeScriptReading } from "./typescript-readers.ts";
import { typeScriptReading } from "./typescript-readers.ts";
import type { FormerTexts, Product } from "./workspace.ts";

export interface AffectedConsumer {
  readonly product: string;
  readonly owner: string | null;
  /** Columns of the changed product that its SQL reads, as values or to decide about rows; empty where that is not known. */
  readonly columns: readonly string[];
  /** Where it reads what a major change takes away or alters; empty where it reads other columns only. */
  readonly reads: readonly ColumnReader[];
  /** Models that read the product, and of which the engine does not tell which columns; places where TypeScript takes whole rows. */
  readonly unknown: readonly string[];
  /** What of its SQL no longer binds against the new contract, with file and line; empty where it goes on working. */
  readonly breaks: readonly Diagnostic[];
}

/** The SQL of some products, held against the contracts of a mesh. */
export interface BoundConsumers {
  readonly mesh: LoadedMesh;
  readonly readers: PortReaders;
  readonly errors: readonly Diagnostic[];
  /** Files as they were, for TypeScript. */
  readonly texts?: FormerTexts | undefined;
}

/** Binds the models of products, as far as a mesh has them. */
export async function bindConsumers(
  mesh: LoadedMesh,
  names: Iterable<string>,
  options: { readonly signal?: AbortSignal | undefined; readonly texts?: FormerTexts | undefined } = {},
): Promise<BoundConsumers> {
  const { signal, texts } = options;
  const products = [...names].flatMap((name) => mesh.workspace.products.get(name) ?? []);
  const found: Diagnostic[] = [...mesh.projects.all(products)].flatMap((p) => [...p.diagnostics]);
  const models = await describeProducts(mesh, products, { signal, report: (more) => found.push(...more) });
  for (const product of products) found.push(...portMismatches(mesh, product, models));
  return {
    mesh,
    readers: portReaders(mesh, products, models),
    errors: found.filter((d) => d.severity === "error"),
    texts,
  };
}

/**
 * The same SQL against three pairs of texts. `now`: what is there. `held`: today's SQL against the contracts as they
 * were, which shows what still reads what is gone. `before`: all as it was.
 */
export interface ConsumerViews {
  readonly before: BoundConsumers;
  readonly held: BoundConsumers;
  readonly now: BoundConsumers;
}

/** Who reads a product: the columns they took from what it was, and what of their SQL breaks on what it is. */
export function consumersOf(
  { held, now }: ConsumerViews,
  product: Product,
  names: readonly string[],
  touched: readonly Touched[],
): AffectedConsumer[] {
  const was = new Set(held.errors.map(textOf));
  const broken = now.errors.filter((d) => !was.has(textOf(d)));
  return names.map((name) => {
    const own = readingOf(held, product, name);
    const unknown = readsUnknown(held, product, name);
    // What does not bind against the former contract reads what is new: the new one tells what.
    const fresh = readingOf(now, product, name).filter((r) => unknown.includes(r.reader.model));
    const stillUnknown = unknown.filter((model) => readsUnknown(now, product, name).includes(model));
    const all = [...own, ...fresh];
    return {
      product: name,
      owner: ownerOfConsumer(now.mesh, name),
      columns: [...new Set(all.map((r) => r.reader.column))].sort(),
      reads: all
        .filter((r) => hits(touched, r.port, r.reader.column))
        .map(({ reader }) => {
          // Where the engine stumbles is the place itself.
          const stumble = broken.find(
            (d) => d.product === name && d.span?.file === reader.place.file && d.message.includes(`"${reader.column}"`),
          );
          return stumble?.span ? { ...reader, place: stumble.span } : reader;
        }),
      unknown: stillUnknown,
      breaks: broken.filter((d) => d.product === name),
    };
  });
}

/** What one product's SQL, or a package's TypeScript, reads of a product's ports. */
export function readingOf(
  view: BoundConsumers,
  product: Product,
  consumer: string,
): { port: string; reader: ColumnReader }[] {
  const ports = product.contract?.ports ?? [];
  const script = scriptOf(view, product, consumer);
  if (script)
    return script.reads.flatMap((reader) =>
      ports.filter((p) => p.columns.some((c) => c.name === reader.column)).map((p) => ({ port: p.name, reader })),
    );
  return ports.flatMap(({ name: port }) =>
    view.readers
      .readersOf(product.name, port)
      .filter((reader) => reader.product === consumer)
      .map((reader) => ({ port, reader })),
  );
}

/** Models of a product, or files of a package, that read another's ports, and of which is not known which columns. */
export function readsUnknown(view: BoundConsumers, product: Product, consumer: string): string[] {
  const script = scriptOf(view, product, consumer);
  if (script) return script.whole.map(({ what, place }) => `${place.file}:${place.line} (${what})`);
  return (product.contract?.ports ?? []).flatMap(({ name: port }) =>
    view.readers.unknownOf(product.name, port).flatMap((u) => (u.product === consumer ? [u.model] : [])),
  );
}

function scriptOf({ mesh, texts }: BoundConsumers, product: Product, consumer: string): TypeScriptReading | undefined {
  const found = mesh.consumers().find((c) => c.name === consumer);
  if (!found) return undefined;
  const imports = found.imports.some((i) => i.product === product.name);
  return imports ? typeScriptReading(mesh.workspace.root, found, product, texts) : { reads: [], whole: [] };
}

/** Who answers for a product, or for a TypeScript package of a domain. */
export function ownerOfConsumer(mesh: LoadedMesh, name: string): string | null {
  const { products, domains } = mesh.workspace;
  const script = products.has(name) ? undefined : mesh.consumers().find((c) => c.name === name);
  const domain = script && [...domains.values()].find((d) => script.directory.startsWith(`${d.directory}/`));
  return (script ? domain?.value?.owner : products.get(name)?.contract?.owner) ?? null;
}

/** Whether a column is among what changed. */
export const hits = (touched: readonly Touched[], port: string, column: string): boolean =>
  touched.some((t) => (t.port ?? port) === port && (t.column === undefined || within(t.column, column)));

/** A change below a column (`lines.sku`, `tags[]`) is a change of the column. */
const within = (changed: string, column: string): boolean => {
  const [a, b] = [changed.toLowerCase(), column.toLowerCase()];
  return a === b || a.startsWith(`${b}.`) || a.startsWith(`${b}[`) || a.startsWith(`${b}{`);
};

const textOf = (d: Diagnostic): string => `${d.code} ${d.span?.file}:${d.span?.line}:${d.span?.column} ${d.message}`;
