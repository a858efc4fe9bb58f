import type { Level } from "@meshwork/compatibility";
import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import { readContract } from "@meshwork/contract";
import { describeProducts } from "../describe.ts";
import { columnGraph } from "../column-graph.ts";
import { changedSince, defaultBase, fileAt, filesAt, mergeBase, resolveRef } from "../git.ts";
import { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering, Refusal } from "../operation.ts";
import { contractIn } from "../places.ts";
import type { Product } from "../workspace.ts";
import type { DiffResult, Usable } from "./diff.ts";
import { grade, modeOf } from "./diff.ts";

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
    const { root } = workspace;
    const name = options.base ?? defaultBase(root);
    const tip = name === undefined ? undefined : resolveRef(root, name);
    if (name === undefined || tip === undefined) {
      throw new Refusal(
        name === undefined
          ? "Nothing to compare with: no main branch is known here.\nName a commit with --base."
          : `git knows no "${name}" here.\nName a commit, branch or tag with --base.`,
      );
    }
    const base = mergeBase(root, tip) ?? tip;
    const changed = new Set(changedSince(root, base));
    const found: Diagnostic[] = [];
    const results: ProductCompat[] = [];
    const mode = modeOf(workspace.mesh.compatibility.mode);
    const before = new Map<string, string>();
    for (const product of mesh.chosen) {
      if (!changed.has(product.contractFile)) continue;
      const text = fileAt(root, base, product.contractFile) ?? movedText(root, base, product);
      if (text !== undefined) before.set(product.contractFile, text);
    }
    // Consumers are bound twice: against what was promised, to see what they read, and against what is promised now.
    const old = before.size === 0 ? undefined : new LoadedMesh({ ...options, products: undefined }, before);
    for (const product of mesh.chosen) {
      if (!before.has(product.contractFile)) continue;
      const then = old?.workspace.products.get(product.name);
      if (!product.contract || !then?.contract) {
        found.push(...product.read.diagnostics.filter((d) => d.severity === "error"));
        continue;
      }
      const graded = grade(then.read as Usable, product.read as Usable, {
        direction: "output",
        mode,
        today: mesh.today,
        product: product.name,
      });
      if (graded.result.changes.length === 0) continue;
      found.push(...graded.diagnostics);
      const consumers = await consumersOf(old!, mesh, product, options.signal);
      results.push({
        ...graded.result,
        product: product.name,
        consumers,
        unknownConsumers: product.contract.access.roles.length > 0,
      });
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
  product: Product,
  signal: AbortSignal | undefined,
): Promise<AffectedConsumer[]> {
  const names = now.graph().downstream(product.name);
  const readers = (mesh: LoadedMesh) => names.flatMap((n) => mesh.workspace.products.get(n) ?? []);
  const { flows } = await columnGraph(old, readers(old));
  const out: AffectedConsumer[] = [];
  for (const name of names) {
    const reader = now.workspace.products.get(name);
    const breaks: Diagnostic[] = [];
    if (reader)
      await describeProducts(now, [reader], {
        signal,
        report: (found) => breaks.push(...found.filter((d) => d.severity === "error")),
      });
    const columns = flows
      .filter((f) => f.from.product === product.name && f.to.product === name)
      .map((f) => f.from.column);
    out.push({ product: name, owner: reader?.contract?.owner ?? null, columns: [...new Set(columns)].sort(), breaks });
  }
  return out;
}

/** A product whose folder moved keeps its id: the contract with the same id at the base is what it was. */
function movedText(root: string, base: string, product: Product): string | undefined {
  const id = product.contract?.id;
  if (id === undefined || id === `${product.domain}.${product.product}`) return undefined;
  for (const file of filesAt(root, base, ["domains"])) {
    if (contractIn([file.split("/").at(-1)!]) === undefined) continue;
    const text = fileAt(root, base, file);
    if (text?.includes(id) && readContract({ file, text }).value?.id === id) return text;
  }
  return undefined;
}
