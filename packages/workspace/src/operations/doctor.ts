import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";
import { headCommit } from "../git.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { loadWorkspace } from "../workspace.ts";

export interface DoctorFinding {
  readonly what: string;
  readonly status: "ok" | "warning" | "problem";
  readonly detail: string;
  /** What to do about it. */
  readonly help?: string | undefined;
}

const gigabyte = 1024 ** 3;

/** Looks at the machine and the workspace: what a build will need, and whether it is there. */
export async function doctor(options: OperationOptions): Promise<OperationResult<readonly DoctorFinding[]>> {
  const results: DoctorFinding[] = [node()];
  const workspace = existsSync(join(options.root, "mesh.yaml")) ? loadWorkspace(options.root) : undefined;
  if (!workspace)
    results.push({
      what: "workspace",
      status: "problem",
      detail: `no mesh.yaml in ${options.root}`,
      help: "go to a mesh, or name one with --cwd",
    });
  else {
    results.push({
      what: "workspace",
      status: "ok",
      detail: `${workspace.domains.size} domains, ${workspace.products.size} products`,
    });
    const wrong = workspace.meshRead?.diagnostics.find((d) => d.severity === "error");
    if (wrong)
      results.push({ what: "mesh.yaml", status: "problem", detail: wrong.message, help: "mesh lint says where" });
    const target = workspace.mesh.targets.find((t) => t.name === (options.target ?? workspace.mesh.defaultTarget));
    results.push(
      target
        ? {
            what: "target",
            status: target.engine === "duckdb" ? "ok" : "warning",
            detail: `${target.name} on ${target.engine}`,
            ...(target.engine === "duckdb" ? {} : { help: "this version drives duckdb targets only" }),
          }
        : {
            what: "target",
            status: "problem",
            detail: "mesh.yaml names no such target",
            help: "add it under spec.targets",
          },
    );
    results.push(writable(join(options.root, target?.path ?? ".mesh/lake/dev")));
    results.push(...secrets(workspace.mesh.publish, options.env ?? process.env));
  }
  results.push(await duckdb());
  results.push(
    headCommit(options.root)
      ? { what: "git", status: "ok", detail: "repository with commits" }
      : {
          what: "git",
          status: "warning",
          detail: "no commit to compare with",
          help: "mesh compat and --affected need one: git init, git commit",
        },
  );
  const problems = results.filter((r) => r.status === "problem").length;
  return { exitCode: problems > 0 ? 1 : 0, diagnostics: [], summary: { checked: results.length, problems }, results };
}

function node(): DoctorFinding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const good = major > 20 || (major === 20 && minor >= 19);
  return {
    what: "node",
    status: good ? "ok" : "problem",
    detail: process.versions.node,
    ...(good ? {} : { help: "install Node 20.19 or newer" }),
  };
}

async function duckdb(): Promise<DoctorFinding> {
  try {
    const { duckdbEngine } = await import("@meshwork/engine-duckdb");
    const engine = duckdbEngine();
    const session = await engine.open();
    const [[version] = []] = await (await session.query("SELECT version()")).rows();
    await session.close();
    await engine.close();
    return { what: "duckdb", status: "ok", detail: String(version) };
  } catch (error) {
    return {
      what: "duckdb",
      status: "problem",
      detail: error instanceof Error ? error.message.split("\n")[0]! : String(error),
      help: "run npm ci: the engine comes as a package for this system",
    };
  }
}

function writable(lake: string): DoctorFinding {
  let at = lake;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  try {
    accessSync(at, constants.W_OK);
    const { bavail, bsize } = statfsSync(at);
    const free = (Number(bavail) * Number(bsize)) / gigabyte;
    const detail = `${lake}, ${free.toFixed(1)} GB free`;
    return free < 1
      ? { what: "storage", status: "warning", detail, help: "free some space: mesh prune removes old snapshots" }
      : { what: "storage", status: "ok", detail };
  } catch {
    return {
      what: "storage",
      status: "problem",
      detail: `${at} cannot be written`,
      help: "change its owner, or the target's path in mesh.yaml",
    };
  }
}

function secrets(
  targets: ReturnType<typeof loadWorkspace>["mesh"]["publish"],
  env: Readonly<Record<string, string | undefined>>,
): DoctorFinding[] {
  return targets.flatMap((t) =>
    (["url", "key"] as const).flatMap((setting): DoctorFinding[] => {
      const value = t[setting];
      if (typeof value !== "object" || value === null || !("env" in value) || env[value.env]) return [];
      return [
        {
          what: `publish ${t.name}`,
          status: "warning",
          detail: `${value.env} is not set`,
          help: `mesh publish --to ${t.name} needs it`,
        },
      ];
    }),
  );
}
