// Adopts a dbt project and runs it with real dbt, Core and Fusion: node tools/dist/proofs/dbt-runner.js [--install]
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { adopt, build, check, lineage, status } from "@meshwork/workspace";
import { findPeers, installPeers } from "./dbt-peers-install.ts";

const { values } = parseArgs({
  options: {
    install: { type: "boolean", default: false },
    cache: { type: "string", default: ".dbt-peers" },
    python: { type: "string", default: "python3" },
  },
});
const repository = join(import.meta.dirname, "../../..");
if (values.install && findPeers(values.cache).missing.length > 0) installPeers(values.cache, values.python);
const { installed, missing } = findPeers(values.cache);
for (const name of missing) console.log(`${name}: skipped: needs dbt (run with --install)`);

let failed = 0;
const say = (what: string, ok: boolean, detail = ""): void => {
  if (!ok) failed++;
  console.log(`  ${ok ? "ok" : "FAILED"}  ${what}${ok || detail === "" ? "" : `: ${detail}`}`);
};

for (const peer of installed) {
  console.log(peer.name);
  const root = mkdtempSync(join(tmpdir(), "meshwork-runner-"));
  try {
    const project = join(root, "warehouse");
    cpSync(join(repository, "packages/engine-dbt/src/testdata/estate"), project, { recursive: true });
    const env = { ...process.env, ...peer.env, ESTATE_DB: join(root, "estate.duckdb") };
    const dbt = (...verb: string[]) =>
      execFileSync(peer.dbt, [...verb, "--project-dir", project, "--profiles-dir", project], {
        env,
        stdio: "pipe",
        cwd: project,
      });
    dbt("build");
    // Fusion writes its catalog with the build, where it is asked to.
    if (peer.name.includes("Core")) dbt("docs", "generate");
    else dbt("compile", "--write-catalog");
    const adopted = await adopt({
      cwd: root,
      path: "warehouse",
      owner: "data@acme.example",
      freshness: "24h",
      yes: true,
    });
    say(
      `adopts ${adopted.results.products.length} products`,
      adopted.results.written && adopted.results.products.length === 3,
    );
    const mesh = join(root, "mesh.yaml");
    writeFileSync(
      mesh,
      readFileSync(mesh, "utf8").replace("runner: dbt  ", `runner: dbt\n      command: ${JSON.stringify(peer.dbt)}  `),
    );

    const built = await build({ root, env });
    const told = built.results.map((r) => `${r.product} ${r.status}`).join(", ");
    say(
      "builds every product",
      built.results.length === 3 && built.results.every((r) => r.status === "ok"),
      `${told} ${built.problem ?? ""}`,
    );
    const flow = await lineage({ root, env, name: "shop.finance.revenue" });
    say("follows revenue to its source", flow.results?.columns.some((c) => c.from.column === "amount") ?? false);

    const seed = join(project, "seeds/raw_users.csv");
    writeFileSync(seed, `${readFileSync(seed, "utf8")}2,again@example.com\n`);
    const broken = await build({ root, env });
    say(
      "a repeated key fails the product that promises it",
      broken.exitCode === 1 && broken.results.some((r) => r.product === "shop.crm" && r.status === "failed"),
    );
    say("and leaves the others", broken.results.filter((r) => r.status === "ok").length >= 1);
    say(
      "names the test at its line",
      broken.diagnostics.some(
        (d) => d.code === "dbt/test-failed" && d.span?.file === "warehouse/models/schema.yml" && d.span.line > 1,
      ),
    );
    writeFileSync(seed, readFileSync(seed, "utf8").replace("2,again@example.com\n", ""));
    await build({ root, env });
    const checked = await check({ root, env });
    say(
      "dbt test answers for promises",
      checked.exitCode === 0 && checked.results.some((r) => r.assertion === "primary_key" && r.status === "passed"),
    );
    const states = await status({ root, env });
    say(
      "status knows the build",
      states.results.every((s) => s.build === "current"),
      JSON.stringify(states.results),
    );

    const model = join(project, "models/marts/crm/dim_users.sql");
    writeFileSync(model, readFileSync(model, "utf8").replace("u.email", "u.emial"));
    const wrong = await build({ root, env });
    say(
      "a broken model is named with the warehouse's reason",
      wrong.diagnostics.some(
        (d) => d.code === "dbt/model-failed" && /emial/.test(`${d.message} ${d.details?.join(" ")}`),
      ),
    );
    writeFileSync(join(project, "models/schema.yml"), "version: 2\nmodels:\n  - name: [\n");
    const stopped = await build({ root, env });
    say(
      "a project that does not parse is told in dbt's words",
      stopped.exitCode === 1 && stopped.diagnostics.some((d) => d.code === "dbt/run-stopped"),
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
console.log(failed === 0 ? "all as promised" : `${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
