import { join, relative, resolve, sep } from "node:path";
import { Refusal } from "../operation.ts";
import { findRoot, readText } from "../places.ts";
import { loadWorkspace } from "../workspace.ts";
import type { DbtOptions } from "./dbt-options.ts";
import type { DbtPlaces, Selectable } from "./dbt-place.ts";
import { meshPlaces } from "./mesh-place.ts";
import { plainPlaces } from "./plain-place.ts";
import { plainRoot } from "./plain-root.ts";

/**
 * The projects that dbt's flags mean: those of the mesh around, or a single one with its `profiles.yml`.
 * A project of the mesh with `--profile` or `--profiles-dir` is run as a plain one.
 * @throws {Refusal} when there is neither.
 */
export function openPlaces(options: DbtOptions, types?: readonly Selectable[]): DbtPlaces {
  const cwd = options.cwd ?? options.root ?? process.cwd();
  const root = options.root ?? findRoot(cwd);
  const asPlain = options.profilesDir !== undefined || options.profile !== undefined;
  const plain = plainRoot({ ...options, cwd });
  if (
    root !== undefined &&
    !asPlain &&
    (options.projectDir === undefined || plain === undefined || isOfMesh(root, plain))
  )
    return meshPlaces({ ...options, root, cwd }, types);
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
  return plainPlaces({ ...options, cwd }, plain, types);
}

/** A mesh knows its domains' folders and those of its products. */
function isOfMesh(root: string, project: string): boolean {
  if (!resolve(project).startsWith(resolve(root) + sep) || readText(root, "mesh.yaml") === undefined) return false;
  const workspace = loadWorkspace(root);
  const folders = [
    ...[...workspace.domains.values()].map((d) => d.directory),
    ...[...workspace.products.values()].map((p) => p.directory),
  ];
  return folders.some((folder) => join(root, folder) === project);
}
