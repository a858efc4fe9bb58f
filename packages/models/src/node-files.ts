import { readdirSync, readFileSync } from "node:fs";
import type { FileHost } from "./model.ts";

const missing = (error: unknown): boolean => {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR";
};

/** The disk. Symbolic links are followed no further than the folder they stand in lists them. */
export const diskFiles: FileHost = {
  read(path) {
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      if (missing(error)) return undefined;
      throw error;
    }
  },
  list(path) {
    try {
      return readdirSync(path, { withFileTypes: true }).map((e) => ({ name: e.name, directory: e.isDirectory() }));
    } catch (error) {
      if (missing(error)) return undefined;
      throw error;
    }
  },
};
