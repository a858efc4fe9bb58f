import { readFileSync } from "node:fs";
import { join } from "node:path";
import { contractFiles } from "@meshwork/scaffold";
import type { Product, Workspace } from "./workspace.ts";

/** Generated files of a product that are missing or not what the contract makes of them; names within its folder. */
export function staleFiles(workspace: Workspace, product: Product): string[] {
  if (!product.authored) return [];
  return contractFiles(product, product.authored, workspace.mesh.naming)
    .filter(({ path, content }) => !isCurrent(workspace.root, path, content))
    .map(({ path }) => path.slice(product.directory.length + 1));
}

function isCurrent(root: string, path: string, content: string): boolean {
  try {
    // Git may have given the file another line end.
    return readFileSync(join(root, path), "utf8").replaceAll("\r\n", "\n") === content;
  } catch {
    return false;
  }
}
