import type { Wanted } from "./file-plan.ts";
import type { WorkspaceView } from "./view.ts";

const places = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/**
 * The code owners' file with a line for a folder, where the workspace has such a file and no line of it names
 * the folder or `covered` (a folder above it that has an owner of its own).
 */
export function codeownersWith(
  view: WorkspaceView,
  directory: string,
  owner: string,
  covered?: string,
): Wanted | undefined {
  const path = places.find((p) => view.read(p) !== undefined);
  // The file takes e-mail addresses, users and teams; anything else would make GitHub ignore the line.
  if (path === undefined || !/^(@[\w-]+(\/[\w.-]+)?|[^\s@#]+@[^\s@#]+)$/.test(owner)) return undefined;
  const text = view.read(path)!;
  const named = text.split(/\r?\n/).map(
    (line) =>
      line
        .trim()
        .split(/\s+/)[0]
        ?.replace(/^\/|\/(\*\*?)?$/g, "") ?? "",
  );
  if (named.includes(directory) || (covered !== undefined && named.includes(covered))) return undefined;
  return {
    path,
    content: `${text === "" || text.endsWith("\n") ? text : `${text}\n`}${line(directory, owner)}\n`,
    ownership: "patched",
  };
}

/** The file without the line that `codeownersWith` adds; nothing where somebody changed it. */
export function codeownersWithout(view: WorkspaceView, directory: string): Wanted | undefined {
  const path = places.find((p) => view.read(p) !== undefined);
  if (path === undefined) return undefined;
  const text = view.read(path)!;
  const lines = text.split("\n").filter((l) => !l.startsWith(`/${directory}/ `));
  const content = lines.join("\n");
  return content === text ? undefined : { path, content, ownership: "patched" };
}

const line = (directory: string, owner: string): string => `/${directory}/ ${owner}`;
