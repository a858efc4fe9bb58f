import type { Level } from "@meshwork/compatibility";
import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import { readContract } from "@meshwork/contract";
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
  /** Columns of the changed product that this consumer reads, by its SQL; empty where that is not known. */
  readonly columns: readonly string[];
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
    for (const product of mesh.chosen) {
      if (!changed.has(product.contractFile)) continue;
      const text = fileAt(root, base, product.contractFile) ?? movedText(root, base, product);
      const before =
        text === undefined
          ? undefined
          : readContract({ file: product.contractFile, text }, { domain: product.domain, product: product.product });
      if (!product.contract || !before?.value) {
        found.push(...product.read.diagnostics.filter((d) => d.severity === "error"));
        continue;
      }
      const graded = grade(before as Usable, product.read as Usable, {
        direction: "output",
        mode,
        today: mesh.today,
        product: product.name,
      });
      if (graded.result.changes.length === 0) continue;
      found.push(...graded.diagnostics);
      results.push({
        ...graded.result,
        product: product.name,
        consumers: await consumersOf(mesh, product),
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

/** Who reads a product, with the columns that their SQL takes from it. */
async function consumersOf(mesh: LoadedMesh, product: Product): Promise<AffectedConsumer[]> {
  const names = mesh.graph().downstream(product.name);
  const readers = names.flatMap((n) => mesh.workspace.products.get(n) ?? []);
  const { flows } = await columnGraph(mesh, readers);
  return names.map((n) => ({
    product: n,
    owner: mesh.workspace.products.get(n)?.contract?.owner ?? null,
    columns: [
      ...new Set(flows.filter((f) => f.from.product === product.name && f.to.product === n).map((f) => f.from.column)),
    ].sort(),
  }));
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
