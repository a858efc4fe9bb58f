import { join, relative, resolve, sep } from "node:path";
import { Refusal } from "../operation.ts";
import { findRoot, readText } from "../places.ts";
import type { DbtOptions } from "./dbt-options.ts";
import type { DbtPlaces, Selectable } from "./dbt-place.ts";
import { plainRoot } from "./plain-root.ts";

/** Either a mesh or one project outside any; `cwd` is there. */
type Where =
  | { readonly mesh: string; readonly plain?: undefined; readonly cwd: string }
  | { readonly plain: string; readonly mesh?: undefined; readonly cwd: string };

/**
 * The projects that dbt's flags mean, as `placeOf` finds them.
 * What a plain project does not need is not loaded.
 * @throws {Refusal}
 */
export async function openPlaces(options: DbtOptions, types?: readonly Selectable[]): Promise<DbtPlaces> {
  const { mesh, plain, cwd } = await placeOf(options);
  return plain === undefined
    ? (await import("./mesh-place.ts")).meshPlaces({ ...options, root: mesh, cwd }, types)
    : (await import("./plain-place.ts")).plainPlaces({ ...options, cwd }, plain, types);
}

/**
 * Where the projects are that dbt's flags mean: in the mesh around, or a single one with its `profiles.yml`.
 * A project of the mesh with `--profile` or `--profiles-dir` is run as a plain one.
 * @throws {Refusal} when there is neither.
 */
export async function placeOf(options: DbtOptions): Promise<Where> {
  const cwd = options.cwd ?? options.root ?? process.cwd();
  const root = options.root ?? findRoot(cwd);
  const asPlain = options.profilesDir !== undefined || options.profile !== undefined;
  const plain = plainRoot({ ...options, cwd });
  if (
    root !== undefined &&
    !asPlain &&
    (options.projectDir === undefined || plain === undefined || (await isOfMesh(root, plain)))
  )
    return { mesh: root, cwd };
  if (plain === undefined)
    throw new Refusal(
      options.projectDir === undefined
        ? `No mesh and no dbt project here: ${cwd} and the folders above it have neither mesh.yaml nor dbt_project.yml.\nGo to one, or name one with --project-dir.`
        : `No dbt project in ${options.projectDir}.\nName the folder that holds dbt_project.yml.`,
    );
  if (options.products?.length)
    throw new Refusal(
      `"${options.products[0]}" is no flag, and ${relative(cwd, plain) || "this project"} has no products.\nChoose nodes with --select ${options.products[0]}.`,
    );
  return { plain, cwd };
}

/** A mesh knows its domains' folders and those of its products. */
async function isOfMesh(root: string, project: string): Promise<boolean> {
  if (!resolve(project).startsWith(resolve(root) + sep) || readText(root, "mesh.yaml") === undefined) return false;
  const { loadWorkspace } = await import("../workspace.ts");
  const workspace = loadWorkspace(root);
  const folders = [
    ...[...workspace.domains.values()].map((d) => d.directory),
    ...[...workspace.products.values()].map((p) => p.directory),
  ];
  return folders.some((folder) => join(root, folder) === project);
}
