import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Project, Selected } from "@meshwork/models";
import { productKeys } from "../build-keys.ts";
import type { Ledger } from "@meshwork/engine-duckdb";
import { openLake } from "@meshwork/engine-duckdb";
import { EmbeddedTarget, lakeRoot } from "../embedded-target.ts";
import { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions } from "../operation.ts";
import { Refusal } from "../operation.ts";
import { sampleMasks } from "../sample-masks.ts";
import type { Product } from "../workspace.ts";
import type { DbtOptions } from "./dbt-options.ts";
import type { Connection, DbtPlaces, Selectable } from "./dbt-place.ts";
import { selectIn } from "./dbt-place.ts";

/** The projects of a mesh, each built in its domain's private database; ports of other domains are attached to it. */
export function meshPlaces(options: DbtOptions & OperationOptions, types?: readonly Selectable[]): DbtPlaces {
  const mesh = new LoadedMesh(options);
  let target: Promise<EmbeddedTarget> | undefined;
  const places = selectNodes(mesh, options, types).map(({ project, products, selected }) => ({
    project,
    selected,
    targetFolder:
      options.targetPath === undefined
        ? join(project.root, "target")
        : resolve(options.cwd ?? options.root, options.targetPath),
    threads: options.threads ?? 4,
    masks: sampleMasks(mesh.workspace),
    isThere: () => existsSync(join(lakeRoot(mesh), products[0]!.domain, "private.duckdb")),
    intervalsFile: openLake(lakeRoot(mesh)).intervals(products[0]!.domain),
    filled: async (models: ReadonlySet<string>): Promise<void> => {
      const embedded = await (target ??= EmbeddedTarget.open(mesh));
      for (const product of products) {
        const mine = [...models].some((id) => project.nodes.get(id)?.product === product.name);
        if (mine) await forgetPorts(embedded.ledger(product));
      }
    },
    connect: async (signal: AbortSignal | undefined): Promise<Connection> => {
      const embedded = await (target ??= EmbeddedTarget.open(mesh));
      const domain = await embedded.openDomain(products[0]!.domain, {
        signal,
        onWait: (h) => options.onProgress?.({ kind: "phase", text: `waiting for ${h.command} (pid ${h.pid})` }),
      });
      try {
        for (const product of products)
          await embedded.attach(domain.session, (await productKeys(mesh, embedded, product)).upstreamPorts);
      } catch (error) {
        await domain.close();
        throw error;
      }
      return { session: domain.session, close: () => domain.close() };
    },
  }));
  return { places, now: mesh.now, invocationId: mesh.runId, settle: (found) => mesh.settle(found) };
}

/** The private tables are not what the ports show any more: the next build commits them anew. */
async function forgetPorts(ledger: Ledger): Promise<void> {
  const record = await ledger.read();
  if (record === undefined) return;
  const nodes = Object.fromEntries(Object.entries(record.nodes).filter(([id]) => !id.startsWith("port:")));
  await ledger.write({ ...record, nodes });
}

interface SelectedProject {
  readonly project: Project;
  readonly products: readonly Product[];
  selected: Selected;
}

/** The projects and nodes that dbt's flags choose; every project of the mesh where `--project-dir` is absent. */
function selectNodes(
  mesh: LoadedMesh,
  options: DbtOptions & OperationOptions,
  types?: readonly Selectable[],
): SelectedProject[] {
  const wanted =
    options.projectDir === undefined ? undefined : resolve(options.cwd ?? options.root, options.projectDir);
  const out: SelectedProject[] = [];
  for (const project of mesh.projects.all(mesh.chosen)) {
    if (wanted !== undefined && resolve(project.root) !== wanted) continue;
    const products = mesh.chosen.filter((p) => mesh.projects.of(p) === project);
    const names = new Set(products.map((p) => p.name));
    const selected = selectIn(project, options, types);
    project.noteSelection(selected.ids);
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
        ? `${options.projectDir} holds none of the products asked for.\nmesh ls lists them.`
        : `No dbt project in ${options.projectDir}.\nName the folder that holds dbt_project.yml.`,
    );
  }
  return out;
}
