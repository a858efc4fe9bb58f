import { importedSpecifiers } from "./import-scanner.ts";
import type { Edge } from "./graph.ts";
import type { Places } from "./places.ts";
import type { WorkspaceFiles } from "./workspace-files.ts";
import { diskFiles } from "./workspace-files.ts";
import type { FormerTexts } from "./workspace.ts";

/** A TypeScript package of the workspace that imports contracts of data products. */
export interface TypeScriptConsumer {
  /** The package's name, which is its Nx project name too. */
  readonly name: string;
  /** Relative to the workspace. */
  readonly directory: string;
  /** `domain.product` with the file that imports it. */
  readonly imports: readonly { readonly product: string; readonly file: string }[];
}

const sourceFile = /\.[cm]?[jt]sx?$/;
const skipped = new Set(["node_modules", "dist", "target", "_mesh", "models", "seeds", "macros", "snapshots"]);

/** Where TypeScript consumers live: `packages/*` and the `apps` of each domain. */
export function consumerFolders(places: Places, files: WorkspaceFiles = diskFiles(places.root)): string[] {
  const folders = names(files, "packages").map((n) => `packages/${n}`);
  for (const domain of places.domains)
    folders.push(...names(files, `${domain.directory}/apps`).map((n) => `${domain.directory}/apps/${n}`));
  return folders;
}

/** Finds imports of `@<scope>/<domain>/<product>` in the workspace's TypeScript packages. */
export function typeScriptConsumers(
  places: Places,
  scope: string,
  disk: WorkspaceFiles = diskFiles(places.root),
): TypeScriptConsumer[] {
  const known = new Set(places.products.map((p) => p.name));
  const out: TypeScriptConsumer[] = [];
  for (const directory of consumerFolders(places, disk)) {
    let name: string;
    try {
      name = (JSON.parse(disk.read(`${directory}/package.json`) ?? "") as { name?: string }).name ?? directory;
    } catch {
      continue;
    }
    const imports = filesBelow(disk, directory).flatMap((file) => {
      const text = disk.read(file);
      if (!text?.includes(`${scope}/`)) return [];
      return (
        importedProducts(text, scope)
          // An import of a version that is gone is still one of the product.
          .flatMap((product) => [product, product.replace(/@.*$/, "")].find((name) => known.has(name)) ?? [])
          .map((product) => ({ product, file }))
      );
    });
    if (imports.length > 0) out.push({ name, directory, imports });
  }
  return out;
}

/** The products that a module imports, statically or not; `…/order-events/v1` is `orders.order-events@1`. */
export function importedProducts(text: string, scope: string): string[] {
  return importedSpecifiers(text).flatMap((specifier) => {
    if (!specifier.startsWith(`${scope}/`)) return [];
    const [domain, product, version = ""] = specifier.slice(scope.length + 1).split("/");
    const major = /^v(\d+)$/.exec(version)?.[1];
    return domain && product ? [`${domain}.${product}${major === undefined ? "" : `@${major}`}`] : [];
  });
}

export const consumerEdges = (consumers: readonly TypeScriptConsumer[]): Edge[] =>
  consumers.flatMap((c) =>
    [...new Set(c.imports.map((i) => i.product))].map((to): Edge => ({ from: c.name, to, kind: "typescript" })),
  );

const names = (files: WorkspaceFiles, directory: string): string[] =>
  (files.list(directory) ?? []).filter((e) => e.directory && !e.name.startsWith(".")).map((e) => e.name);

/** Source files of a package, those among `texts` that are gone too; declarations and what is built are left out. */
export function consumerFiles(root: string, directory: string, texts: FormerTexts = new Map()): string[] {
  const former = [...texts.keys()].filter(
    (file) =>
      file.startsWith(`${directory}/`) &&
      isSource(file) &&
      !file
        .slice(directory.length + 1)
        .split("/")
        .slice(0, -1)
        .some((folder) => skipped.has(folder) || folder.startsWith(".")),
  );
  return [...new Set([...filesBelow(diskFiles(root), directory), ...former])].sort();
}

const isSource = (file: string): boolean => sourceFile.test(file) && !file.endsWith(".d.ts");

function filesBelow(files: WorkspaceFiles, directory: string, depth = 0): string[] {
  if (depth > 12) return [];
  return (files.list(directory) ?? []).flatMap((entry) => {
    if (entry.directory)
      return skipped.has(entry.name) || entry.name.startsWith(".")
        ? []
        : filesBelow(files, `${directory}/${entry.name}`, depth + 1);
    return isSource(entry.name) ? [`${directory}/${entry.name}`] : [];
  });
}
