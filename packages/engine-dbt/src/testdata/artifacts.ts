import { readFileSync } from "node:fs";
import type { Catalog } from "../artifacts/catalog.ts";
import { readCatalog } from "../artifacts/catalog.ts";
import type { Manifest } from "../artifacts/manifest.ts";
import { readManifest } from "../artifacts/manifest.ts";
import type { RunResults } from "../artifacts/run-results.ts";
import { readRunResults } from "../artifacts/run-results.ts";

/** What dbt Core 1.12 and dbt 2 (Fusion) wrote for the project in `estate/`, less macros and docs. */
export const artifactText = (dbt: "core" | "fusion", name: "manifest" | "catalog" | "run_results"): string =>
  readFileSync(new URL(`./artifacts/${dbt}/${name}.json`, import.meta.url), "utf8");

export function valueOf<T>(read: { readonly value: T } | { readonly problem: string }): T {
  if ("problem" in read) throw new Error(read.problem);
  return read.value;
}

export const sampleManifest = (dbt: "core" | "fusion" = "core"): Manifest =>
  valueOf(readManifest(artifactText(dbt, "manifest")));
export const sampleCatalog = (): Catalog => valueOf(readCatalog(artifactText("core", "catalog")));
export const sampleRun = (dbt: "core" | "fusion" = "core"): RunResults =>
  valueOf(readRunResults(artifactText(dbt, "run_results")));
