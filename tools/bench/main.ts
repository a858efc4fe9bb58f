import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "@meshwork/workspace";
import { dbtBenchmark } from "./dbt.bench.ts";
import { diffBenchmark } from "./diff.bench.ts";
import { lintBenchmark } from "./lint.bench.ts";
import { measure, report } from "./measure.ts";
import type { Subject } from "./measure.ts";
import { relintBenchmark } from "./relint.bench.ts";
import { sampleMesh } from "./sample-mesh.ts";

const usage = `Times Meshwork's commands against the floor of the same work, measured in the same run.

node tools/dist/bench/main.js [NAMES…] [--sizes 10,100,1000] [--runs 5] [--datacontract PYTHON]

--datacontract names a Python that has datacontract-cli: python3 -m venv V && V/bin/pip install datacontract-cli

  start-up     mesh --version against node -e 0
  diff         mesh diff of two contracts in a warm process, against reading and parsing both
  lint         mesh lint against datacontract lint, and against reading the contracts and a compiled JSON Schema
  relint       one edit in a process that goes on, against reading the contract's YAML
  compile      mesh compile against stock nunjucks on the same models
  typecheck    mesh typecheck against node -e 0
  unchanged    the second, unchanged mesh build against reading and hashing the files
  generate     nx g data-product against a generator that writes one file
  affected     nx affected against nx itself on a workspace without the plugin
  dbt          mesh parse, compile, ls and build against dbt Core and dbt 2 (--peers .dbt-peers, --only parse,edit)`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sizes: { type: "string" },
    runs: { type: "string", default: "5" },
    datacontract: { type: "string" },
    peers: { type: "string", default: ".dbt-peers" },
    only: { type: "string", default: "" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const repository = join(import.meta.dirname, "../../..");
const mesh = join(repository, "packages/cli/bin/mesh.js");
const floors = join(import.meta.dirname, "floors.js");
const runs = Number(values.runs);
const sizesOf = (usual: readonly number[]) =>
  values.sizes === undefined ? usual : values.sizes.split(",").map(Number);
const nothing: Subject = { name: "node -e 0", argv: ["node", "-e", "0"], cwd: repository };

const benchmarks: Readonly<Record<string, () => Promise<void>>> = {
  async "start-up"() {
    report(
      "start-up",
      measure(
        [
          { name: "mesh --version", argv: ["node", mesh, "--version"], cwd: repository },
          { name: "mesh --help", argv: ["node", mesh, "--help"], cwd: repository },
          nothing,
        ],
        runs,
      ),
    );
  },
  diff: () => diffBenchmark(sizesOf([100, 1000, 5000]), runs),
  lint: () =>
    lintBenchmark({ sizes: sizesOf([1, 100, 1000, 5000]), runs, datacontract: values.datacontract, repository }),
  async dbt() {
    const only = values.only.split(",").filter((name) => name !== "");
    await dbtBenchmark({ sizes: sizesOf([100, 1000]), runs, peers: values.peers, repository, only });
  },
  relint: () => relintBenchmark(runs),
  async compile() {
    await eachSize([10, 100, 1000], (size, root) => {
      const subjects: Subject[] = [
        { name: "mesh compile", argv: ["node", mesh, "compile", "--quiet"], cwd: root },
        { name: "nunjucks", argv: ["node", floors, "render-nunjucks", root], cwd: repository },
      ];
      report(
        `compile, ${size} products, ${2 * size} models and ${2 * size} tests`,
        measure(subjects, runs),
        "nunjucks renders the models only, writes nothing",
      );
    });
  },
  async typecheck() {
    await eachSize([10, 100, 1000], (size, root) => {
      report(
        `typecheck, ${2 * size} models`,
        measure([{ name: "mesh typecheck", argv: ["node", mesh, "typecheck"], cwd: root }, nothing], runs),
      );
    });
  },
  async unchanged() {
    await eachSize([10, 100], async (size, root) => {
      const first = await build({ root });
      if (first.exitCode !== 0) throw new Error(first.diagnostics.map((d) => d.message).join("\n"));
      const subjects: Subject[] = [
        { name: "mesh build, unchanged", argv: ["node", mesh, "build"], cwd: root },
        { name: "read and hash", argv: ["node", floors, "read-and-hash", root], cwd: repository },
      ];
      report(`unchanged build, ${size} products`, measure(subjects, runs));
    });
  },
  async generate() {
    await eachSize([10, 1000], (size, root) => {
      nxWorkspace(root);
      const nx = join(root, "node_modules/nx/dist/bin/nx.js");
      const env = { NX_DAEMON: "false" };
      const subjects: Subject[] = [
        {
          name: "nx g data-product",
          argv: [
            "node",
            nx,
            "g",
            "@meshwork/nx:data-product",
            "d0/fresh",
            "--preset=source-aligned",
            "--no-interactive",
            "--dry-run",
          ],
          cwd: root,
          env,
        },
        {
          name: "nx g of one file",
          argv: ["node", nx, "g", "one-file:one-file", "--no-interactive", "--dry-run"],
          cwd: root,
          env,
        },
      ];
      report(`generate, in a workspace of ${size} products`, measure(subjects, runs), "no daemon, dry run");
    });
  },
  async affected() {
    await eachSize([10, 100, 1000], (size, root) => {
      nxWorkspace(root);
      const nx = join(root, "node_modules/nx/dist/bin/nx.js");
      const contract = join(root, "domains/d0/p1/data-product-contract.yaml");
      const text = readFileSync(contract, "utf8");
      writeFileSync(contract, text.replace("description: Product p1", "description: The product p1"));
      const show = ["show", "projects", "--affected", "-t", "lint", "--base=HEAD"];
      const env = { NX_DAEMON: "false" };
      const subjects: Subject[] = [
        {
          name: "nx affected, cold",
          argv: ["node", nx, ...show],
          cwd: root,
          env,
          before: () => rmSync(join(root, ".nx"), { recursive: true, force: true }),
        },
        { name: "nx affected, warm", argv: ["node", nx, ...show], cwd: root, env },
        { name: "nx, no plugin", argv: ["node", nx, "show", "projects"], cwd: bareWorkspace(root), env },
      ];
      report(`affected, ${size} products`, measure(subjects, runs), "no daemon");
    });
  },
};

async function eachSize(
  usual: readonly number[],
  work: (size: number, root: string) => void | Promise<void>,
): Promise<void> {
  for (const size of sizesOf(usual)) {
    const sample = await sampleMesh(size);
    try {
      await work(size, sample.root);
    } finally {
      sample.remove();
    }
  }
}

/** Makes a sample mesh an Nx workspace with the plugin, by links to what this repository has installed. */
function nxWorkspace(root: string): void {
  linkModules(root);
  writeFileSync(
    join(root, "package.json"),
    `${JSON.stringify({ name: "bench", private: true, type: "module", workspaces: ["domains/*"] }, null, 2)}\n`,
  );
  cpSync(join(repository, "nx.json"), join(root, "nx.json"));
  const oneFile = join(root, "node_modules/one-file");
  mkdirSync(oneFile, { recursive: true });
  writeFileSync(
    join(oneFile, "package.json"),
    JSON.stringify({ name: "one-file", version: "1.0.0", type: "commonjs", generators: "./generators.json" }),
  );
  writeFileSync(
    join(oneFile, "generators.json"),
    JSON.stringify({
      generators: {
        "one-file": { implementation: "./one-file.js", schema: "./schema.json", description: "Writes one file" },
      },
    }),
  );
  writeFileSync(
    join(oneFile, "schema.json"),
    JSON.stringify({ $id: "OneFile", type: "object", description: "Writes one file", properties: {} }),
  );
  writeFileSync(join(oneFile, "one-file.js"), "module.exports = async (tree) => { tree.write('one.txt', 'one'); };\n");
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", root, "-c", "user.name=bench", "-c", "user.email=bench@example.invalid", ...args], {
      stdio: "ignore",
    });
  writeFileSync(join(root, ".gitignore"), "node_modules\n.nx\n.mesh\n");
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all");
  git("commit", "--quiet", "--message", "sample");
}

