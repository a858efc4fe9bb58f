import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { DbtOptions } from "./dbt-options.ts";

/** The folder with `dbt_project.yml`: the one named, else the nearest upwards, as dbt looks for it. */
export function plainRoot(options: Pick<DbtOptions, "cwd" | "projectDir" | "env">): string | undefined {
  const cwd = options.cwd ?? process.cwd();
  const named = options.projectDir ?? options.env?.["DBT_PROJECT_DIR"];
  const has = (folder: string): boolean => existsSync(join(folder, "dbt_project.yml"));
  if (named !== undefined) return has(resolve(cwd, named)) ? resolve(cwd, named) : undefined;
  for (let at = resolve(cwd); ; at = dirname(at)) {
    if (has(at)) return at;
    if (dirname(at) === at) return undefined;
  }
}
