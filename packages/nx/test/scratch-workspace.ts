import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const repository = join(import.meta.dirname, "../../..");

/** A mesh of its own in a git repository, with this plugin and Nx linked in. The daemon stays off. */
export class ScratchWorkspace {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "mesh-nx-")));

  constructor() {
    linkModules(join(this.root, "node_modules"));
    this.write({
      "package.json":
        '{ "name": "scratch", "private": true, "type": "module", "workspaces": ["packages/*", "domains/*"], "devDependencies": { "@meshwork/nx": "0.1.0", "nx": "24.0.6" } }\n',
      "package-lock.json": '{ "name": "scratch", "lockfileVersion": 3, "packages": { "": { "name": "scratch" } } }\n',
      "nx.json": `${JSON.stringify({
        plugins: ["@meshwork/nx"],
        pluginsConfig: { "@nx/js": { analyzeSourceFiles: false, projectsAffectedByDependencyUpdates: "auto" } },
        sync: { globalGenerators: ["@meshwork/nx:sync"] },
        analytics: false,
        neverConnectToCloud: true,
      })}\n`,
      "mesh.yaml": [
        "apiVersion: datamesh.io/v1",
        "kind: Mesh",
        "metadata: { name: acme }",
        "spec:",
        '  npm_scope: "@acme"',
        "  policies:",
        "    - { name: data-lineage, enforcement: required }",
        "    - { name: pii-masking, enforcement: required }",
        "    - { name: encryption-at-rest, enforcement: required }",
        "    - { name: quality-slo, enforcement: required }",
        "",
      ].join("\n"),
      "README.md": "# Scratch\n",
      ".gitignore": "node_modules\n.nx\n.mesh/*\n!.mesh/scaffold.json\ntarget\n",
    });
    this.git("init", "-q", "-b", "main");
    this.commit();
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text);
    }
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  append(path: string, text: string): void {
    appendFileSync(join(this.root, path), text);
  }

  /** Replaces one text that has to be there. */
  replace(path: string, from: string, to: string): void {
    const before = this.read(path);
    if (!before.includes(from)) throw new Error(`${path} has no ${JSON.stringify(from)}:\n${before}`);
    writeFileSync(join(this.root, path), before.replace(from, to));
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true });
  }

  /** Runs Nx without a terminal. */
  nx(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
    const nx = join(repository, "node_modules/nx/dist/bin/nx.js");
    const env = {
      ...process.env,
      NX_DAEMON: "false",
      NX_TUI: "false",
      NO_COLOR: "1",
      FORCE_COLOR: undefined,
      CI: undefined,
    };
    const run = spawnSync(process.execPath, [nx, ...args], {
      cwd: this.root,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { status: run.status, stdout: run.stdout, stderr: run.stderr };
  }

  git(...args: readonly string[]): string {
    const identity = ["-c", "user.name=Scratch", "-c", "user.email=scratch@acme.example", "-c", "core.autocrlf=false"];
    const run = spawnSync("git", [...identity, ...args], { cwd: this.root, encoding: "utf8" });
    if (run.status !== 0) throw new Error(`git ${args.join(" ")}: ${run.stderr}`);
    return run.stdout;
  }

  commit(): void {
    this.git("add", "-A");
    this.git("commit", "-q", "--allow-empty", "-m", "State");
  }

  /** Back to the last commit. */
  reset(): void {
    this.git("checkout", "-q", ".");
    this.git("clean", "-fdq");
  }

  /** What git sees as changed, sorted: `M path`, `A path`, `D path`. */
  changes(): string[] {
    const lines = this.git("status", "--porcelain", "-uall")
      .split("\n")
      .filter((l) => l !== "");
    return lines.map((l) => `${l.startsWith("??") ? "A" : l.trim()[0]} ${l.slice(3)}`).sort();
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Links what the repository has installed, its own packages too. */
function linkModules(target: string): void {
  const source = join(repository, "node_modules");
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(source)) {
    if (name.startsWith(".")) continue;
    if (!name.startsWith("@")) symlinkSync(realpathSync(join(source, name)), join(target, name));
    else {
      mkdirSync(join(target, name));
      for (const scoped of readdirSync(join(source, name)))
        symlinkSync(realpathSync(join(source, name, scoped)), join(target, name, scoped));
    }
  }
}
