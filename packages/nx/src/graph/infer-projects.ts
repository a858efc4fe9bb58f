import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CreateNodes, CreateNodesResultArray, ProjectConfiguration } from "@nx/devkit";
import { FactCache } from "./fact-cache.ts";
import type { DomainFolder } from "./places.ts";
import { domainFolder } from "./places.ts";
import type { ContractFacts, ProductFacts, Upstream } from "./product-facts.ts";
import { baseOf, inCycles, productFacts, upstreamOf } from "./product-facts.ts";
import { productTargets } from "./product-targets.ts";
import type { SqlRef } from "./sql-refs.ts";

/** `plugins: [{ plugin: "@meshwork/nx", options: { … } }]` in nx.json. */
export interface PluginOptions {
  /** Files whose change makes every result worth nothing: the sources of the tools, where those are developed beside the mesh. */
  readonly toolInputs?: readonly string[] | undefined;
}

/** What the plugin leaves in a project's metadata, for its other hook and for tools. */
export interface MeshMetadata {
  readonly product: string;
  readonly upstream: readonly Upstream[];
  readonly owner?: string | undefined;
  readonly error?: string | undefined;
}

/**
 * Data products as projects. The glob matches domains and not contracts: a changed file that matches selects every
 * task of its projects, and a comment in a contract must not. Contracts that cannot be read become projects too, so
 * that `lint` can say why; nothing here throws for what a file says.
 */
export const createNodes: CreateNodes<PluginOptions> = [
  "domains/*/domain.yaml",
  async (files, options, context) => {
    const root = context.workspaceRoot;
    const caches = {
      contracts: new FactCache<ContractFacts>(root, "contracts-2"),
      refs: new FactCache<readonly SqlRef[]>(root, "refs-2"),
    };
    const domains = files.map((file) => domainFolder(root, file));
    const facts: ProductFacts[] = [];
    for (const domain of domains)
      for (const product of domain.products)
        for (const place of [product, ...product.versions]) facts.push(await productFacts(root, place, caches));
    caches.contracts.save();
    caches.refs.save();

    const upstream = upstreamOf(facts);
    const cyclic = inCycles(upstream);
    const byName = new Map(facts.map((f) => [f.place.name, f]));
    const folders = new Map(facts.map((f) => [f.place.name, f.place.directory]));
    const results: CreateNodesResultArray = [];
    for (const domain of domains) {
      const projects: Record<string, Omit<ProjectConfiguration, "root">> = {};
      if (!domain.products.some((p) => p.directory === domain.directory))
        projects[domain.directory] = domainProject(domain);
      const dbtConfig = dbtConfigOf(root, domain);
      for (const place of domain.products) {
        const { contract, error } = byName.get(place.name)!;
        const names = [place.name, ...place.versions.map((v) => v.name)];
        // What its versions read of each other is no edge of the project.
        const reads = names.flatMap((n) => upstream.get(n) ?? []).filter((u) => baseOf(u.product) !== place.name);
        const folderOf = (name: string) => folders.get(name) ?? `domains/${name.replace(".", "/")}`;
        const mesh: MeshMetadata = {
          product: place.name,
          upstream: projectsRead(reads),
          ...(contract?.owner === undefined ? {} : { owner: contract.owner }),
          ...(error === undefined ? {} : { error }),
        };
        const description = error === undefined ? (contract?.title ?? place.name) : `contract cannot be read: ${error}`;
        const metadata = { description, technologies: ["data-product"], mesh };
        projects[place.directory] = {
          name: place.name,
          projectType: "library",
          tags: [`domain:${place.domain}`, "type:data-product"],
          // For packages that import the product's types: what `^default` means to them.
          namedInputs: {
            contractApi: contractApi(place.versions.map((v) => v.directory.slice(place.directory.length))),
            default: ["contractApi"],
            production: ["contractApi"],
          },
          metadata,
          targets: productTargets({
            product: place,
            domainDirectory: domain.directory,
            dbtConfig,
            upstream: [...new Set(reads.map((u) => folderOf(u.product)))],
            reached: [...new Set(names.flatMap((n) => reachedFrom(n, upstream)))]
              .filter((n) => baseOf(n) !== place.name)
              .sort()
              .map(folderOf),
            toolInputs: options?.toolInputs ?? [],
            cyclic: names.some((n) => cyclic.has(n)),
          }),
        };
      }
      results.push([domain.file, { projects }]);
    }
    return results;
  },
];

/** Below the project's folder: `""`, and `/versions/v1` for each older live version. */
const contractApi = (versions: readonly string[]) =>
  ["", ...versions].map((below) => ({ json: `{projectRoot}${below}/contract.lock.json`, fields: ["ports"] }));

/** Each project once, with the first file that says so. */
function projectsRead(reads: readonly Upstream[]): Upstream[] {
  const found = new Map<string, Upstream>();
  for (const { product, file } of reads) {
    const base = baseOf(product);
    if (!found.has(base)) found.set(base, { product: base, file });
  }
  return [...found.values()].sort((a, b) => (a.product < b.product ? -1 : 1));
}

/** The domain's npm package. A new product changes its dbt project, which is nothing to those who import types. */
const domainProject = (domain: DomainFolder): Omit<ProjectConfiguration, "root"> => ({
  name: domain.name,
  projectType: "library",
  tags: [`domain:${domain.name}`, "type:domain"],
  namedInputs: { default: ["{projectRoot}/package.json"], production: ["{projectRoot}/package.json"] },
});

/** The settings of the domain's dbt project; without the synced form the file as it is, which a new product changes too. */
function dbtConfigOf(root: string, domain: DomainFolder): string {
  const synced = `${domain.directory}/_mesh/dbt-config.json`;
  return existsSync(join(root, synced)) ? synced : `${domain.directory}/dbt_project.yml`;
}

function reachedFrom(name: string, upstream: ReadonlyMap<string, readonly Upstream[]>): string[] {
  const reached = new Set<string>();
  const queue = [name];
  for (const at of queue) {
    for (const { product } of upstream.get(at) ?? []) {
      if (product === name || reached.has(product)) continue;
      reached.add(product);
      queue.push(product);
    }
  }
  return [...reached].sort();
}
