// Proof: a dbt project as it is, built by plain dbt with dbt-duckdb and by Meshwork, gives the same tables and verdicts.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dbt: { type: "string", default: ".dbt-peers/venv/bin/dbt" },
    project: { type: "string", multiple: true },
    vars: { type: "string", default: "{}" },
    work: { type: "string", default: ".mesh/proofs/public-dbt" },
    json: { type: "string" },
    reuse: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(`Builds dbt projects with plain dbt on DuckDB and with mesh, and compares every relation row by row and
every model's and test's verdict.

node tools/dist/proofs/public-dbt.js PROJECT… [--dbt .dbt-peers/venv/bin/dbt] [--vars '{"a": 1}'] [--work folder] [--json file]
  [--reuse]  keep what dbt built in a former run in the same work folder

Packages must lie under dbt_packages/ already. Projects are copied; nothing is written into them.`);
  process.exit(0);
}
if (!existsSync(values.dbt)) skip("dbt with dbt-duckdb: name it with --dbt");
const projects = [...positionals, ...(values.project ?? [])];
if (projects.length === 0 || projects.some((p) => !existsSync(join(p, "dbt_project.yml"))))
  skip("dbt projects: name their folders");

const mesh = resolve(import.meta.dirname, "../../../packages/cli/bin/mesh.js");
const verbs = ["seed", "run", "snapshot", "test"] as const;

interface Score {
  readonly project: string;
  readonly relations: { readonly equal: number; readonly total: number; readonly different: readonly string[] };
  readonly nodes: { readonly equal: number; readonly total: number; readonly different: readonly string[] };
  readonly seconds: { readonly theirs: number; readonly ours: number };
}

