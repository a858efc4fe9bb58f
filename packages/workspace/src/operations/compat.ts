import type { Level } from "@meshwork/compatibility";
import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import { describeProducts } from "../describe.ts";
import type { ColumnReader } from "../column-readers.ts";
import { portReaders } from "../column-readers.ts";
import { baselineOf, deletedContracts, movedText } from "../baseline.ts";
import { fileAt } from "../git.ts";
import { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering } from "../operation.ts";
import type { Product } from "../workspace.ts";
import type { DiffResult, Touched, Usable } from "./diff.ts";
import { grade, gradeRemoval, modeOf } from "./diff.ts";

export interface CompatOptions extends OperationOptions {
  /** A commit, branch or tag; the default branch where absent. The merge base with it is what counts. */
  readonly base?: string | undefined;
}

export interface AffectedConsumer {
  readonly product: string;
  readonly owner: string | null;
  /** Columns of the changed product that its SQL reads, as values or to decide about rows; empty where that is not known. */
  readonly columns: readonly string[];
  /** Where it reads what a major change takes away or alters; empty where it reads other columns only. */
  readonly reads: readonly ColumnReader[];
  /** Models that read the product, and of which the engine does not tell which columns. */
  readonly unknown: readonly string[];
  /** What of its SQL no longer binds against the new contract, with file and line; empty where it goes on working. */
  readonly breaks: readonly Diagnostic[];
}

export interface ProductCompat extends DiffResult {
  readonly product: string;
  readonly consumers: readonly AffectedConsumer[];
  /** True where the contract lets others in whom the repository does not see. */
  readonly unknownConsumers: boolean;
}

/** Every product that differs from the base, graded, with those who read it. */
export const compat = (options: CompatOptions): Promise<OperationResult<readonly ProductCompat[]>> =>
  answering([], async () => {
    const mesh = new LoadedMesh(options);
    const { workspace } = mesh;
    const baseline = baselineOf(workspace.root, options.base);
    const found: Diagnostic[] = [];
    const results: ProductCompat[] = [];
    const before = new Map<string, string>();
    const changed = new Set(baseline.changed);
    for (const product of mesh.chosen) {
      if (!changed.has(product.contractFile)) continue;
      const text =
        fileAt(workspace.root, baseline.commit, product.contractFile) ?? movedText(workspace, baseline, product);
      if (text !== undefined) before.set(product.contractFile, text);
    }
    const deleted = options.products ? new Map<string, string>() : deletedContracts(workspace, baseline);
    // Consumers are bound twice: against what was promised, to see what they read, and against what is promised now.
    const old =
      before.size + deleted.size === 0
        ? undefined
        : new LoadedMesh({ ...options, products: undefined }, new Map([...before, ...deleted]));
    const gradeAt = {
      direction: "output",
      mode: modeOf(workspace.mesh.compatibility.mode),
      today: mesh.today,
    } as const;
    const add = async (then: Product, graded: ReturnType<typeof grade>) => {
      if (graded.result.changes.length === 0) return;
      found.push(...graded.diagnostics);
      const consumers = await consumersOf(old!, mesh, then, graded.touched, options.signal);
      const unknownConsumers = then.contract!.access.roles.length > 0;
      results.push({ ...graded.result, product: then.name, consumers, unknownConsumers });
    };
    for (const product of mesh.chosen) {
      if (!before.has(product.contractFile)) continue;
      const then = old?.workspace.products.get(product.name);
      if (!product.contract || !then?.contract) {
        found.push(...product.read.diagnostics.filter((d) => d.severity === "error"));
        continue;
      }
      await add(then, grade(then.read as Usable, product.read as Usable, { ...gradeAt, product: product.name }));
    }
    const ids = new Set([...workspace.products.values()].map((p) => p.contract?.id));
    for (const then of old?.workspace.products.values() ?? []) {
      if (!deleted.has(then.contractFile) || !then.contract || ids.has(then.contract.id)) continue;
      await add(then, gradeRemoval(then.read as Usable, { ...gradeAt, product: then.name }));
    }
    const diagnostics = mesh.settle(found);
    const count = (level: Level) => results.reduce((n, r) => n + r.changes.filter((c) => c.level === level).length, 0);
    return {
      exitCode: hasErrors(diagnostics) ? 1 : 0,
      diagnostics,
      summary: {
        products: workspace.products.size,
        changed: results.length,
        major: count("major"),
        minor: count("minor"),
        patch: count("patch"),
      },
      results,
    };
  });

/** Who reads a product: the columns they took from what it was, and what of their SQL breaks on what it is. */
async function consumersOf(
  old: LoadedMesh,
  now: LoadedMesh,
  then: Product,
  touched: readonly Touched[],
  signal: AbortSignal | undefined,
): Promise<AffectedConsumer[]> {
  const product = then.name;
  const names = [...new Set([...old.graph().downstream(product), ...now.graph().downstream(product)])].sort();
  const readersIn = (mesh: LoadedMesh) => names.flatMap((n) => mesh.workspace.products.get(n) ?? []);
  const before = await bound(old, readersIn(old), signal);
  const was = new Set(before.errors.map(textOf));
  const broken = (await bound(now, readersIn(now), signal)).errors.filter((d) => !was.has(textOf(d)));
  const index = portReaders(old, readersIn(old), before.models);
  const ports = then.contract?.ports.map((p) => p.name) ?? [];
  const readers = ports.flatMap((port) => index.readersOf(product, port).map((reader) => ({ port, reader })));
  const hit = (port: string, column: string): boolean =>
    touched.some((t) => (t.port ?? port) === port && (t.column === undefined || within(t.column, column)));
  return names.map((name) => {
    const own = readers.filter((r) => r.reader.product === name);
    return {
      product: name,
      owner: now.workspace.products.get(name)?.contract?.owner ?? null,
      columns: [...new Set(own.map((r) => r.reader.column))].sort(),
      reads: own
        .filter((r) => hit(r.port, r.reader.column))
        .map(({ reader }) => {
          // Where the engine stumbles is the place itself.
          const stumble = broken.find(
            (d) => d.product === name && d.span?.file === reader.place.file && d.message.includes(`"${reader.column}"`),
          );
          return stumble?.span ? { ...reader, place: stumble.span } : reader;
        }),
      unknown: ports.flatMap((p) => index.unknownOf(product, p).flatMap((u) => (u.product === name ? [u.model] : []))),
      breaks: broken.filter((d) => d.product === name),
    };
  });
}

/** The models of products, held against the contracts of a mesh, and what is wrong with them. */
async function bound(mesh: LoadedMesh, products: readonly Product[], signal?: AbortSignal) {
  const found: Diagnostic[] = [...mesh.projects.all(products)].flatMap((p) => [...p.diagnostics]);
  const models = await describeProducts(mesh, products, { signal, report: (more) => found.push(...more) });
  return { models, errors: found.filter((d) => d.severity === "error") };
}

/** A change below a column (`lines.sku`, `tags[]`) is a change of the column. */
const within = (changed: string, column: string): boolean => {
  const [a, b] = [changed.toLowerCase(), column.toLowerCase()];
  return a === b || a.startsWith(`${b}.`) || a.startsWith(`${b}[`) || a.startsWith(`${b}{`);
};

const textOf = (d: Diagnostic): string => `${d.code} ${d.span?.file}:${d.span?.line}:${d.span?.column} ${d.message}`;
