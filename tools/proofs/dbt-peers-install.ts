import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join, resolve } from "node:path";

/** A dbt that builds the example, beside Meshwork. */
export interface Peer {
  readonly name: string;
  readonly dbt: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Peers {
  readonly installed: readonly Peer[];
  readonly missing: readonly string[];
  /** Python of the dbt Core environment: reads a database file of whatever DuckDB version wrote it. */
  readonly python: string;
}

/**
 * dbt Core goes in without its dependencies, and those by name: one of them, which only its preview of dbt 2's parser
 * uses, downloads more while it installs. DuckDB for Python is the release that Meshwork uses, so that a difference is
 * the tools' and not the engine's.
 */
const coreDependencies = [
  "agate<1.15",
  "click<9,>=8.3",
  "daff>=1.3.46",
  "dbt-adapters<2,>=1.24.5",
  "dbt-common<2,>=1.37.5",
  "dbt-extractor<=0.6,>=0.5",
  "dbt-protos<2,>=1.0.514",
  "jinja2<4,>=3.1.3",
  "jsonschema<5,>=4.19.1",
  "mashumaro[msgpack]<3.18,>=3.9",
  "metricflow<1,>=0.213",
  "networkx<4",
  "opentelemetry-api<2,>=1.26",
  "packaging>20.9",
  "pathspec<1.1",
  "protobuf<8,>=6",
  "pydantic<3",
  "python-dotenv>=1.2",
  "pytz",
  "pyyaml>=6",
  "requests<3",
  "snowplow-tracker<2",
  "sqlparse<0.7,>=0.5.5",
  "typing-extensions>=4.4",
  "duckdb==1.5.5",
];
const core = ["dbt-core==1.12.6", "dbt-duckdb==1.11.1"];
/** The newest dbt 2 that comes as a wheel. */
const second = "dbt==2.0.0rc196";

const quiet = { DBT_SEND_ANONYMOUS_USAGE_STATS: "false", DO_NOT_TRACK: "1", NO_COLOR: "1" };

/** What lies in the cache directory already. */
export function findPeers(cache: string): Peers {
  const base = resolve(cache);
  const all: Peer[] = [
    { name: "dbt Core 1.12", dbt: join(base, "venv/bin/dbt"), env: quiet },
    { name: "dbt 2", dbt: join(base, "vfusion/bin/dbt"), env: { ...quiet, ADBC_DRIVER_PATH: join(base, "adbc") } },
  ];
  return {
    installed: all.filter((peer) => existsSync(peer.dbt)),
    missing: all.filter((peer) => !existsSync(peer.dbt)).map((peer) => peer.name),
    python: join(base, "venv/bin/python"),
  };
}

/** Installs both into the cache directory with pip. Throws with pip's last words where that fails. */
export function installPeers(cache: string, python: string): void {
  const base = resolve(cache);
  mkdirSync(base, { recursive: true });
  const pip = join(base, "venv/bin/pip");
  run(python, ["-m", "venv", join(base, "venv")]);
  run(pip, ["install", "--quiet", ...coreDependencies]);
  run(pip, ["install", "--quiet", "--no-deps", ...core]);
  run(python, ["-m", "venv", join(base, "vfusion")]);
  run(join(base, "vfusion/bin/pip"), ["install", "--quiet", "--only-binary", ":all:", second]);
  writeDriver(base);
}

/** dbt 2 finds DuckDB through an ADBC driver manifest; the library is the one that Meshwork brings. */
function writeDriver(base: string): void {
  const require = createRequire(import.meta.url);
  const bindings = dirname(
    createRequire(require.resolve("@duckdb/node-api")).resolve("@duckdb/node-bindings/package.json"),
  );
  const mac = platform() === "darwin";
  const path = join(
    dirname(bindings),
    `node-bindings-${platform()}-${arch()}`,
    mac ? "libduckdb.dylib" : "libduckdb.so",
  );
  const system = `${mac ? "macos" : "linux"}_${arch() === "arm64" ? "arm64" : "amd64"}`;
  mkdirSync(join(base, "adbc"), { recursive: true });
  const manifest = `name = "DuckDB"\nversion = "1.0.0"\n[Driver]\nentrypoint = "duckdb_adbc_init"\n[Driver.shared]\n${system} = ${JSON.stringify(path)}\n`;
  writeFileSync(join(base, "adbc/duckdb.toml"), manifest);
}

function run(command: string, args: readonly string[]): void {
  const done = spawnSync(command, args, { encoding: "utf8" });
  if (done.error) throw done.error;
  if (done.status !== 0)
    throw new Error(
      `${command} ${args.slice(0, 3).join(" ")} …: ${done.stderr.trim().split("\n").slice(-3).join("\n")}`,
    );
}
