import type { OutputPort } from "@meshwork/contract";
import type { ArtifactProject, NodeRecord, ResultLedger } from "@meshwork/engine-dbt";
import type { ProjectNode } from "@meshwork/models";
import type { CheckResult } from "@meshwork/quality";
import type { LoadedMesh } from "../load-mesh.ts";
import type { Product } from "../workspace.ts";
import { artifactProjectOf, dbtOf, runsOnDbt } from "./dbt-target.ts";
import { promisesKept } from "./promises.ts";
import { knownResults } from "./result-store.ts";

/** What is known of a port that dbt builds, from artifacts alone. */
export interface PortOnDbt {
  readonly port: OutputPort;
  readonly model: ProjectNode;
  /** As it stands in SQL of the warehouse: `analytics.marts.orders`. */
  readonly relation: string;
  readonly record: NodeRecord | undefined;
  readonly rows: number | undefined;
  readonly bytes: number | undefined;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly nullable: boolean }[] | undefined;
  readonly checks: readonly CheckResult[];
}

export interface ProductOnDbt {
  readonly project: ArtifactProject;
  readonly ledger: ResultLedger;
  readonly ports: readonly PortOnDbt[];
  /** A model of the product is another one than the one that was run. */
  readonly stale: boolean;
}

/** Whether dbt builds the product, on this target or on any. */
export const isOnDbt = (mesh: LoadedMesh, product: Product): boolean =>
  runsOnDbt(mesh.target) || mesh.workspace.domains.get(product.domain)?.value?.dbt !== undefined;

/** The state of a product that dbt builds; `undefined` where no artifacts tell of it. */
export function productOnDbt(mesh: LoadedMesh, product: Product): ProductOnDbt | undefined {
  const dbt = dbtOf(mesh, product);
  const project = artifactProjectOf(mesh, product);
  if (project === undefined) return undefined;
  const ledger = knownResults(mesh.workspace.root, dbt, mesh.target);
  const ports = (product.contract?.ports ?? []).flatMap((port): PortOnDbt[] => {
    const model = mesh.projects.modelIn(project, product, port);
    if (model === undefined) return [];
    const built = project.catalog?.relations.get(model.id);
    const { database, schema, name } = model.relation;
    return [
      {
        port,
        model,
        relation: [database, schema, name].filter((part) => part !== undefined && part !== "").join("."),
        record: ledger.nodes[model.id],
        rows: built?.rows,
        bytes: built?.bytes,
        columns: built?.columns.map((c) => ({ name: c.name, type: c.type, nullable: true })),
        checks: promisesKept(product, port, model, project, ledger),
      },
    ];
  });
  const stale = project.diagnostics.some((d) => d.code === "dbt/stale-artifacts");
  return { project, ledger, ports, stale };
}
