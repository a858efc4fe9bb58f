import type { Diagnostic } from "@meshwork/diagnostics";
import type { FileHost } from "./model.ts";
import type { ResourcePaths } from "./project-file.ts";
import { SourceText } from "./source-text.ts";
import { sqlCodes } from "./sql.codes.ts";

export type FileRole =
  | "model"
  | "seed"
  | "macro"
  | "generic-test"
  | "singular-test"
  | "snapshot"
  | "properties"
  | "docs"
  | "analysis"
  | "fixture"
  | "python";

export interface ProjectSourceFile {
  readonly role: FileRole;
  readonly source: SourceText;
  /** Folders between the resource path and the file. */
  readonly folders: readonly string[];
  /** The file's name without its extension. */
  readonly stem: string;
}

const neverRead = new Set(["_mesh", ".git", ".mesh", "node_modules"]);
/** What dbt writes at the top of a project. */
const written = new Set(["target", "dbt_packages", "logs"]);
const maximumFiles = 100_000;
const maximumDepth = 32;
const maximumBytes = 64 * 1024 * 1024;

/**
 * Reads every file below the resource paths once. `_mesh` holds what is generated for plain dbt, and is not read.
 */
export function readProjectTree(
  files: FileHost,
  root: string,
  paths: ResourcePaths,
  display: (path: string) => string,
): { files: readonly ProjectSourceFile[]; diagnostics: readonly Diagnostic[] } {
  const found: ProjectSourceFile[] = [];
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  const limit = (what: string, file: string): void => {
    const span = { file: display(file), line: 1, column: 1, endLine: 1, endColumn: 1 };
    diagnostics.push(sqlCodes.create("limits", { what }, { span }));
  };
  const walk = (kind: keyof ResourcePaths, path: string, folders: readonly string[]): void => {
    if (written.has(path) || path.split("/").some((part) => neverRead.has(part))) return;
    if (folders.length > maximumDepth) return limit(`folders nested deeper than ${maximumDepth}`, path);
    const listed = files.list(path === "" ? root : `${root}/${path}`) ?? [];
    for (const entry of [...listed].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const inner = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.directory) {
        walk(kind, inner, [...folders, entry.name]);
        continue;
      }
      const dot = entry.name.lastIndexOf(".");
      const role = roleOf(kind, dot < 0 ? "" : entry.name.slice(dot).toLowerCase(), folders);
      if (role === undefined || seen.has(inner)) continue;
      seen.add(inner);
      if (found.length >= maximumFiles) return limit(`more than ${maximumFiles} files`, path);
      const text = files.read(`${root}/${inner}`);
      if (text === undefined) continue;
      if (text.length > maximumBytes) {
        limit(`a file of more than ${maximumBytes / 1024 / 1024} MB`, inner);
        continue;
      }
      found.push({
        role,
        source: new SourceText(inner, display(inner), text.startsWith("\uFEFF") ? text.slice(1) : text),
        folders,
        stem: entry.name.slice(0, dot),
      });
    }
  };
  for (const kind of ["macros", "models", "seeds", "snapshots", "tests", "analyses"] as const) {
    for (const path of paths[kind]) walk(kind, path, []);
  }
  return { files: found, diagnostics };
}

function roleOf(kind: keyof ResourcePaths, extension: string, folders: readonly string[]): FileRole | undefined {
  if (extension === ".yml" || extension === ".yaml") return "properties";
  if (extension === ".md") return "docs";
  switch (kind) {
    case "models":
      return extension === ".sql" ? "model" : extension === ".py" ? "python" : undefined;
    case "seeds":
      return extension === ".csv" ? "seed" : undefined;
    case "macros":
      return extension === ".sql" ? "macro" : undefined;
    case "snapshots":
      return extension === ".sql" ? "snapshot" : undefined;
    case "analyses":
      return extension === ".sql" ? "analysis" : undefined;
    case "tests":
      if (folders[0] === "fixtures") return extension === ".sql" || extension === ".csv" ? "fixture" : undefined;
      if (extension !== ".sql") return undefined;
      return folders[0] === "generic" ? "generic-test" : "singular-test";
  }
}
