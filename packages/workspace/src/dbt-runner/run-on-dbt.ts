import type { Diagnostic, Span } from "@meshwork/diagnostics";
import type { ArtifactProject, DbtExit, ResultLedger, RunResult } from "@meshwork/engine-dbt";
import { dbtArea, runDbt, withResults } from "@meshwork/engine-dbt";
import type { ProjectNode } from "@meshwork/models";
import { join } from "node:path";
import type { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions } from "../operation.ts";
import { Refusal } from "../operation.ts";
import { Projects } from "../projects.ts";
import { readText } from "../places.ts";
import type { Product } from "../workspace.ts";
import type { DbtBatch } from "./dbt-target.ts";
import { artifactProjectOf, dbtBatches, dbtSettings } from "./dbt-target.ts";
import { knownResults, lastRun, noteResults } from "./result-store.ts";

/** What dbt did for the products of one project. */
export interface RanBatch {
  readonly batch: DbtBatch;
  readonly exit: DbtExit;
  /** As the artifacts are after the run; `undefined` where dbt wrote none. */
  readonly project: ArtifactProject | undefined;
  readonly projects: Projects;
  /** Of this invocation, by node. */
  readonly results: ReadonlyMap<string, RunResult>;
  readonly ledger: ResultLedger;
  readonly diagnostics: readonly Diagnostic[];
}

export interface DbtVerbOptions extends OperationOptions {
  readonly fullRefresh?: boolean | undefined;
}

/** Runs one verb of dbt for the chosen products, one invocation a project, and reads what it wrote. */
export async function runOnDbt(mesh: LoadedMesh, verb: "build" | "test", options: DbtVerbOptions): Promise<RanBatch[]> {
  const settings = dbtSettings(mesh);
  const out: RanBatch[] = [];
  for (const batch of dbtBatches(mesh)) {
    if (options.signal?.aborted) break;
    const { root } = mesh.workspace;
    const { dbt } = batch;
    options.onProgress?.({ kind: "phase", text: `dbt ${verb}: ${dbt.project === "" ? "." : dbt.project}` });
    const before = lastRun(root, dbt, mesh.target)?.invocationId;
    // What dbt wrote before this run is written over by it.
    noteResults(root, dbt, mesh.target, knownResults(root, dbt, mesh.target));
    const exit = await runDbt({
      ...settings,
      verb,
      projectDir: join(root, dbt.project),
      select: batch.select,
      vars: options.vars,
      fullRefresh: options.fullRefresh,
      env: mesh.env,
      signal: options.signal,
      onNode: ({ name, index, total }) =>
        options.onProgress?.({ kind: "phase", text: `dbt ${verb}: ${name}`, done: index, total }),
    });
    if (exit.code === undefined)
      throw new Refusal(
        `Target "${mesh.target.name}" runs on dbt, and "${settings.command}" cannot be started.\nInstall dbt with the adapter, or name the program in mesh.yaml: command.`,
        3,
      );
    const run = lastRun(root, dbt, mesh.target);
    const fresh = run !== undefined && run.invocationId !== before ? run : undefined;
    const ledger = fresh
      ? withResults(knownResults(root, dbt, mesh.target), fresh)
      : knownResults(root, dbt, mesh.target);
    noteResults(root, dbt, mesh.target, ledger);
    // The manifest is another one now.
    const projects = new Projects(mesh.workspace, {
      target: mesh.target,
      vars: options.vars,
      env: mesh.env,
      now: mesh.now,
    });
    const project = artifactProjectOf(mesh, batch.products[0]!, projects);
    const results = new Map(fresh?.results.map((r) => [r.id, r]));
    const diagnostics = project === undefined ? [] : nodeFindings(mesh, project, results);
    // Fusion leaves an empty list of results where it could not begin.
    if ((fresh === undefined || (fresh.results.length === 0 && exit.code !== 0)) && !exit.interrupted)
      diagnostics.push(...stopped(mesh, batch, verb, exit));
    out.push({ batch, exit, project, projects, results, ledger, diagnostics });
  }
  return out;
}

/** Failed models and tests, each at its file. */
function nodeFindings(
  mesh: LoadedMesh,
  project: ArtifactProject,
  results: ReadonlyMap<string, RunResult>,
): Diagnostic[] {
  return [...results.values()].flatMap((result) => {
    const node = project.nodes.get(result.id);
    if (node === undefined) return [];
    const at = { product: node.product };
    if (node.resourceType === "test" && (result.status === "fail" || result.status === "warn")) {
      const about = aboutOf(project, node);
      const params = { test: node.name, failures: result.failures, about: about.text };
      const severity = result.status === "warn" ? ("warning" as const) : ("error" as const);
      return [dbtArea.create("test-failed", params, { ...at, severity, span: about.place(mesh) })];
    }
    if (result.status !== "error") return [];
    const lines = (result.message ?? "").split("\n").filter((l) => l.trim() !== "");
    // dbt begins with the kind of error and the file, which the finding says already.
    const [reason = "dbt says no more", ...rest] =
      lines.length > 1 && / Error in /.test(lines[0]!) ? lines.slice(1) : lines;
    const details = rest.map((l) => l.trimEnd()).slice(0, 20);
    const params = { kind: node.resourceType, name: node.name, reason: reason.trim() };
    return [
      dbtArea.create("model-failed", params, { ...at, span: node.place, ...(details.length > 0 ? { details } : {}) }),
    ];
  });
}

/** What a test is about, and where its column stands in YAML: dbt keeps the file and no line. */
function aboutOf(project: ArtifactProject, node: ProjectNode): { text: string; place(mesh: LoadedMesh): Span } {
  const model = node.test?.attachedTo === undefined ? undefined : project.nodes.get(node.test.attachedTo);
  const column = node.test?.column;
  const name = model?.name ?? node.name;
  return {
    text: column === undefined ? name : `${name}.${column}`,
    place(mesh) {
      const text = readText(mesh.workspace.root, node.file);
      if (text === undefined || column === undefined) return node.place;
      const lines = text.split("\n");
      const named = (n: string, from: number): number =>
        lines.findIndex(
          (l, i) => i >= from && new RegExp(`^\\s*(?:-\\s*)?name:\\s*["']?${escaped(n)}["']?\\s*$`).test(l),
        );
      const start = named(name, 0);
      const line = start === -1 ? -1 : named(column, start + 1);
      if (line === -1) return node.place;
      const at = lines[line]!.lastIndexOf(column) + 1;
      return { file: node.file, line: line + 1, column: at, endLine: line + 1, endColumn: at + column.length };
    },
  };
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** dbt ended before it ran anything: what it said is all there is. */
function stopped(mesh: LoadedMesh, batch: DbtBatch, verb: string, exit: DbtExit): Diagnostic[] {
  const domain = mesh.workspace.domains.get(batch.products[0]!.domain);
  const said = exit.errors.length > 0 ? exit.errors : [`exit code ${exit.code}`];
  return said.map((message) => {
    const [reason = "", ...details] = message.split("\n").filter((l) => l.trim() !== "");
    const span = () =>
      domain?.read.source.spanOf([...batch.dbt.at, "project"]) ?? domain?.read.source.spanOf(["metadata"]);
    const more = details.length > 0 ? { details: details.slice(0, 20) } : {};
    return dbtArea.create("run-stopped", { command: `dbt ${verb}`, reason }, { span, ...more });
  });
}

/** Nodes of a product that were to run. */
export const nodesOf = (ran: RanBatch, product: Product): ProjectNode[] =>
  [...(ran.project?.nodes.values() ?? [])].filter((n) => n.product === product.name);
