import { resolve, join } from "node:path";
import { existsSync } from "node:fs";
import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import type { NodeResult, Project, ProjectNode, ResourceType, Selected } from "@meshwork/models";
import { listing, manifest, runNodes, runResults } from "@meshwork/models";
import { EmbeddedTarget } from "../embedded-target.ts";
import { LoadedMesh } from "../load-mesh.ts";
import { writeBelow } from "../write-below.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering, Refusal } from "../operation.ts";
import { productKeys } from "../build-keys.ts";
import type { Product } from "../workspace.ts";

export interface SelectionOptions extends OperationOptions {
  readonly cwd?: string | undefined;
  readonly select?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  /** The folder of one domain's project. */
  readonly projectDir?: string | undefined;
}

export interface LsOptions extends Omit<SelectionOptions, "root"> {
  readonly root: string;
  readonly form?: "selector" | "name" | "path" | "json" | undefined;
  readonly resourceTypes?: readonly string[] | undefined;
}

/** What dbt's artifacts say of the run that wrote them. */
const artifact = (mesh: LoadedMesh) => ({ generatedAt: mesh.now, invocationId: mesh.runId });

interface SelectedProject {
  readonly project: Project;
  readonly products: readonly Product[];
  selected: Selected;
}

/** The projects and nodes that dbt's flags choose; every project of the mesh where `--project-dir` is absent. */
function selectNodes(
  mesh: LoadedMesh,
  options: SelectionOptions,
  resourceTypes?: readonly string[],
): SelectedProject[] {
  const wanted =
    options.projectDir === undefined ? undefined : resolve(options.cwd ?? options.root, options.projectDir);
  const out: SelectedProject[] = [];
  for (const project of mesh.projects.all(mesh.chosen)) {
    if (wanted !== undefined && resolve(project.root) !== wanted) continue;
    const products = mesh.chosen.filter((p) => mesh.projects.of(p) === project);
    const names = new Set(products.map((p) => p.name));
    const selected = project.select({
      select: options.select?.length ? options.select : undefined,
      exclude: options.exclude?.length ? options.exclude : undefined,
      resourceTypes: resourceTypes?.length ? (resourceTypes as ResourceType[]) : undefined,
    });
    const mine = options.products?.length
      ? selected.nodes.filter((n) => n.product === undefined || names.has(n.product))
      : selected.nodes;
    out.push({ project, products, selected: { ...selected, nodes: mine } });
  }
  // A selector is written for the mesh: that it matches nothing counts only where it does so in every project.
  const empty = (s: SelectedProject) => s.selected.diagnostics.filter((d) => d.code === "sql/nothing-selected");
  const nowhere = new Set(
    (out[0] ? empty(out[0]) : [])
      .map((d) => d.message)
      .filter((m) => out.every((s) => empty(s).some((d) => d.message === m))),
  );
  for (const one of out) {
    const diagnostics = one.selected.diagnostics.filter(
      (d) => d.code !== "sql/nothing-selected" || (nowhere.delete(d.message) as boolean),
    );
    one.selected = { ...one.selected, diagnostics };
  }
  if (wanted !== undefined && out.length === 0) {
    const there = existsSync(join(wanted, "dbt_project.yml"));
    throw new Refusal(
      there
        ? `${options.projectDir} is a dbt project, but none of this mesh.\nPut it below domains/, beside a domain.yaml.`
        : `No dbt project in ${options.projectDir}.\nName the folder that holds dbt_project.yml.`,
    );
  }
  return out;
}

/** The resources of dbt projects, as dbt lists them. */
export const listResources = (options: LsOptions): Promise<OperationResult<readonly string[]>> =>
  answering([], async () => {
    const mesh = new LoadedMesh(options);
    const chosen = selectNodes(mesh, options, options.resourceTypes);
    const found = chosen.flatMap((c) => [
      ...c.project.diagnostics.filter((d) => d.severity === "error"),
      ...c.selected.diagnostics,
    ]);
    const results = chosen.flatMap((c) => [...listing(c.selected, options.form ?? "selector")]);
    return {
      exitCode: hasErrors(found) ? 1 : 0,
      diagnostics: mesh.settle(found),
      summary: { resources: results.length },
      results,
    };
  });

export interface CompiledNode {
  readonly id: string;
  readonly product: string | undefined;
  /** Relative to the workspace. */
  readonly file: string;
  readonly sql: string;
}

