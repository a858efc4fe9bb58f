import type { OutputPort } from "@meshwork/contract";
import { snakeName } from "@meshwork/contract";
import type { Span } from "@meshwork/diagnostics";
import { LineIndex } from "@meshwork/diagnostics";
import type { ModelDescription, ProjectNode } from "@meshwork/models";
import type { LoadedMesh } from "./load-mesh.ts";
import type { Product } from "./workspace.ts";

/**
 * How SQL reads a column: as (part of) a value, or to decide about rows and values. How TypeScript does: as a property, by
 * its name in a key or a text, or in a test.
 */
export type ReadKind =
  | "property"
  | "name"
  | "test"
  | "identity"
  | "transformation"
  | "aggregation"
  | "filter"
  | "join"
  | "group"
  | "sort"
  | "window"
  | "condition";

/** A model of one product that reads a column of another's port. */
export interface ColumnReader {
  readonly product: string;
  readonly model: string;
  readonly column: string;
  readonly kinds: readonly ReadKind[];
  /** The column's mention in the model's file that fits the port best; where there is none, the place that names the port. */
  readonly place: Span;
}

export interface PortReaders {
  /** Who reads a column of a port; of all its columns where none is named. By product, model and column. */
  readersOf(product: string, port: string, column?: string): readonly ColumnReader[];
  /** Models that read the port, and of which the engine does not tell which of its columns. */
  unknownOf(product: string, port: string): readonly { product: string; model: string; place: Span }[];
}

interface Root {
  readonly product: string;
  readonly port: string;
  readonly column: string;
}

/**
 * Which columns of ports the SQL of products really reads, at any of their models, not only those that reach a port.
 * A column that a model passes on with a star is read where somebody takes it from there.
 */
export function portReaders(
  mesh: LoadedMesh,
  products: readonly Product[],
  models: ReadonlyMap<string, ModelDescription>,
): PortReaders {
  const index = new ReaderIndex(mesh, models);
  for (const product of products) index.add(product);
  return index;
}

const keyOf = (product: string, port: string): string => `${product}.${snakeName(port)}`;

class ReaderIndex implements PortReaders {
  readonly #mesh: LoadedMesh;
  readonly #models: ReadonlyMap<string, ModelDescription>;
  readonly #readers = new Map<string, Map<string, { node: ProjectNode; column: string; kinds: Set<ReadKind> }>>();
  readonly #unknown = new Map<string, Map<string, { product: string; model: string; place: Span }>>();
  readonly #texts = new Map<ProjectNode, string>();
  /** Models that build ports: in a project of its own domain a port is read as a model. */
  readonly #ports = new Map<string, { product: string; port: string }>();

  constructor(mesh: LoadedMesh, models: ReadonlyMap<string, ModelDescription>) {
    this.#mesh = mesh;
    this.#models = models;
    for (const product of mesh.workspace.products.values())
      for (const port of product.contract?.ports ?? []) {
        const node = mesh.projects.modelOf(product, port);
        if (node) this.#ports.set(node.id, { product: product.name, port: port.name });
      }
  }