function bareWorkspace(root: string): string {
  const bare = join(root, ".mesh/bare");
  if (existsSync(bare)) return bare;
  mkdirSync(bare, { recursive: true });
  linkModules(bare);
  writeFileSync(join(bare, "package.json"), `${JSON.stringify({ name: "bare", private: true })}\n`);
  writeFileSync(join(bare, "nx.json"), `${JSON.stringify({ analytics: false, neverConnectToCloud: true })}\n`);
  return bare;
}

/** A folder of links rather than one link: a generator of the benchmark's own must not land in the repository. */
function linkModules(root: string): void {
  const target = join(root, "node_modules");
  const from = join(repository, "node_modules");
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name.startsWith(".") || existsSync(join(target, name))) continue;
    if (!name.startsWith("@")) symlinkSync(realpathSync(join(from, name)), join(target, name));
    else {
      mkdirSync(join(target, name));
      for (const scoped of readdirSync(join(from, name)))
        symlinkSync(realpathSync(join(from, name, scoped)), join(target, name, scoped));
    }
  }
}

const wanted = positionals.length > 0 ? positionals : Object.keys(benchmarks);
const unknown = wanted.find((w) => !(w in benchmarks));
if (unknown !== undefined) {
  console.error(`No benchmark "${unknown}". Known: ${Object.keys(benchmarks).join(", ")}.`);
  process.exit(2);
}
console.log(`Node ${process.versions.node}, medians of ${runs} runs after one that is not counted`);
for (const name of wanted) await benchmarks[name]!();
