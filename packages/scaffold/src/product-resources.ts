import type { WorkspaceView } from "./view.ts";

/** Folders of a product whose files have names that are unique in the domain's dbt project. */
export const resourceFolders = ["models", "seeds", "snapshots"] as const;

/** Every file below a folder, as a path below it, sorted; folders deeper than any project has are not entered. */
export function filesBelow(view: WorkspaceView, folder: string, depth = 0): string[] {
  return view.list(folder).flatMap((name) => {
    const path = `${folder}/${name}`;
    // A view tells files from folders by what can be read.
    if (view.read(path) !== undefined) return [name];
    return depth < 8 ? filesBelow(view, path, depth + 1).map((below) => `${name}/${below}`) : [];
  });
}

/** Names of a product's models, seeds and snapshots. */
export const resourceNames = (view: WorkspaceView, directory: string): ReadonlySet<string> =>
  new Set(
    resourceFolders.flatMap((kind) =>
      filesBelow(view, `${directory}/${kind}`).flatMap((file) => /([^/]+)\.(?:sql|csv)$/.exec(file)?.[1] ?? []),
    ),
  );
