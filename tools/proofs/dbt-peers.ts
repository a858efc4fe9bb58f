// Proof: plain dbt Core and dbt 2 build every domain from the same files, and their tables equal Meshwork's ports.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { loadWorkspace, namedUpstreams, portRelation, producerOf, type Workspace } from "@meshwork/workspace";
import { compareTables, type TablePair } from "./compare-tables.ts";
import { findPeers, installPeers, type Peer } from "./dbt-peers-install.ts";

const { values } = parseArgs({
  options: {
    install: { type: "boolean", default: false },
    cache: { type: "string", default: ".dbt-peers" },
    python: { type: "string", default: "python3" },
    root: { type: "string", default: "." },
    data: { type: "string", default: process.env["MESH_DATA"] ?? ".mesh/data" },
    lake: { type: "string", default: process.env["MESH_LAKE"] ?? ".mesh/lake/dev" },
    work: { type: "string", default: ".mesh/proofs/dbt-peers" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(`Builds every domain with plain dbt and compares each table with the port that Meshwork built.

node tools/dist/proofs/dbt-peers.js [--install] [--cache .dbt-peers] [--data .mesh/data] [--lake .mesh/lake/dev]

--install fetches dbt Core 1.12 with dbt-duckdb and dbt 2 from PyPI into the cache (needs Python 3.10 or newer).`);
  process.exit(0);
}

if (values.install && findPeers(values.cache).missing.length > 0) {
  console.error("Installing dbt Core 1.12, dbt-duckdb and dbt 2 …");
  try {
    installPeers(values.cache, values.python);
  } catch (error) {
    stop(3, `Could not install: ${error instanceof Error ? error.message : String(error)}`);
  }
}
const peers = findPeers(values.cache);
for (const name of peers.missing) console.log(`${name}: skipped: needs dbt (run with --install)`);
if (peers.installed.length === 0 || !existsSync(peers.python)) process.exit(0);

const workspace = loadWorkspace(resolve(values.root));
const data = resolve(values.data);
const lake = resolve(values.lake);
if (!existsSync(join(data, "raw_web")))
  stop(3, `No raw data in ${values.data}: run node tools/dist/data/main.js first.`);
const domains = inOrder(workspace);
for (const domain of domains) {
  if (!existsSync(join(workspace.root, directoryOf(domain), "_mesh/profiles.yml")))
    stop(3, `domains/${domain}/_mesh is missing: run mesh sync first.`);
}

let differences = 0;
let tables = 0;
for (const peer of peers.installed) {
  console.log(peer.name);
  for (const domain of domains) await prove(peer, domain);
}
console.log(
  differences === 0 ? `All ${tables} tables are equal, row by row.` : `${differences} of ${tables} tables differ.`,
);
process.exitCode = differences === 0 ? 0 : 1;

async function prove(peer: Peer, domain: string): Promise<void> {
  const work = resolve(values.work, peer.name.replaceAll(/\W+/g, "-"), domain);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const project = join(workspace.root, directoryOf(domain));
  const database = join(work, "built.duckdb");
  const env = { ...process.env, ...peer.env, MESH_DATA: data, MESH_LAKE: lake, MESH_DBT_DUCKDB: database };
  const options = [
    "--project-dir",
    project,
    "--profiles-dir",
    join(project, "_mesh"),
    "--target-path",
    join(work, "target"),
    "--log-path",
    join(work, "logs"),
  ];
  const built = spawnSync(peer.dbt, ["build", ...options], { cwd: work, env, encoding: "utf8" });
  if (built.status !== 0) {
    console.log(`${built.stdout}${built.stderr}`);
    stop(1, `${peer.name} could not build ${domain}.`);
  }
  const pairs = exported(domain, database, work);
  for (const verdict of await compareTables(pairs)) {
    tables += 1;
    if (!verdict.equal) differences += 1;
    console.log(
      `  ${verdict.equal ? "equal  " : "differs"} ${verdict.name.padEnd(34)} ${String(verdict.rows).padStart(9)} rows`,
    );
    if (verdict.difference !== undefined) console.log(`          ${verdict.difference}`);
  }
}

/** dbt's tables as Parquet, each with the port it must equal. Python reads the file, because it may be of a newer DuckDB. */
function exported(domain: string, database: string, work: string): TablePair[] {
  const pairs: TablePair[] = [];
  for (const product of workspace.products.values()) {
    const { contract } = product;
    if (product.domain !== domain || !contract) continue;
    for (const port of contract.ports) {
      const current = join(lake, domain, portRelation(workspace, contract, port).name, "current");
      if (!existsSync(current))
        stop(3, `Port ${port.name} of ${product.name} is not built in ${values.lake}: run mesh build first.`);
      pairs.push({
        name: `${domain}.${port.name}`,
        columns: port.columns.map((column) => column.name),
        ours: join(current, "*.parquet"),
        theirs: join(work, `${port.name}.parquet`),
      });
    }
  }
  const script = `import duckdb, json, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
for table, path in json.loads(sys.argv[2]):
    connection.table(table).write_parquet(path)`;
  const list = pairs.map((pair) => [pair.name.slice(domain.length + 1), pair.theirs]);
  const done = spawnSync(peers.python, ["-c", script, database, JSON.stringify(list)], { encoding: "utf8" });
  if (done.status !== 0) stop(1, `The tables of ${domain} cannot be read: ${done.stderr.trim().split("\n").at(-1)}`);
  return pairs;
}

/** Domains so that each comes after those it reads. */
function inOrder(mesh: Workspace): string[] {
  const reads = new Map([...mesh.domains.keys()].map((name) => [name, new Set<string>()]));
  for (const upstream of namedUpstreams(mesh)) {
    const producer = producerOf(mesh, upstream.reference);
    if (producer && producer.domain !== upstream.product.domain)
      reads.get(upstream.product.domain)?.add(producer.domain);
  }
  const order: string[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) stop(1, `These domains read each other in a circle: ${[...path, name].join(" -> ")}.`);
    if (order.includes(name)) return;
    for (const producer of [...(reads.get(name) ?? [])].toSorted()) visit(producer, [...path, name]);
    order.push(name);
  };
  for (const name of [...reads.keys()].toSorted()) visit(name, []);
  return order;
}

function directoryOf(domain: string): string {
  return workspace.domains.get(domain)?.directory ?? join("domains", domain);
}

function stop(code: number, message: string): never {
  console.error(message);
  process.exit(code);
}
