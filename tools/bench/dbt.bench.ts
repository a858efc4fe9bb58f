import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findPeers } from "../proofs/dbt-peers-install.ts";
import type { Peer } from "../proofs/dbt-peers-install.ts";
import { growth, measure, report } from "./measure.ts";
import type { Measured, Subject } from "./measure.ts";
import { sampleDbtProject } from "./sample-dbt-project.ts";

export interface DbtBenchmark {
  readonly sizes: readonly number[];
  readonly runs: number;
  /** Where both dbts are installed: `.dbt-peers`. */
  readonly peers: string;
  /** Absolute. */
  readonly repository: string;
  /** Which of `parse`, `edit`, `compile`, `ls`, `build`, `error`; all where empty. */
  readonly only: readonly string[];
}

/** Above this a build by dbt Core is a matter of an hour. */
const BUILD_LIMIT = 200;

/** One of the tools, with a copy of the project of its own, so that no tool reads another's artifacts. */
interface Tool {
  readonly name: string;
  readonly root: string;
  argv(...verb: string[]): string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * A dbt project of many models with three tests each, read, compiled, listed and built by dbt Core, by dbt 2 (Fusion) and
 * by Meshwork, in turn, each in a copy of its own. `cold` has no `target/`; `one edit` finds that of the run before.
 */
export async function dbtBenchmark(options: DbtBenchmark): Promise<void> {
  const { installed, missing, python } = findPeers(options.peers);
  for (const name of missing)
    console.log(`\n${name}: skipped: needs dbt (node tools/dist/proofs/dbt-peers.js --install)`);
  const rows = new Map<string, { size: number; measured: Measured[] }[]>();
  for (const size of options.sizes) {
    const sample = sampleDbtProject(size);
    try {
      const tools = toolsOf(installed, python, options.repository, () => sample.copy());
      for (const [title, subjects] of benchmarks(tools, size, options.only)) {
        const runs = size >= 1000 ? Math.min(options.runs, 3) : options.runs;
        const measured = measure(subjects, runs);
        report(`${title}, ${size} models and ${3 * size} tests`, measured, "floor: Meshwork, the last line");
        rows.set(title, [...(rows.get(title) ?? []), { size, measured }]);
      }
    } finally {
      sample.remove();
    }
  }
  for (const [title, each] of rows) growth(`${title}, growth with the number of models`, each, "node -e 0");
}

function toolsOf(peers: readonly Peer[], python: string, repository: string, copy: () => string): Tool[] {
  const usage = join(repository, "tools/bench/usage.py");
  const mesh = join(repository, "packages/cli/bin/mesh.js");
  const ofPeers = peers.map((peer): Tool => {
    const root = copy();
    const place = ["--project-dir", root, "--profiles-dir", root];
    return {
      name: peer.name,
      root,
      env: peer.env,
      argv: (...verb) => [python, usage, peer.dbt, ...verb, ...place],
    };
  });
  const root = copy();
  const place = ["--project-dir", root, "--profiles-dir", root, "--quiet"];
  return [...ofPeers, { name: "mesh", root, env: {}, argv: (...verb) => ["node", mesh, ...verb, ...place] }];
}

function benchmarks(tools: readonly Tool[], size: number, only: readonly string[]): [string, Subject[]][] {
  const cold = (tool: Tool) => () => {
    for (const folder of ["target", ".mesh", "logs"]) rmSync(join(tool.root, folder), { recursive: true, force: true });
  };
  let edits = 0;
  const edited = (tool: Tool) => () => {
    const file = join(tool.root, "models/staging/part_0/stg_0.sql");
    const text = readFileSync(file, "utf8").replace(/\n-- edit \d+\n$/, "\n");
    writeFileSync(file, `${text}-- edit ${++edits}\n`.replace(/\n-- edit/, "\n-- edit"));
  };
  const each = (verb: readonly string[], before: (tool: Tool) => (() => void) | undefined): Subject[] =>
    tools.map((tool) => {
      const prepare = before(tool);
      return {
        name: tool.name,
        argv: tool.argv(...verb),
        cwd: tool.root,
        env: tool.env,
        ...(prepare ? { before: prepare } : {}),
      };
    });
  const all: [string, string, () => Subject[]][] = [
    ["parse", "parse, cold", () => each(["parse"], cold)],
    ["edit", "parse, after one edit", () => each(["parse"], edited)],
    ["compile", "compile, cold", () => each(["compile"], cold)],
    ["ls", "ls", () => each(["ls", "--resource-type", "model"], () => undefined)],
    ["build", "build, cold", () => (size > BUILD_LIMIT ? [] : each(["build"], clean(cold)))],
  ];
  return all.flatMap(([name, title, subjects]): [string, Subject[]][] => {
    if (only.length > 0 && !only.includes(name)) return [];
    const found = subjects();
    return found.length === 0 ? [] : [[title, found]];
  });
}

const clean =
  (cold: (tool: Tool) => () => void) =>
  (tool: Tool): (() => void) =>
  () => {
    cold(tool)();
    rmSync(join(tool.root, "bench.duckdb"), { force: true });
  };
