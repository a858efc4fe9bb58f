import { join } from "node:path";
import type { CreateDependencies, DependencyType, ProjectConfiguration, RawProjectGraphDependency } from "@nx/devkit";
import { FactCache } from "./fact-cache.ts";
import { importedSpecifiers } from "@meshwork/workspace/import-scanner";
import type { MeshMetadata, PluginOptions } from "./infer-projects.ts";
import { textOf } from "./places.ts";

// `DependencyType.static` of the devkit, whose module takes longer to load than this plugin has to run.
const staticDependency = "static" as DependencyType.static;
const implicitDependency = "implicit" as DependencyType.implicit;
const sourceFile = /\.[cm]?[jt]sx?$/;
const consumerFolder = /^(packages\/[^/]+|domains\/[^/]+\/apps\/[^/]+)$/;

/** Who reads whom: products by contract and SQL (found with the projects, so no file is read again), packages by import. */
export const createDependencies: CreateDependencies<PluginOptions> = async (_options, context) => {
  const products = new Map<string, string>();
  for (const [name, project] of Object.entries(context.projects)) {
    const mesh = meshOf(project);
    if (mesh) products.set(mesh.product, name);
  }
  const dependencies: RawProjectGraphDependency[] = [];
  const { projectFileMap } = context.fileMap;
  for (const [source, project] of Object.entries(context.projects)) {
    const known = new Set((projectFileMap[source] ?? []).map((f) => f.file));
    for (const { product, file } of meshOf(project)?.upstream ?? []) {
      const target = products.get(product);
      // Nx refuses an edge whose file it does not know (an ignored one): then the edge has none.
      if (target !== undefined && target !== source)
        dependencies.push(
          known.has(file)
            ? { source, target, type: staticDependency, sourceFile: file }
            : { source, target, type: implicitDependency },
        );
    }
  }
  if (products.size > 0) dependencies.push(...(await importEdges(context, products)));
  return dependencies;
};

async function importEdges(
  context: Parameters<CreateDependencies>[1],
  products: ReadonlyMap<string, string>,
): Promise<RawProjectGraphDependency[]> {
  // Which of the texts below import anything of the mesh: found once a text, by its hash.
  const cache = new FactCache<readonly string[]>(context.workspaceRoot, "imports-1");
  const packages = domainPackages(context);
  const edges: RawProjectGraphDependency[] = [];
  for (const [source, project] of Object.entries(context.projects)) {
    if (!consumerFolder.test(project.root)) continue;
    for (const { file } of context.fileMap.projectFileMap[source] ?? []) {
      if (!sourceFile.test(file) || file.endsWith(".d.ts")) continue;
      const text = textOf(join(context.workspaceRoot, file));
      if (text === undefined || !packages.some(([name]) => text.includes(name))) continue;
      const specifiers = (await cache.of(text, importedSpecifiers)) ?? [];
      const targets = new Set(specifiers.flatMap((s) => productOf(s, packages, products) ?? []));
      for (const target of targets) edges.push({ source, target, type: staticDependency, sourceFile: file });
    }
  }
  cache.save();
  return edges;
}

/** npm names of the domains' packages, with the domain: `["@acme/orders/", "orders"]`. */
function domainPackages(context: Parameters<CreateDependencies>[1]): [string, string][] {
  const found = new Map<string, string>();
  for (const project of Object.values(context.projects)) {
    const domain = /^domains\/([^/]+)/.exec(project.root)?.[1];
    if (domain === undefined || found.has(domain)) continue;
    const text = textOf(join(context.workspaceRoot, "domains", domain, "package.json"));
    try {
      const name = text === undefined ? undefined : (JSON.parse(text) as { name?: unknown }).name;
      if (typeof name === "string") found.set(domain, `${name}/`);
    } catch {
      // npm tells what is wrong with it; the graph goes without this domain's imports.
    }
  }
  return [...found].map(([domain, name]) => [name, domain]);
}

function productOf(
  specifier: string,
  packages: readonly [string, string][],
  products: ReadonlyMap<string, string>,
): string | undefined {
  for (const [name, domain] of packages) {
    if (!specifier.startsWith(name)) continue;
    return products.get(`${domain}.${specifier.slice(name.length).split("/")[0]}`);
  }
  return undefined;
}

function meshOf(project: ProjectConfiguration): MeshMetadata | undefined {
  const metadata: unknown = project.metadata;
  if (typeof metadata !== "object" || metadata === null || !("mesh" in metadata)) return undefined;
  return metadata.mesh as MeshMetadata;
}
