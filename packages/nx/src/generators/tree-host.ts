import type { Tree } from "@nx/devkit";
import type { Diagnostic } from "@meshwork/diagnostics";
import type { Action, ScaffoldHost, WorkspaceView } from "@meshwork/scaffold";

/** Nx's tree as a plan sees it. */
export const treeView = (tree: Tree): WorkspaceView => ({
  read: (path) => (tree.exists(path) && tree.isFile(path) ? (tree.read(path, "utf-8") ?? undefined) : undefined),
  list: (path) => (tree.exists(path) && !tree.isFile(path) ? [...tree.children(path)].sort() : []),
});

/** Writes through Nx's tree only, so that `--dry-run` shows exactly what a run does. */
export const treeHost = (tree: Tree): ScaffoldHost => ({
  apply(actions: readonly Action[]): readonly Diagnostic[] {
    for (const action of actions) {
      if (action.content === null) tree.delete(action.path);
      else tree.write(action.path, action.content);
    }
    return [];
  },
});
