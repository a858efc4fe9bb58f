import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { adopt } from "../operations/adopt.ts";

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

const samples = fileURLToPath(new URL("../../../engine-dbt/src/testdata/", import.meta.url));

/** An artifact that dbt Core wrote for the sample project, as a value. */
export const artifact = (name: "manifest" | "catalog" | "run_results"): Record<string, unknown> =>
  JSON.parse(readFileSync(join(samples, `artifacts/core/${name}.json`), "utf8")) as Record<string, unknown>;

/** A folder that holds a dbt project in `warehouse/`, with the artifacts that dbt left of a build. */
export function estate(): string {
  const root = mkdtempSync(join(tmpdir(), "meshwork-estate-"));
  made.push(root);
  cpSync(join(samples, "estate"), join(root, "warehouse"), { recursive: true });
  mkdirSync(join(root, "warehouse/target"));
  for (const name of ["manifest", "catalog", "run_results"])
    cpSync(join(samples, `artifacts/core/${name}.json`), join(root, `warehouse/target/${name}.json`));
  return root;
}

/** The same after `mesh adopt warehouse --yes`, and with a program in place of dbt that leaves the results it is given. */
export async function adoptedEstate(): Promise<string> {
  const root = estate();
  const done = await adopt({ cwd: root, path: "warehouse", owner: "data@acme.example", freshness: "24h", yes: true });
  if (!done.results.written) throw new Error(JSON.stringify(done));
  const command = join(root, "dbt");
  const program = fileURLToPath(new URL("./stand-in-dbt.mjs", import.meta.url));
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(command, 0o755);
  const mesh = join(root, "mesh.yaml");
  writeFileSync(
    mesh,
    readFileSync(mesh, "utf8").replace("runner: dbt  ", `runner: dbt\n      command: ${JSON.stringify(command)}  `),
  );
  return root;
}
