import { isDeepStrictEqual } from "node:util";
import { normalForm, readContract } from "@meshwork/contract";
import { baselineOf, deletedContracts } from "../baseline.ts";
import { fileAt } from "../git.ts";
import type { ProductGraph } from "../graph.ts";
import { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering } from "../operation.ts";
import { placeOfContract } from "../places.ts";
import type { Product, Workspace } from "../workspace.ts";

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

/**
 * What a change reaches: the product itself, who reads it directly, and everyone whom its data gets to. The same as what
 * `nx affected` selects by the inputs of its targets.
 */
const data = ["build", "test", "check", "publish"] as const;
const sql = ["lint", "typecheck", ...data] as const;
const every = [...sql, "compat", "render"] as const;
const reaches = {
  /** Text that promises nothing. */
  prose: { own: ["lint", "publish", "render"], readers: [], further: [] },
  /** A promise apart from columns: who relies on it may have to say so. */
  promise: { own: every, readers: ["lint"], further: [] },
  schema: { own: every, readers: sql, further: [] },
  /** Models, seeds, macros: what the data is made by. */
  models: { own: sql, readers: data, further: data },
  tests: { own: sql, readers: [], further: [] },
  domain: { own: ["lint", "compat", ...data, "render"], readers: [], further: [] },
  mesh: { own: every, readers: [], further: [] },
  removal: { own: [], readers: sql, further: data },
} as const satisfies Record<string, Record<"own" | "readers" | "further", readonly AffectedVerb[]>>;

type Reach = keyof typeof reaches;

/** The products that the changes since a commit reach, for one verb. */
export const affectedProducts = (options: AffectedOptions): Promise<OperationResult<readonly AffectedProduct[]>> =>
  answering([], async () => {
    const everything = { ...options, products: undefined };
    const mesh = new LoadedMesh(everything);
    const baseline = baselineOf(mesh.workspace.root, options.base);
    const deleted = deletedContracts(mesh.workspace, baseline);
    // Who read a product that is gone shows only where it is still there.
    const graph = (deleted.size === 0 ? mesh : new LoadedMesh(everything, { contracts: deleted })).graph();
    const reached = new Map<string, string>();
    const add = (product: string, because: string) => {
      if (mesh.workspace.products.has(product) && !reached.has(product)) reached.set(product, because);
    };
    for (const file of baseline.changed) {
      for (const change of changesOf(mesh, baseline.commit, deleted, file))
        spread(change, options.verb, graph, add, file);
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

/** Which products a file belongs to, and what a change of it is to them. */
function changesOf(
  { workspace }: LoadedMesh,
  base: string,
  deleted: ReadonlyMap<string, string>,
  file: string,
): Change[] {
  const all = [...workspace.products.values()];
  const forAll = (products: readonly Product[], reach: Reach) => products.map((p) => ({ product: p.name, reach }));
  if (deleted.has(file)) return [{ product: placeOfContract(file, workspace.places.domains).name, reach: "removal" }];
  if (file === "mesh.yaml") return forAll(all, "mesh");
  const domain = [...workspace.domains.values()].find((d) => file.startsWith(`${d.directory}/`));
  if (!domain || file.startsWith(`${domain.directory}/_mesh/`)) return [];
  const inDomain = all.filter((p) => p.domain === domain.name);
  if (file === domain.file) return forAll(inDomain, "domain");
  const owner = inDomain
    .filter((p) => file.startsWith(`${p.directory}/`))
    .sort((a, b) => b.directory.length - a.directory.length)[0];
  if (owner && file === owner.contractFile)
    return [{ product: owner.name, reach: reachOfContract(workspace, base, owner) }];
  const within = file.slice((owner ?? domain).directory.length + 1);
  // A domain is one dbt project: a macro is everybody's, wherever it lies.
  if (/^(dbt_project\.yml|packages\.yml|macros\/)/.test(within)) return forAll(inDomain, "models");
  if (!owner) return [];
  if (/^(models|seeds|snapshots)\//.test(within)) return [{ product: owner.name, reach: "models" }];
  if (within.startsWith("tests/")) return [{ product: owner.name, reach: "tests" }];
  return within === "infrastructure.yaml" ? [{ product: owner.name, reach: "prose" }] : [];
}

/** A description is prose; only what the normal form holds is a promise, and only its ports are what others read. */
function reachOfContract(workspace: Workspace, base: string, product: Product): Reach {
  const text = fileAt(workspace.root, base, product.contractFile);
  if (text === undefined || !product.authored) return "schema";
  const place = { domain: product.domain, product: product.product };
  const before = readContract({ file: product.contractFile, text }, place).value;
  if (!before) return "schema";
  const [was, is] = [normalForm(before), normalForm(product.authored)];
  if (isDeepStrictEqual(was, is)) return "prose";
  return isDeepStrictEqual([was.ports, was.version], [is.ports, is.version]) ? "promise" : "schema";
}

function spread(
  change: Change,
  verb: AffectedVerb,
  graph: ProductGraph,
  add: (product: string, because: string) => void,
  file: string,
): void {
  const takes = (who: keyof (typeof reaches)[Reach]) =>
    (reaches[change.reach][who] as readonly AffectedVerb[]).includes(verb);
  if (takes("own")) add(change.product, `${file} changed`);
  const gone = change.reach === "removal" ? "is gone" : "changed";
  if (takes("readers"))
    for (const reader of graph.downstream(change.product)) add(reader, `reads ${change.product}, which ${gone}`);
  if (takes("further")) for (const reader of graph.reach(change.product)) add(reader, `gets data of ${change.product}`);
}
