import { isDeepStrictEqual } from "node:util";
import { normalForm, readContract } from "@meshwork/contract";
import { changedSince, defaultBase, fileAt, filesAt, mergeBase, resolveRef } from "../git.ts";
import type { ProductGraph } from "../graph.ts";
import { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering, Refusal } from "../operation.ts";
import { contractIn } from "../places.ts";
import type { Product } from "../workspace.ts";

/** What would be run: a description reaches lint only, a schema its direct readers, SQL everyone the data reaches. */
export type AffectedVerb = "lint" | "typecheck" | "compat" | "build" | "test" | "check" | "publish" | "render";

export interface AffectedOptions extends OperationOptions {
  /** A commit, branch or tag; the default branch where absent. */
  readonly base?: string | undefined;
  readonly verb: AffectedVerb;
}

export interface AffectedProduct {
  readonly product: string;
  /** Why, in words: the file that changed, or the product it reads. */
  readonly because: string;
}

type Reach = "prose" | "promise" | "data";

/** The products that the changes since a commit reach, for one verb. */
export const affectedProducts = (options: AffectedOptions): Promise<OperationResult<readonly AffectedProduct[]>> =>
  answering([], async () => {
    const mesh = new LoadedMesh({ ...options, products: undefined });
    const { root } = mesh.workspace;
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
    const reached = new Map<string, string>();
    const add = (product: string, because: string) => {
      if (mesh.workspace.products.has(product) && !reached.has(product)) reached.set(product, because);
    };
    const graph = mesh.graph();
    for (const file of changedSince(root, base)) {
      for (const change of changesOf(mesh, base, file)) spread(change, options.verb, graph, add, file);
    }
    const results = [...reached]
      .map(([product, because]) => ({ product, because }))
      .sort((a, b) => (a.product < b.product ? -1 : 1));
    return {
      exitCode: 0,
      diagnostics: [],
      summary: { affected: results.length, products: mesh.workspace.products.size },
      results,
    };
  });

interface Change {
  readonly product: string;
  readonly reach: Reach;
}

/** Which products a file belongs to, and how far a change of it can reach. */
function changesOf(mesh: LoadedMesh, base: string, file: string): Change[] {
  const { workspace } = mesh;
  const all = [...workspace.products.values()];
  if (file === "mesh.yaml") return all.map((p) => ({ product: p.name, reach: "prose" }));
  const domain = [...workspace.domains.values()].find((d) => file.startsWith(`${d.directory}/`));
  if (!domain) return [];
  const owner = all
    .filter((p) => file.startsWith(`${p.directory}/`))
    .sort((a, b) => b.directory.length - a.directory.length)[0];
  if (!owner) {
    const gone = deletedProduct(mesh, base, file);
    if (gone) return [{ product: gone, reach: "data" }];
    const inDomain = all.filter((p) => p.domain === domain.name);
    if (file === domain.file) return inDomain.map((p) => ({ product: p.name, reach: "prose" }));
    const shared = /\/(dbt_project\.yml|macros\/.*|packages\.yml)$/.test(file) && !file.includes("/_mesh/");
    return shared ? inDomain.map((p) => ({ product: p.name, reach: "data" })) : [];
  }
  const within = file.slice(owner.directory.length + 1);
  if (file === owner.contractFile)
    return [{ product: owner.name, reach: promiseChanged(mesh, base, owner) ? "promise" : "prose" }];
  if (/^(contract\.(lock\.json|js|d\.ts)|\.mesh\/.*|README\.md|docs\/.*)$/.test(within)) return [];
  return [
    { product: owner.name, reach: /^(models|macros|seeds|snapshots|dbt_project\.yml)/.test(within) ? "data" : "prose" },
  ];
}

/** A description is prose; only what the normal form holds is a promise. */
function promiseChanged(mesh: LoadedMesh, base: string, product: Product): boolean {
  const before = fileAt(mesh.workspace.root, base, product.contractFile);
  if (before === undefined || !product.contract) return true;
  const old = readContract(
    { file: product.contractFile, text: before },
    { domain: product.domain, product: product.product },
  ).value;
  return old === undefined || !isDeepStrictEqual(normalForm(old), normalForm(product.contract));
}

/** A product whose contract lay in this file at the base and lies nowhere now. */
function deletedProduct(mesh: LoadedMesh, base: string, file: string): string | undefined {
  const [, domain, product, name] = file.split("/");
  if (!domain || !product || !name || contractIn([name]) === undefined) return undefined;
  return filesAt(mesh.workspace.root, base, [file]).includes(file) ? `${domain}.${product}` : undefined;
}

function spread(
  change: Change,
  verb: AffectedVerb,
  graph: ProductGraph,
  add: (product: string, because: string) => void,
  file: string,
): void {
  const moves = verb === "build" || verb === "test" || verb === "check";
  if (
    change.reach === "prose" &&
    !(verb === "lint" || verb === "publish" || verb === "render" || (moves && /\/tests\//.test(file)))
  )
    return;
  add(change.product, `${file} changed`);
  if (change.reach === "prose") return;
  if (change.reach === "promise")
    for (const reader of graph.downstream(change.product))
      add(reader, `reads ${change.product}, whose contract changed`);
  if (change.reach === "data" && moves)
    for (const reader of graph.reach(change.product)) add(reader, `gets data of ${change.product}`);
  if (change.reach === "data" && !moves)
    for (const reader of graph.downstream(change.product))
      if (!/\/models\/|\/seeds\/|\/macros\//.test(file)) add(reader, `reads ${change.product}`);
}
