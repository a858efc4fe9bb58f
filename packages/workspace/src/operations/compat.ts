import type { Level } from "@meshwork/compatibility";
import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import { describeProducts } from "../describe.ts";
import { columnGraph } from "../column-graph.ts";
import { baselineOf, deletedContracts, movedText } from "../baseline.ts";
import { fileAt } from "../git.ts";
import { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering } from "../operation.ts";
import type { Product } from "../workspace.ts";
import type { DiffResult, Usable } from "./diff.ts";
import { grade, gradeRemoval, modeOf } from "./diff.ts";

export interface CompatOptions extends OperationOptions {
  /** A commit, branch or tag; the default branch where absent. The merge base with it is what counts. */
  readonly base?: string | undefined;
}

export interface AffectedConsumer {
  readonly product: string;
  readonly owner: string | null;
  /** Columns of the changed product whose values reach this consumer's ports; empty where that is not known. */
  readonly columns: readonly string[];
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
      const consumers = await consumersOf(old!, mesh, then.name, options.signal);
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
  product: string,
  signal: AbortSignal | undefined,
): Promise<AffectedConsumer[]> {
  const names = [...new Set([...old.graph().downstream(product), ...now.graph().downstream(product)])].sort();
  const readersIn = (mesh: LoadedMesh) => names.flatMap((n) => mesh.workspace.products.get(n) ?? []);
  const { flows } = await columnGraph(old, readersIn(old));
  const was = new Set((await errorsIn(old, readersIn(old), signal)).map(textOf));
  const broken = (await errorsIn(now, readersIn(now), signal)).filter((d) => !was.has(textOf(d)));
  return names.map((name) => {
    const columns = flows.filter((f) => f.from.product === product && f.to.product === name).map((f) => f.from.column);
    return {
      product: name,
      owner: now.workspace.products.get(name)?.contract?.owner ?? null,
      columns: [...new Set(columns)].sort(),
      breaks: broken.filter((d) => d.product === name),
    };
  });
}

/** What is wrong with the SQL of products, held against the contracts of a mesh. */
async function errorsIn(mesh: LoadedMesh, products: readonly Product[], signal?: AbortSignal): Promise<Diagnostic[]> {
  const found: Diagnostic[] = [...mesh.projects.all(products)].flatMap((p) => [...p.diagnostics]);
  await describeProducts(mesh, products, { signal, report: (more) => found.push(...more) });
  return found.filter((d) => d.severity === "error");
}

const textOf = (d: Diagnostic): string => `${d.code} ${d.span?.file}:${d.span?.line}:${d.span?.column} ${d.message}`;
