import { contractFiles } from "@meshwork/scaffold";
import type { Product, Workspace } from "./workspace.ts";
import type { WorkspaceFiles } from "./workspace-files.ts";
import { hashOf } from "./workspace-files.ts";

/** A generated file by what it has to be. */
export interface ExpectedFile {
  readonly path: string;
  /** Of its bytes, as `hashOf` gives it. */
  readonly hash: string;
}

/** What a product's contract makes of its generated files; nothing where it cannot be read. */
export const expectedFiles = (workspace: Workspace, product: Product): readonly ExpectedFile[] =>
  product.authored === undefined
    ? []
    : contractFiles(product, product.authored, workspace.mesh.naming).map(({ path, content }) => ({
        path,
        hash: hashOf(content),
      }));

/** Generated files of a product that are missing or not what they have to be; names within its folder. */
export const staleFiles = (
  workspace: Workspace,
  product: Product,
  expected: readonly ExpectedFile[] = expectedFiles(workspace, product),
): string[] =>
  expected
    .filter((each) => !isCurrent(workspace.files, each))
    .map(({ path }) => path.slice(product.directory.length + 1));

function isCurrent(files: WorkspaceFiles, { path, hash }: ExpectedFile): boolean {
  const found = files.hash(path);
  if (found === undefined || found === hash) return found === hash;
  // Git may have given the file another line end.
  return hashOf((files.read(path) ?? "").replaceAll("\r\n", "\n")) === hash;
}
