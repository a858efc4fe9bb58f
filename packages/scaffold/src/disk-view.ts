import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { WorkspaceView } from "./view.ts";

/** A folder on disk as a plan sees it. What cannot be read is not there. */
export const diskView = (root: string): WorkspaceView => ({
  read(path) {
    try {
      return readFileSync(join(root, path), "utf8");
    } catch {
      return undefined;
    }
  },
  list(path) {
    try {
      return readdirSync(join(root, path)).sort();
    } catch {
      return [];
    }
  },
});