/** Renders the selected nodes and writes dbt's `target/compiled` and `manifest.json` beside each project. */
export const compile = (options: SelectionOptions): Promise<OperationResult<readonly CompiledNode[]>> =>
  answering([], async () => {
    const mesh = new LoadedMesh(options);
    const found: Diagnostic[] = [];
    const results: CompiledNode[] = [];
    for (const { project, selected } of selectNodes(mesh, options)) {
      found.push(...project.diagnostics, ...selected.diagnostics);
      for (const node of selected.nodes) {
        if (node.resourceType === "seed") continue;
        const compiled = project.compile(node);
        if (hasErrors(compiled.diagnostics)) continue;
        const path = `target/compiled/${project.name}/${node.path.endsWith(".sql") ? node.path : `${node.path}/${node.name}.sql`}`;
        writeBelow(project.root, path, `${compiled.sql}\n`);
        results.push({ id: node.id, product: node.product, file: `${project.displayPath}/${path}`, sql: compiled.sql });
      }
      writeBelow(
        project.root,
        "target/manifest.json",
        `${JSON.stringify(manifest(project, artifact(mesh)), null, 1)}\n`,
      );
    }
    const diagnostics = mesh.settle(found);
    return { exitCode: hasErrors(diagnostics) ? 1 : 0, diagnostics, summary: { compiled: results.length }, results };
  });

export interface RanNode {
  readonly id: string;
  readonly product: string | undefined;
  readonly status: NodeResult["status"];
  readonly ms: number;
  readonly failures?: number | undefined;
}

export interface RunVerbOptions extends SelectionOptions {
  readonly fullRefresh?: boolean | undefined;
  readonly rows?: number | undefined;
}

/** dbt's `run`: models only, in the private schema; ports are left as they are. */
export const run = (options: RunVerbOptions) => runVerb(options, "run", ["model", "snapshot"]);
/** dbt's `seed`. */
export const seed = (options: RunVerbOptions) => runVerb(options, "seed", ["seed"]);
/** dbt's `test`: the data tests of what is built. */
export const test = (options: RunVerbOptions) => runVerb(options, "test", ["test"]);

const runVerb = (
  options: RunVerbOptions,
  command: string,
  types: readonly ResourceType[],
): Promise<OperationResult<readonly RanNode[]>> =>
  answering([], async () => {
    const mesh = new LoadedMesh(options);
    const target = await EmbeddedTarget.open(mesh);
    const found: Diagnostic[] = [];
    const results: RanNode[] = [];
    for (const { project, products, selected } of selectNodes(mesh, options, types)) {
      found.push(...project.diagnostics, ...selected.diagnostics);
      const nodes = selected.nodes.filter((n: ProjectNode) => types.includes(n.resourceType));
      if (nodes.length === 0 || hasErrors(project.diagnostics)) continue;
      const started = performance.now();
      const domain = await target.openDomain(products[0]!.domain, {
        signal: options.signal,
        onWait: (h) => options.onProgress?.({ kind: "phase", text: `waiting for ${h.command} (pid ${h.pid})` }),
      });
      try {
        for (const product of products)
          await target.attach(domain.session, (await productKeys(mesh, target, product)).upstreamPorts);
        const outcome = await runNodes(project, domain.session, {
          nodes,
          fullRefresh: options.fullRefresh,
          signal: options.signal,
          sampleRows: options.rows ?? 5,
          now: () => new Date(),
          write: (path, text) => writeBelow(project.root, path, text),
          onEvent: (e) => {
            if (e.kind === "start")
              options.onProgress?.({
                kind: "phase",
                text: `${command}: ${e.node.name}`,
                done: e.index,
                total: e.total,
              });
          },
        });
        for (const r of outcome.results) {
          found.push(...r.diagnostics);
          results.push({
            id: r.node.id,
            product: r.node.product,
            status: r.status,
            ms: Math.round(r.ms),
            failures: r.failures,
          });
        }
        writeBelow(
          project.root,
          "target/run_results.json",
          `${JSON.stringify(runResults(project, outcome, { ...artifact(mesh), elapsedMs: performance.now() - started, command }), null, 1)}\n`,
        );
        writeBelow(
          project.root,
          "target/manifest.json",
          `${JSON.stringify(manifest(project, artifact(mesh)), null, 1)}\n`,
        );
      } finally {
        await domain.close();
      }
    }
    const diagnostics = mesh.settle(found);
    const count = (...s: NodeResult["status"][]) => results.filter((r) => s.includes(r.status)).length;
    return {
      exitCode: hasErrors(diagnostics) || count("error", "fail") > 0 ? 1 : 0,
      diagnostics,
      summary: {
        resources: results.length,
        passed: count("success", "pass"),
        warned: count("warn"),
        failed: count("fail", "error"),
        skipped: count("skipped"),
      },
      results,
    };
  });
