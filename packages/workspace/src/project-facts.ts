import type { Diagnostic, Span } from "@meshwork/diagnostics";
import type { PortQuery, PortResolution, Project } from "@meshwork/models";
import type { IgnoreComment } from "./ignore-comments.ts";
import type { Answers } from "./workspace-files.ts";

/** A model, seed, snapshot or test, as far as joining it with contracts goes. */
export interface NodeFacts {
  readonly name: string;
  readonly test: boolean;
  /** Ports that it reads, with the place that says so. */
  readonly ports: readonly { readonly product: string; readonly place: Span }[];
}

/** What a dbt project says to the mesh around it: all that `mesh lint` needs of one. Plain values. */
export interface ProjectFacts {
  /** Its folder, relative to the workspace. */
  readonly displayPath: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Comments in its files that accept findings. */
  readonly ignores: readonly IgnoreComment[];
  /** The nodes of each product, in building order. */
  readonly nodes: ReadonlyMap<string, readonly NodeFacts[]>;
}

/** Facts with everything that they rest on. */
export interface ObservedProject {
  readonly facts: ProjectFacts;
  readonly answers: Answers;
  /** Which port each reference was taken for. */
  readonly ports: readonly (readonly [PortQuery, PortResolution])[];
}

export function factsOf(project: Project, ignores: readonly IgnoreComment[]): ProjectFacts {
  const nodes = new Map<string, NodeFacts[]>();
  const byProduct = new Map<string, ReturnType<typeof nodesOf>>();
  for (const node of nodesOf(project)) {
    if (node.product === undefined) continue;
    const list = byProduct.get(node.product);
    if (list) list.push(node);
    else byProduct.set(node.product, [node]);
  }
  for (const [product, own] of byProduct) {
    nodes.set(
      product,
      project.order(own).map((n) => ({
        name: n.name,
        test: n.resourceType === "test",
        ports: n.dependencies.flatMap((d) => (d.kind === "port" ? [{ product: d.product, place: d.place }] : [])),
      })),
    );
  }
  return { displayPath: project.displayPath, diagnostics: project.diagnostics, ignores, nodes };
}

const nodesOf = (project: Project) => [...project.nodes.values()];
