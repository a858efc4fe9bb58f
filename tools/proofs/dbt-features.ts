// Proof: small projects, one for each group of dbt's features, run step by step by plain dbt and by `mesh`:
// the same statuses, freshness and relations after every step.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { findPeers, installPeers } from "./dbt-peers-install.ts";

const { values } = parseArgs({
  options: {
    install: { type: "boolean", default: false },
    cache: { type: "string", default: ".dbt-peers" },
    python: { type: "string" },
    only: { type: "string", multiple: true },
    // Outside of any mesh: below one, mesh build would mean its products.
    work: { type: "string", default: join(tmpdir(), "meshwork-dbt-features") },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(`Runs the projects below tools/proofs/testdata/dbt-features with dbt Core and with mesh, and compares them.

node tools/dist/proofs/dbt-features.js [--install] [--cache .dbt-peers] [--only incremental]
node tools/dist/proofs/dbt-features.js --python venv/bin/python     an environment with dbt-core and dbt-duckdb`);
  process.exit(0);
}
if (values.install && findPeers(values.cache).missing.length > 0) installPeers(values.cache, "python3");
const python = values.python ?? findPeers(values.cache).python;
if (!existsSync(python)) {
  console.log("skipped: needs dbt-core with dbt-duckdb (run with --install)");
  process.exit(0);
}

const root = resolve(import.meta.dirname, "../..");
const cases = join(root, "proofs/testdata/dbt-features");
const work = resolve(values.work);
rmSync(work, { recursive: true, force: true });
const names = readdirSync(cases).filter((name) => values.only === undefined || values.only.includes(name));

/** What a step left behind on one side. */
interface Outcome {
  readonly failed: boolean;
  readonly statuses: Readonly<Record<string, string>>;
  readonly freshness: Readonly<Record<string, string>>;
  readonly relations: Readonly<Record<string, string>>;
  readonly said: string;
}

const driver = `
import json, os, shlex, shutil, subprocess, sys, re
import duckdb
side, work, node, mesh = sys.argv[1:5]
plan = json.load(open(os.path.join(work, "plans.json")))
quoted = lambda name: '"' + name.replace('"', '""') + '"'

def relations(path, ignore):
    if not os.path.exists(path):
        return {}
    c = duckdb.connect(path, read_only=True)
    found = {}
    comments = c.execute("select schema_name, table_name, comment from duckdb_tables() union all select schema_name, view_name, comment from duckdb_views() where not internal").fetchall()
    comments += [(s, t + "." + n, m) for s, t, n, m in c.execute("select schema_name, table_name, column_name, comment from duckdb_columns() where not internal and comment is not null").fetchall()]
    for schema, name, kind in c.execute("select table_schema, table_name, table_type from information_schema.tables order by all").fetchall():
        out = ignore.get(schema + "." + name, [])
        try:
            described = c.execute("select column_name, column_type, \\"null\\", key from (describe " + quoted(schema) + "." + quoted(name) + ")").fetchall()
            kept = [column[0] for column in described if column[0] not in out]
            rows = c.execute("select to_json(r)::varchar, count(*) from (select " + ", ".join(map(quoted, kept)) + " from " + quoted(schema) + "." + quoted(name) + ") r group by 1 order by 1").fetchall()
        except Exception as error:
            rows, described = "broken", []
        # The last line of ours is Meshwork's mark, which dbt has no like of.
        own = lambda text: re.sub(r"(^|\\n)Made by Meshwork: \\{[^\\n]*\\}$", "", text)
        notes = sorted(own(str(m)) + " " + str(n) for s, n, m in comments if m and own(str(m)) and s == schema and (n == name or n.startswith(name + ".")))
        found[schema + "." + name] = json.dumps([kind, described, rows, notes])
    c.close()
    return found

def artifact(folder, name):
    try:
        return json.load(open(os.path.join(folder, name)))
    except FileNotFoundError:
        return {"results": []}

def invoke(folder, args):
    if side == "ours":
        done = subprocess.run([node, mesh, *args], cwd=folder, capture_output=True, text=True)
        return done.returncode != 0, (done.stdout + done.stderr).strip()[-600:]
    from dbt.cli.main import dbtRunner
    os.chdir(folder)
    done = dbtRunner().invoke(["--quiet", "--no-version-check", *args, "--no-partial-parse"])
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    DuckDBConnectionManager.close_all_connections()
    return not done.success, str(done.exception or "")

outcomes = {}
for case in plan["plans"]:
    folder = os.path.join(work, side, case["name"])
    outcomes[case["name"]] = []
    for step in case["steps"]:
        if step.startswith("overlay "):
            shutil.copytree(os.path.join(plan["cases"], case["name"], step.split()[1]), folder, dirs_exist_ok=True)
            continue
        args = shlex.split(step)
        target = args[args.index("--target-path") + 1] if "--target-path" in args else "target"
        fresh = args[0] != "retry"
        results = os.path.join(folder, target, "run_results.json")
        if fresh and os.path.exists(results):
            os.remove(results)
        failed, said = invoke(folder, args)
        nodes = artifact(os.path.join(folder, target), "run_results.json")["results"]
        sources = artifact(os.path.join(folder, target), "sources.json")["results"] if args[0] == "source" else []
        kind = lambda r: r["unique_id"].split(".")[0]
        statuses = {r["unique_id"]: r["status"] + ("" if r.get("failures") is None or kind(r) != "test" else " " + str(r["failures"])) for r in nodes if kind(r) != "operation" and kind(r) != "macro" and args[0] not in ("docs", "clone", "run-operation")}
        outcomes[case["name"]].append({
            "failed": failed,
            "said": said,
            "statuses": statuses,
            "freshness": {r["unique_id"]: r["status"] for r in sources},
            "relations": relations(os.path.join(folder, "feature.duckdb"), case["ignore"]),
        })
json.dump(outcomes, open(os.path.join(work, side + ".json"), "w"))
`;

const profiles = {
  feature: {
    target: "dev",
    outputs: {
      dev: { type: "duckdb", path: "feature.duckdb", threads: 1 },
      prod: { type: "duckdb", path: "feature.duckdb", threads: 1, schema: "prod" },
    },
  },
};
for (const side of ["theirs", "ours"]) {
  for (const name of names) {
    mkdirSync(join(work, side, name), { recursive: true });
    cpSync(join(cases, name, "project"), join(work, side, name), { recursive: true });
    // JSON is YAML.
    writeFileSync(join(work, side, name, "profiles.yml"), JSON.stringify(profiles));
  }
}
const plans = names.map((name) => ({ name, steps: lines(join(cases, name, "steps.txt")), ignore: ignored(name) }));
writeFileSync(join(work, "plans.json"), JSON.stringify({ cases, plans }));
const theirs = runAll("theirs");
const ours = runAll("ours");

let different = 0;
let total = 0;
for (const { name, steps } of plans) {
  const wrong: string[] = [];
  const commands = steps.filter((s) => !s.startsWith("overlay "));
  commands.forEach((step, i) => {
    total++;
    const found = differences(theirs[name]![i]!, ours[name]![i]!);
    if (found.length === 0) return;
    different++;
    wrong.push(`  ${i + 1}. ${step}`, ...found.map((f) => `     ${f}`));
  });
  console.log(`${wrong.length === 0 ? "equal  " : "differs"} ${name} (${commands.length} steps)`);
  for (const line of wrong) console.log(line);
}
console.log(`${total - different} of ${total} steps are equal to plain dbt's, in ${plans.length} projects`);
process.exit(different === 0 ? 0 : 1);

function lines(file: string): string[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .map((l) => l.trim())
    .filter((l) => l !== "");
}

/** Columns that hold a clock or a hash of one, by relation. */
function ignored(name: string): Record<string, string[]> {
  return Object.fromEntries(
    lines(join(cases, name, "ignore.txt")).map((line) => {
      const [relation, ...columns] = line.split(" ");
      return [relation!, columns];
    }),
  );
}

/** One Python process drives a side: it runs each step, and reads what is in the database after it. */
function runAll(side: "theirs" | "ours"): Record<string, Outcome[]> {
  const script = join(work, "drive.py");
  writeFileSync(script, driver);
  const mesh = join(root, "../packages/cli/bin/mesh.js");
  const done = spawnSync(python, [script, side, work, process.execPath, mesh], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
    env: { ...process.env, DO_NOT_TRACK: "1", DBT_SEND_ANONYMOUS_USAGE_STATS: "false", NO_COLOR: "1" },
  });
  if (done.status !== 0) throw new Error(`The steps of ${side} did not run: ${done.stderr.trim().slice(-2000)}`);
  return JSON.parse(readFileSync(join(work, `${side}.json`), "utf8")) as Record<string, Outcome[]>;
}

function differences(dbt: Outcome, mesh: Outcome): string[] {
  const found: string[] = [];
  if (dbt.failed !== mesh.failed) found.push(`dbt ${dbt.failed ? "fails" : "succeeds"}, mesh does not: ${mesh.said}`);
  for (const [what, a, b] of [
    ["status of", dbt.statuses, mesh.statuses],
    ["freshness of", dbt.freshness, mesh.freshness],
    ["relation", dbt.relations, mesh.relations],
  ] as const) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)].sort())) {
      if (a[key] !== b[key]) found.push(`${what} ${key}: dbt ${short(a[key])} | mesh ${short(b[key])}`);
    }
  }
  return found;
}

function short(text: string | undefined): string {
  return text === undefined ? "nothing" : text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