const scores = projects.map(prove);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(scores, null, 2)}\n`);
process.exit(scores.every((s) => s.relations.equal === s.relations.total && s.nodes.equal === s.nodes.total) ? 0 : 1);

function skip(needs: string): never {
  console.log(`skipped: needs ${needs}`);
  process.exit(0);
}

function prove(folder: string): Score {
  const work = resolve(values.work, basename(resolve(folder)));
  const kept = values.reuse && existsSync(join(work, "theirs/verdicts.json"));
  for (const side of kept ? ["ours"] : ["theirs", "ours"]) rmSync(join(work, side), { recursive: true, force: true });
  console.log(`\n${folder}`);
  const theirs = build("theirs", work, folder, kept, (verb, profiles) => [
    resolve(values.dbt),
    [verb, "--profiles-dir", profiles, "--vars", values.vars],
  ]);
  const ours = build("ours", work, folder, false, (verb, profiles, project) => [
    process.execPath,
    [mesh, verb, "--project-dir", project, "--profiles-dir", profiles, "--vars", values.vars],
  ]);
  const relations = compare(read(work, "theirs"), read(work, "ours"));
  const nodes = compare(theirs.statuses, ours.statuses);
  for (const name of relations.different) console.log(`  different: ${name}`);
  for (const name of nodes.different) console.log(`  verdict: ${name}`);
  console.log(
    `  ${relations.equal} of ${relations.total} relations and ${nodes.equal} of ${nodes.total} verdicts are equal; ` +
      `dbt ${theirs.seconds.toFixed(1)} s, mesh ${ours.seconds.toFixed(1)} s`,
  );
  return { project: folder, relations, nodes, seconds: { theirs: theirs.seconds, ours: ours.seconds } };
}

/** Seeds, runs, snapshots and tests a copy of the project, and gives each node's verdict. */
function build(
  side: "theirs" | "ours",
  work: string,
  folder: string,
  kept: boolean,
  command: (verb: string, profiles: string, project: string) => [string, string[]],
): { statuses: Map<string, string>; seconds: number } {
  const project = join(work, side, "project");
  const noted = join(work, side, "verdicts.json");
  if (kept) {
    const former = JSON.parse(readFileSync(noted, "utf8")) as { statuses: [string, string][]; seconds: number };
    return { statuses: new Map(former.statuses), seconds: former.seconds };
  }
  mkdirSync(project, { recursive: true });
  cpSync(folder, project, { recursive: true, filter: (path) => !/[\\/](?:target|logs|\.git)$/.test(path) });
  const profile = /^profile:\s*["']?([\w-]+)/m.exec(readFileSync(join(project, "dbt_project.yml"), "utf8"))?.[1];
  // Both databases have one name: dbt prints it into SQL, and some projects keep that text in a column.
  // One thread inside the engine too: sums of floats and ties then come out in one order.
  const settings = { threads: 1 };
  const output = { type: "duckdb", path: databaseOf(work, side), schema: "main", threads: 1, settings };
  // JSON is YAML.
  writeFileSync(
    join(work, side, "profiles.yml"),
    JSON.stringify({ [profile ?? "default"]: { target: "dev", outputs: { dev: output } } }),
  );
  const statuses = new Map<string, string>();
  const started = performance.now();
  for (const verb of verbs) {
    rmSync(join(project, "target/run_results.json"), { force: true });
    const [program, args] = command(verb, join(work, side), project);
    const done = spawnSync(program, args, {
      cwd: project,
      encoding: "utf8",
      maxBuffer: 2 ** 30,
      env: { ...process.env, DO_NOT_TRACK: "1", DBT_SEND_ANONYMOUS_USAGE_STATS: "false", NO_COLOR: "1" },
    });
    writeFileSync(join(work, side, `${verb}.log`), `${done.stdout}\n${done.stderr}`);
    for (const [id, status] of verdicts(join(project, "target/run_results.json"))) statuses.set(id, status);
  }
  const seconds = (performance.now() - started) / 1000;
  writeFileSync(noted, JSON.stringify({ statuses: [...statuses], seconds }));
  return { statuses, seconds };
}

function databaseOf(work: string, side: string): string {
  return join(work, side, "proof.duckdb");
}

/** Success, failure or neither, of each node: tools word the same end differently. */
function verdicts(path: string): [string, string][] {
  if (!existsSync(path)) return [];
  const { results } = JSON.parse(readFileSync(path, "utf8")) as { results: { unique_id: string; status: string }[] };
  const words: Record<string, string> = { success: "ok", pass: "ok", warn: "ok", error: "bad", fail: "bad" };
  return results.map((r) => [r.unique_id, words[r.status] ?? r.status]);
}

function compare(theirs: ReadonlyMap<string, string>, ours: ReadonlyMap<string, string>) {
  const names = [...new Set([...theirs.keys(), ...ours.keys()])].sort();
  const side = (name: string): string =>
    !ours.has(name) ? "dbt only" : !theirs.has(name) ? "mesh only" : short(theirs.get(name)!, ours.get(name)!);
  const different = names.filter((n) => theirs.get(n) !== ours.get(n)).map((n) => `${n} (${side(n)})`);
  return { equal: names.length - different.length, total: names.length, different };
}

function short(theirs: string, ours: string): string {
  return theirs.length < 20 && ours.length < 20 ? `${theirs} in dbt, ${ours} in mesh` : "rows or types differ";
}

/** Relations with their types and rows. Read by the DuckDB beside dbt: each DuckDB reads files of its age and older. */
function read(work: string, side: "theirs" | "ours"): Map<string, string> {
  const reader = `
import duckdb, json, sys
c = duckdb.connect(sys.argv[1], read_only=True)
c.execute("set threads = 1")
quoted = lambda name: '"' + name.replace('"', '""') + '"'
found = []
for schema, name in c.execute("select table_schema, table_name from information_schema.tables order by all").fetchall():
    relation = quoted(schema) + "." + quoted(name)
    try:
        types = c.execute("select column_name, column_type from (describe " + relation + ")").fetchall()
        rows = c.execute("select md5(to_json(r)::varchar), count(*) from " + relation + " r group by 1 order by 1").fetchall()
        found.append((relation, json.dumps([types, rows])))
    except duckdb.Error as error:
        found.append((relation, "unreadable " + str(error)[:80]))
print(json.dumps(found))
`;
  const python = join(dirname(resolve(values.dbt)), "python");
  const done = spawnSync(python, ["-c", reader, databaseOf(work, side)], { encoding: "utf8", maxBuffer: 2 ** 30 });
  if (done.status !== 0) {
    console.log(`  The database of ${side} cannot be read: ${done.stderr.trim().split("\n").at(-1)}`);
    return new Map();
  }
  return new Map(JSON.parse(done.stdout) as [string, string][]);
}
