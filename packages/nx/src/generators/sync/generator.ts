import type { Tree } from "@nx/devkit";
import type { SyncGeneratorResult } from "nx/src/utils/sync-generators";
import { treeHost, treeView } from "../tree-host.ts";

/** Keeps locks, row types and each domain's `_mesh` in step with the contracts (`nx sync`, `nx sync:check`). */
export default async function syncGenerator(tree: Tree): Promise<SyncGeneratorResult> {
  if (!tree.exists("mesh.yaml")) return {};
  const { plan } = await import("@meshwork/scaffold");
  const made = plan("sync", {}, treeView(tree));
  for (const d of made.diagnostics) console.warn(`${d.severity} ${d.code}: ${d.message}${d.help ? ` ${d.help}` : ""}`);
  if (made.actions.length === 0) return {};
  treeHost(tree).apply(made.actions);
  return {
    outOfSyncMessage: "Generated files are not in step with the contracts.",
    outOfSyncDetails: made.actions.map((a) => a.path),
  };
}
