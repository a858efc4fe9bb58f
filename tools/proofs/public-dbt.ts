// Proof: a dbt project as it is, built by plain dbt with dbt-duckdb and by Meshwork, gives the same tables.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { duckdbEngine } from "@meshwork/engine-duckdb";
import { loadProject, runNodes } from "@meshwork/models";
import type { ConfigValue } from "@meshwork/models";
import { duckdb } from "@meshwork/sql";

const { values } = parseArgs({
  options: {
    dbt: { type: "string" },
    project: { type: "string" },
    vars: { type: "string", default: "{}" },
    work: { type: "string", default: ".mesh/proofs/public-dbt" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(`Builds a dbt project with plain dbt on DuckDB and with Meshwork, and compares every relation row by row.

node tools/dist/proofs/public-dbt.js --dbt venv/bin/dbt --project path/to/project [--vars '{"a": 1}'] [--work folder]

Packages must lie under dbt_packages/ already. The project is copied; nothing is written into it.`);
  process.exit(0);
}
if (values.dbt === undefined || !existsSync(values.dbt)) skip("dbt with dbt-duckdb: name it with --dbt");
if (values.project === undefined || !existsSync(join(values.project, "dbt_project.yml")))
  skip("a dbt project: name its folder with --project");

const schema = "main";
const vars = JSON.parse(values.vars) as Record<string, ConfigValue>;
const work = resolve(values.work);
rmSync(work, { recursive: true, force: true });
for (const side of ["theirs", "ours"]) {
  mkdirSync(join(work, side), { recursive: true });
  cpSync(values.project, join(work, side, "project"), {
    recursive: true,
    filter: (path) => !/[\\/](?:target|logs|\.git)$/.test(path),
  });
}

// Both databases have one name: dbt prints it into SQL, and some projects keep that text in a column.
const reader = `
import duckdb, json, sys
c = duckdb.connect(sys.argv[1], read_only=True)
quoted = lambda name: '"' + name.replace('"', '""') + '"'
found = []
for schema, name in c.execute("select table_schema, table_name from information_schema.tables order by all").fetchall():
    relation = quoted(schema) + "." + quoted(name)
    types = c.execute("select column_name, column_type from (describe " + relation + ")").fetchall()
    rows = c.execute("select to_json(r)::varchar, count(*) from " + relation + " r group by 1 order by 1").fetchall()
    found.append((relation, json.dumps([types, rows])))
print(json.dumps(found))
`;
const file = (side: string): string => join(work, side, "proof.duckdb");
buildTheirs();
await buildOurs();
const different = compare();
process.exit(different ? 1 : 0);

function skip(needs: string): never {
  console.log(`skipped: needs ${needs}`);
  process.exit(0);
}

function buildTheirs(): void {
  const project = join(work, "theirs", "project");
  const profile = /^profile:\s*["']?([\w-]+)/m.exec(readFileSync(join(project, "dbt_project.yml"), "utf8"))?.[1];
  const output = { type: "duckdb", path: file("theirs"), schema, threads: 1 };
  const profiles = { [profile ?? "default"]: { target: "dev", outputs: { dev: output } } };
  // JSON is YAML.
  writeFileSync(join(work, "theirs", "profiles.yml"), JSON.stringify(profiles));
  for (const verb of ["seed", "run", "snapshot", "test"]) {
    const started = performance.now();
    const args = [verb, "--profiles-dir", join(work, "theirs"), "--vars", JSON.stringify(vars)];
    const done = spawnSync(resolve(values.dbt!), args, {
      cwd: project,
      encoding: "utf8",
      env: { ...process.env, DO_NOT_TRACK: "1", NO_COLOR: "1" },
    });
    const last = /Done\. .*$/m.exec(done.stdout)?.[0] ?? "nothing to do";
    console.log(`dbt ${verb}: ${last} ${seconds(started)}`);
  }
}

async function buildOurs(): Promise<void> {
  const started = performance.now();
  const project = loadProject({
    root: join(work, "ours", "project"),
    target: { name: "dev", schema, type: "duckdb", database: "proof" },
    dialect: duckdb,
    now: new Date(),
    vars,
    env: process.env,
  });
  for (const d of project.diagnostics.filter((found) => found.severity === "error"))
    console.log(`${d.span?.file}:${d.span?.line} ${d.code} ${d.message}`);
  console.log(`mesh read: ${project.nodes.size} nodes ${seconds(started)}`);
  const engine = duckdbEngine({ path: file("ours") });
  const session = await engine.open();
  try {
    for (const type of ["seed", "model", "snapshot", "test"]) {
      const from = performance.now();
      const nodes = [...project.nodes.values()].filter((n) => n.resourceType === type);
      const { results } = await runNodes(project, session, { nodes, now: () => new Date() });
      const counts = new Map<string, number>();
      for (const r of results) counts.set(r.status, (counts.get(r.status) ?? 0) + 1);
      console.log(
        `mesh ${type}: ${[...counts].map(([k, n]) => `${k} ${n}`).join(", ") || "nothing to do"} ${seconds(from)}`,
      );
      for (const r of results.filter((each) => each.status === "error" || each.status === "fail"))
        console.log(
          `  ${r.status} ${r.node.name}: ${r.diagnostics.find((d) => d.severity === "error")?.message ?? ""}`,
        );
    }
  } finally {
    await session.close();
    await engine.close();
  }
}

/** Every relation of either side: the same columns and types, and nothing that only one side has. */
function compare(): boolean {
  const found = { theirs: read("theirs"), ours: read("ours") };
  const names = [...new Set([...found.theirs.keys(), ...found.ours.keys()])].sort();
  const unequal = names.filter((name) => found.theirs.get(name) !== found.ours.get(name));
  for (const name of unequal) {
    const side = found.ours.has(name)
      ? found.theirs.has(name)
        ? "rows or types differ"
        : "Meshwork only"
      : "dbt only";
    console.log(`different: ${name} (${side})`);
  }
  console.log(`${names.length - unequal.length} of ${names.length} relations are equal`);
  return unequal.length > 0;
}

/** Relations with their types and rows. Read by the DuckDB beside dbt: each DuckDB reads files of its age and older. */
function read(side: "theirs" | "ours"): Map<string, string> {
  const python = join(dirname(resolve(values.dbt!)), "python");
  const done = spawnSync(python, ["-c", reader, file(side)], { encoding: "utf8", maxBuffer: 2 ** 30 });
  if (done.status !== 0) throw new Error(`The database of ${side} cannot be read: ${done.stderr.trim()}`);
  return new Map(JSON.parse(done.stdout) as [string, string][]);
}

function seconds(from: number): string {
  return `(${((performance.now() - from) / 1000).toFixed(1)} s)`;
}
