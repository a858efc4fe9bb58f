import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ScratchWorkspace } from "./scratch-workspace.ts";

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, string>> };
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: { readonly push: { readonly branches: readonly string[] } };
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<"plan" | "domain" | "publish", Job>>;
}

/** The generated workflow, its commands run as a runner would run them. */
let mesh: ScratchWorkspace;
let workflow: Workflow;

beforeAll(() => {
  mesh = new ScratchWorkspace();
  mesh.append(
    "mesh.yaml",
    "  publish:\n    events: { kind: openlineage, url: { env: OPENLINEAGE_URL }, key: { env: OPENLINEAGE_KEY } }\n",
  );
  for (const args of [
    ["domain", "sales"],
    ["domain", "finance"],
    ["data-product", "sales/orders"],
    ["data-product", "sales/returns"],
    ["data-product", "finance/daily", "--inputs=sales.orders"],
  ])
    expect(mesh.nx("g", ...args, "--no-interactive").status).toBe(0);
  workflow = parse(mesh.read(".github/workflows/mesh.yml")) as Workflow;
  mesh.commit();
}, 120_000);
afterAll(() => mesh.dispose());

/** Runs the commands of a job in a shell, as GitHub does; `npm ci` has nothing to install from here. */
function runSteps(job: Job, env: Readonly<Record<string, string>>): { status: number | null; text: string }[] {
  const results: { status: number | null; text: string }[] = [];
  for (const { run } of job.steps) {
    if (run === undefined || run === "npm ci") continue;
    const shell = spawnSync("bash", ["-eo", "pipefail", "-c", run], {
      cwd: mesh.root,
      encoding: "utf8",
      env: { ...process.env, NX_DAEMON: "false", ...env, PATH: `${join(mesh.root, "bin")}:${process.env["PATH"]}` },
    });
    results.push({ status: shell.status, text: shell.stdout + shell.stderr });
  }
  return results;
}

describe("the generated workflow", () => {
  it("uses actions that exist, with the history and rights they need", () => {
    const uses = new Set(Object.values(workflow.jobs).flatMap((j) => j.steps.flatMap((s) => s.uses ?? [])));
    expect([...uses].sort()).toEqual(["actions/checkout@v5", "actions/setup-node@v5", "nrwl/nx-set-shas@v5"]);
    for (const job of Object.values(workflow.jobs))
      expect(job.steps.find((s) => s.uses?.startsWith("actions/checkout"))?.with).toEqual({ "fetch-depth": 0 });
    expect(workflow.permissions).toEqual({ contents: "read", actions: "read" });
  });

  it("publishes a push to main only, after the checks, with the secrets that mesh.yaml names", () => {
    const { publish } = workflow.jobs;
    expect(workflow.on.push.branches).toEqual(["main"]);
    expect(publish.needs).toEqual(["plan", "domain"]);
    expect(publish.if).toBe("github.event_name == 'push' && github.ref == 'refs/heads/main'");
    expect(publish.env).toMatchObject({
      OPENLINEAGE_KEY: "${{ secrets.OPENLINEAGE_KEY }}",
      OPENLINEAGE_URL: "${{ secrets.OPENLINEAGE_URL }}",
    });
  });

  it("puts nothing from outside into a shell, and refers to outputs that exist", () => {
    for (const job of Object.values(workflow.jobs)) {
      for (const { run } of job.steps) expect(run ?? "").not.toContain("${{");
      for (const [, step] of JSON.stringify(job).matchAll(/steps\.(\w+)\.outputs/g))
        expect(workflow.jobs.plan.steps.map((s) => s.id)).toContain(step);
      for (const [, output] of JSON.stringify(job).matchAll(/needs\.plan\.outputs\.(\w+)/g))
        expect(Object.keys(workflow.jobs.plan.outputs!)).toContain(output);
    }
  });

  it("plans the domains that a change reaches, and runs each", () => {
    const base = mesh.git("rev-parse", "HEAD").trim();
    mesh.append("domains/sales/orders/models/orders.sql", "-- other\n");
    mesh.commit();
    const output = join(mesh.root, ".nx/output.txt");
    writeFileSync(output, "");
    const env = {
      NX_BASE: base,
      NX_HEAD: mesh.git("rev-parse", "HEAD").trim(),
      RUNNER_TEMP: join(mesh.root, ".nx"),
      GITHUB_OUTPUT: output,
    };
    const planned = runSteps(workflow.jobs.plan, env);
    expect(
      planned.map((r) => r.status),
      planned.map((r) => r.text).join("\n"),
    ).toEqual([0, 0]);
    expect(readFileSync(output, "utf8")).toBe('domains=["finance","sales"]\n');

    const [sales] = runSteps(workflow.jobs.domain, { ...env, DOMAIN: "sales" });
    expect(sales?.status, sales?.text).toBe(0);
    expect(sales?.text).toContain("sales.orders:build");
    expect(sales?.text).not.toContain("sales.returns:build");
    expect(sales?.text).not.toContain("finance.daily:build");
    const [published] = runSteps(workflow.jobs.publish, {
      ...env,
      DOMAIN: "",
      OPENLINEAGE_URL: join(mesh.root, "events.ndjson"),
      OPENLINEAGE_KEY: "a-key",
    });
    expect(published?.status, published?.text).toBe(0);
    const events = readFileSync(join(mesh.root, "events.ndjson"), "utf8").trim().split("\n");
    const jobs = new Set(events.map((line) => (JSON.parse(line) as { job: { name: string } }).job.name));
    expect(jobs.has("finance.daily") && jobs.has("sales.orders") && !jobs.has("sales.returns")).toBe(true);
  }, 120_000);

  it("plans nothing for a README", () => {
    const base = mesh.git("rev-parse", "HEAD").trim();
    mesh.append("README.md", "more\n");
    mesh.commit();
    const output = join(mesh.root, ".nx/output.txt");
    writeFileSync(output, "");
    runSteps(workflow.jobs.plan, {
      NX_BASE: base,
      NX_HEAD: "HEAD",
      RUNNER_TEMP: join(mesh.root, ".nx"),
      GITHUB_OUTPUT: output,
    });
    expect(readFileSync(output, "utf8")).toBe("domains=[]\n");
  }, 60_000);
});
