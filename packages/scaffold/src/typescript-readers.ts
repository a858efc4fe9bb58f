import { filesBelow } from "./product-resources.ts";
import type { DomainEntry, ProductEntry, WorkspaceView } from "./view.ts";

const sourceFile = /\.[cm]?[jt]sx?$/;
const skipped = new Set(["node_modules", "dist", "target"]);

/** Files of `packages/*` and `domains/<domain>/apps/*` that import a product's types, with the package they belong to. */
export function typeScriptReaders(
  view: WorkspaceView,
  domains: readonly DomainEntry[],
  scope: string,
  product: ProductEntry,
): { readonly folder: string; readonly file: string; readonly text: string }[] {
  const folders = [
    ...view.list("packages").map((name) => `packages/${name}`),
    ...domains.flatMap((d) => view.list(`${d.directory}/apps`).map((name) => `${d.directory}/apps/${name}`)),
  ];
  const imported = importOf(scope, product);
  return folders.flatMap((folder) =>
    view
      .list(folder)
      .filter((name) => !skipped.has(name) && !name.startsWith("."))
      .flatMap((name) =>
        sourceFile.test(name) ? [name] : filesBelow(view, `${folder}/${name}`).map((below) => `${name}/${below}`),
      )
      .filter((name) => sourceFile.test(name) && !name.endsWith(".d.ts"))
      .map((name) => `${folder}/${name}`)
      .flatMap((file) => {
        const text = view.read(file) ?? "";
        return imported.test(text) ? [{ folder, file, text }] : [];
      }),
  );
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/**
 * An import of `"@acme/orders/order-events"`, of an older version `"@acme/orders/order-events/v1"`: a statement at the start
 * of a line, over several lines too, or a call. Text that only looks like one inside a string is none.
 */
function importOf(scope: string, { domain, product, versionFolder }: ProductEntry): RegExp {
  const version = versionFolder === undefined ? "" : `/${versionFolder}`;
  const name = escaped(`${scope}/${domain}/${product}${version}`);
  const before = String.raw`^[ \t]*(?:import|export)\b[^"';]*|^[^"'\n]*\b(?:import|require)\s*\(\s*`;
  return new RegExp(`(${before})(["'])${name}\\2`, "m");
}

/** The text with every import of the newest version turned to an older one. */
export const importingVersion = (text: string, scope: string, product: ProductEntry, folder: string): string =>
  text.replace(
    new RegExp(importOf(scope, product).source, "gm"),
    (found, _before: string, quote: string) => `${found.slice(0, -1)}/${folder}${quote}`,
  );
