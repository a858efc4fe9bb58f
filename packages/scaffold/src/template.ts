import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { Ownership } from "./action.ts";

export interface TemplateFile {
  /** Below the template's or preset's folder. */
  readonly source: string;
  /** Below the product's or domain's folder, or from the workspace's root with a leading `/`; `{name}` marks are filled in. */
  readonly target: string;
  readonly ownership: Ownership;
  /** Only with, or only without, upstream products. */
  readonly when?: "inputs" | "no-inputs" | undefined;
  readonly text: string;
}

/** A set of files with a name and a version. Old versions stay shipped: they are the base of three-way upgrades. */
export interface Template {
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly description: string;
  readonly files: readonly TemplateFile[];
}

export class TemplateError extends Error {}

const ownerships: readonly string[] = ["managed", "merge", "once", "patched"];

/** Where the shipped templates lie: beside the built code, or at the top of the repository when run from source. */
export function templatesFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const shipped = join(here, "templates");
  return existsSync(shipped) ? shipped : join(here, "../../../templates");
}

/** The newest of `1.0.0`, `1.10.0` … in a folder. */
export function newestVersion(folder: string): string {
  const parts = (v: string) => v.split(".").map(Number);
  const versions = readdirSync(folder).filter((n) => /^\d+\.\d+\.\d+$/.test(n));
  versions.sort((a, b) => {
    const [x, y] = [parts(a), parts(b)];
    return x[0]! - y[0]! || x[1]! - y[1]! || x[2]! - y[2]!;
  });
  const newest = versions.at(-1);
  if (!newest) throw new TemplateError(`no version in ${folder}`);
  return newest;
}

/** The presets that are shipped with a template. */
export function presetNames(version?: string): string[] {
  const folder = join(templatesFolder(), "data-product");
  return readdirSync(join(folder, version ?? newestVersion(folder), "presets")).sort();
}

export function loadTemplate(name: "domain" | "ci", version?: string): Template {
  const folder = join(templatesFolder(), name);
  const chosen = version ?? newestVersion(folder);
  return readManifest(join(folder, chosen), "template.yaml", name, chosen);
}

/** A shipped preset by name, or a team's own by the folder that holds its `preset.yaml`. */
export function loadPreset(preset: string, version?: string): Template {
  const folder = join(templatesFolder(), "data-product");
  const chosen = version ?? newestVersion(folder);
  const at = isFolder(preset) ? resolve(preset) : join(folder, chosen, "presets", preset);
  return readManifest(at, "preset.yaml", preset, chosen);
}

export const isFolder = (preset: string): boolean =>
  preset.startsWith(".") || preset.startsWith("/") || /^[A-Za-z]:/.test(preset);

function readManifest(folder: string, file: string, name: string, version: string): Template {
  let manifest: unknown;
  try {
    manifest = parse(readFileSync(join(folder, file), "utf8"));
  } catch (error) {
    throw new TemplateError(`${file}: ${firstLine(error)}`);
  }
  if (!isRecord(manifest) || !Array.isArray(manifest["files"])) throw new TemplateError(`${file} lists no files`);
  const entries: readonly unknown[] = manifest["files"];
  return {
    name,
    version,
    title: String(manifest["title"] ?? name),
    description: String(manifest["description"] ?? ""),
    files: entries.map((entry) => readEntry(folder, file, entry)),
  };
}

function readEntry(folder: string, file: string, entry: unknown): TemplateFile {
  if (!isRecord(entry)) throw new TemplateError(`${file}: each file needs source, target and ownership`);
  const { source, target, ownership, when } = entry;
  if (typeof source !== "string" || typeof target !== "string" || !isOwnership(ownership))
    throw new TemplateError(`${file}: each file needs source, target and ownership (${ownerships.join(", ")})`);
  if (when !== undefined && when !== "inputs" && when !== "no-inputs")
    throw new TemplateError(`${file}: when is inputs or no-inputs`);
  const at = resolve(folder, source);
  // A shipped preset shares files with its neighbours, so `../` is fine as long as it stays inside the templates.
  const bounds = [resolve(folder), resolve(templatesFolder())];
  if (!bounds.some((b) => at.startsWith(b + sep))) throw new TemplateError(`${file}: ${source} lies outside`);
  if (target.split("/").includes("..")) throw new TemplateError(`${file}: ${target} lies outside`);
  try {
    return { source, target, ownership, when, text: readFileSync(at, "utf8") };
  } catch (error) {
    throw new TemplateError(`${source}: ${firstLine(error)}`);
  }
}

const isOwnership = (value: unknown): value is Ownership => typeof value === "string" && ownerships.includes(value);
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const firstLine = (error: unknown): string =>
  ((error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "").trim();