  add(product: Product): void {
    const built = new Map<string, OutputPort>();
    for (const port of product.contract?.ports ?? []) {
      const node = this.#mesh.projects.modelOf(product, port);
      if (node) built.set(node.id, port);
    }
    for (const node of this.#mesh.projects.nodesOf(product)) {
      if (node.resourceType === "test") continue;
      const described = this.#models.get(node.id);
      if (described === undefined || described.indirect === undefined) this.#missing(node);
      const promised = built.get(node.id)?.columns.map((c) => c.name.toLowerCase());
      for (const origin of described?.indirect ?? []) this.#read(node, origin);
      for (const column of described?.columns ?? []) {
        if (column.origins === undefined || column.indirect === undefined) this.#missing(node);
        for (const origin of column.indirect ?? []) this.#read(node, origin);
        const passed = !promised?.includes(column.name.toLowerCase());
        for (const origin of column.origins ?? [])
          if (!passed || origin.kind !== "identity" || this.#names(node, origin.column)) this.#read(node, origin);
      }
    }
  }

  readersOf(product: string, port: string, column?: string): readonly ColumnReader[] {
    const all = [...(this.#readers.get(keyOf(product, port))?.values() ?? [])];
    return all
      .filter((r) => column === undefined || r.column.toLowerCase() === column.toLowerCase())
      .filter((r, _, all) => !all.some((other) => this.#inlines(r.node, other.node, r.column, other.column)))
      .map(({ node, column: name, kinds }) => ({
        product: node.product!,
        model: node.name,
        column: name,
        kinds: [...kinds].sort(),
        place: this.#placeOf(node, name, product, port),
      }))
      .sort((a, b) => order(a.product, b.product) || order(a.model, b.model) || order(a.column, b.column));
  }

  unknownOf(product: string, port: string): readonly { product: string; model: string; place: Span }[] {
    return [...(this.#unknown.get(keyOf(product, port))?.values() ?? [])];
  }

  #read(node: ProjectNode, origin: { upstream: string; column: string; kind: ReadKind }): void {
    for (const root of this.#rootsOf(node, origin.upstream, origin.column)) {
      const key = keyOf(root.product, root.port);
      const readers = this.#readers.get(key) ?? new Map<string, never>();
      const reader = readers.get(`${node.id} ${root.column.toLowerCase()}`);
      if (reader) reader.kinds.add(origin.kind);
      else
        readers.set(`${node.id} ${root.column.toLowerCase()}`, {
          node,
          column: root.column,
          kinds: new Set([origin.kind]),
        });
      this.#readers.set(key, readers);
    }
  }

  /** The port column behind an upstream's column: itself, or what a model of the reader passes on with a star. */
  #rootsOf(reader: ProjectNode, upstream: string, column: string): readonly Root[] {
    const port = this.#portBehind(reader, upstream);
    if (port) return [{ ...port, column }];
    const described = this.#models.get(upstream);
    const origins = described?.columns.find((c) => c.name.toLowerCase() === column.toLowerCase())?.origins ?? [];
    return origins.flatMap((o) =>
      // Otherwise that model is the reader.
      o.kind === "identity" && !this.#names(described!.node, o.column)
        ? this.#rootsOf(reader, o.upstream, o.column)
        : [],
    );
  }

  #portBehind(reader: ProjectNode, upstream: string): { product: string; port: string } | undefined {
    if (upstream.startsWith("port:")) {
      const [domain, product, port] = upstream.slice("port:".length).split(".");
      return domain && product && port ? { product: `${domain}.${product}`, port } : undefined;
    }
    const port = this.#ports.get(upstream);
    return port?.product === reader.product ? undefined : port;
  }

  /** Whether a model reads a column only in the SQL of an ephemeral one, which is told of anyway. */
  #inlines(node: ProjectNode, other: ProjectNode, column: string, otherColumn: string): boolean {
    if (other === node || other.config.materialized !== "ephemeral" || column !== otherColumn) return false;
    if (other.product !== node.product || this.#names(node, column)) return false;
    const parents = (n: ProjectNode): ProjectNode[] =>
      n.dependencies.flatMap((d) => {
        const parent = d.kind === "node" ? this.#models.get(d.id)?.node : undefined;
        return parent?.config.materialized === "ephemeral" ? [parent, ...parents(parent)] : [];
      });
    return parents(node).includes(other);
  }

  #missing(node: ProjectNode): void {
    for (const d of node.dependencies) {
      const port = d.kind === "port" ? d : d.kind === "node" ? this.#portBehind(node, d.id) : undefined;
      if (port === undefined || port.product === node.product) continue;
      const key = keyOf(port.product, port.port);
      const all = this.#unknown.get(key) ?? new Map<string, never>();
      all.set(node.id, { product: node.product!, model: node.name, place: d.place });
      this.#unknown.set(key, all);
    }
  }

  #names(node: ProjectNode, column: string): boolean {
    return mentions(this.#textOf(node), column).length > 0;
  }

  /** A model's text without its comments, which keep their length. */
  #textOf(node: ProjectNode): string {
    let text = this.#texts.get(node);
    if (text === undefined) {
      text = node.resourceType === "seed" ? "" : node.source.replace(comments, (m) => m.replace(/[^\n]/g, " "));
      this.#texts.set(node, text);
    }
    return text;
  }

  #placeOf(node: ProjectNode, column: string, product: string, port: string): Span {
    const text = this.#textOf(node);
    const at = mentionOf(text, column, snakeName(port));
    if (at !== undefined) {
      const { line, column: start } = new LineIndex(text).position(at);
      return { file: node.file, line, column: start, endLine: line, endColumn: start + column.length };
    }
    const named = node.dependencies.find((d) => {
      const read = d.kind === "port" ? d : d.kind === "node" ? this.#portBehind(node, d.id) : undefined;
      return read?.product === product && snakeName(read.port) === snakeName(port);
    });
    return named?.place ?? node.place;
  }
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const comments = /--[^\n]*|\/\*[\s\S]*?\*\/|\{#[\s\S]*?#\}/g;
const strings = /'[^'\n]*'/g;

/** The places where SQL names a column: outside of strings, or else in those that a macro takes. */
function mentions(text: string, column: string): readonly number[] {
  const name = column.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const all = new RegExp(`(?<![\\w$])${name}(?![\\w$])`, "gi");
  const places = (within: string) => [...within.matchAll(all)].map((m) => m.index);
  const bare = places(text.replace(strings, (m) => " ".repeat(m.length)));
  return bare.length > 0 ? bare : places(text);
}

/** The place that most likely means the port's column: by the alias that the port has, or the nearest to the port's name. */
function mentionOf(text: string, column: string, port: string): number | undefined {
  const all = mentions(text, column);
  if (all.length < 2) return all[0];
  const refs = [...text.matchAll(new RegExp(`\\{\\{[^{}]*['"]${port}['"][^{}]*\\}\\}(?:\\s+as)?\\s+(\\w+)`, "gi"))];
  for (const alias of refs.map((m) => m[1]!.toLowerCase())) {
    const before = `${alias}.`;
    const found = all.find((at) => text.slice(at - before.length, at).toLowerCase() === before);
    if (found !== undefined) return found;
  }
  const distance = (at: number) => Math.min(...refs.map((m) => Math.abs(m.index - at)));
  return refs.length === 0 ? all[0] : all.reduce((best, at) => (distance(at) < distance(best) ? at : best));
}
