import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { importedSpecifiers } from "./import-scanner.ts";
import type { Edge } from "./graph.ts";
import type { Places } from "./places.ts";

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
export function consumerFolders(places: Places): string[] {
  const folders = names(join(places.root, "packages")).map((n) => `packages/${n}`);
  for (const domain of places.domains)
    folders.push(...names(join(places.root, domain.directory, "apps")).map((n) => `${domain.directory}/apps/${n}`));
  return folders;
}

/** Finds imports of `@<scope>/<domain>/<product>` in the workspace's TypeScript packages. */
export function typeScriptConsumers(places: Places, scope: string): TypeScriptConsumer[] {
  const known = new Set(places.products.map((p) => p.name));
  const out: TypeScriptConsumer[] = [];
  for (const directory of consumerFolders(places)) {
    let name: string;
    try {
      name =
        (JSON.parse(readFileSync(join(places.root, directory, "package.json"), "utf8")) as { name?: string }).name ??
        directory;
    } catch {
      continue;
    }
    const imports = filesBelow(places.root, directory).flatMap((file) => {
      const text = readFileSync(join(places.root, file), "utf8");
      if (!text.includes(`${scope}/`)) return [];
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

function names(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((e) => e.isDirectory() && !e.name.startsWith("."))
      .map((e) => e.name)
      .sort();
  } catch {
    return [];
  }
}

function filesBelow(root: string, directory: string, depth = 0): string[] {
  if (depth > 12) return [];
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory())
      return skipped.has(entry.name) || entry.name.startsWith(".")
        ? []
        : filesBelow(root, `${directory}/${entry.name}`, depth + 1);
    return sourceFile.test(entry.name) && !entry.name.endsWith(".d.ts") ? [`${directory}/${entry.name}`] : [];
  });
}
