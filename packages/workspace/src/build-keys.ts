import { createHash } from "node:crypto";
import type { OutputPort } from "@meshwork/contract";
import { normalForm } from "@meshwork/contract";
import type { LedgerNode, LedgerRecord } from "@meshwork/engine-duckdb";
import type { ProjectNode } from "@meshwork/models";
import type { Relation } from "@meshwork/sql";
import type { EmbeddedTarget } from "./embedded-target.ts";
import { dataFingerprint } from "./external-sources.ts";
import type { LoadedMesh } from "./load-mesh.ts";
import type { Product } from "./workspace.ts";

/** What each node of a product is made of now: its code, and the state of everything it reads. */
export interface NodeKey {
  readonly node: ProjectNode;
  readonly fingerprint: string;
  readonly upstream: Readonly<Record<string, string>>;
}

export interface ProductKeys {
  readonly nodes: readonly NodeKey[];
  /** Per port: the promise it is held against, and the state of the model it is made of. */
  readonly ports: ReadonlyMap<OutputPort, string>;
  /** The snapshots that the keys speak of: a run reads these, whatever is swapped meanwhile. */
  readonly upstreamPorts: readonly { readonly relation: Relation; readonly files: readonly string[] }[];
  /** Upstream ports that have no snapshot yet. */
  readonly missing: readonly string[];
}

export const digest = (...parts: readonly string[]): string =>
  createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 32);

/** Works out the keys without touching data: code by fingerprint, ports by snapshot, sources by their files. */
export async function productKeys(mesh: LoadedMesh, target: EmbeddedTarget, product: Product): Promise<ProductKeys> {
  const project = mesh.projects.of(product);
  const keyOf = new Map<string, string>();
  const nodes: NodeKey[] = [];
  const missing = new Set<string>();
  const reads = new Map<string, ProductKeys["upstreamPorts"][number]>();
  for (const node of mesh.projects.nodesOf(product)) {
    const upstream: Record<string, string> = {};
    for (const d of node.dependencies) {
      if (d.kind === "node")
        upstream[d.id] =
          keyOf.get(d.id) ?? (project.nodes.has(d.id) ? project.fingerprint(project.nodes.get(d.id)!) : "");
      else if (d.kind === "source") upstream[d.id] = sourceState(mesh, project.sources.get(d.id)?.location);
      else {
        const producer = mesh.workspace.products.get(d.product);
        const port = producer?.contract?.ports.find((p) => p.name === d.port);
        const snapshot = producer && port && (await target.snapshot(producer, port));
        if (snapshot) reads.set(`${d.product}.${d.port}`, { relation: d.relation, files: snapshot.files });
        else if (d.product !== product.name) missing.add(d.product);
        upstream[`port:${d.product}.${d.port}`] = snapshot?.id ?? "";
      }
    }
    const fingerprint = project.fingerprint(node);
    keyOf.set(node.id, digest(fingerprint, JSON.stringify(upstream)));
    nodes.push({ node, fingerprint, upstream });
  }
  // A port answers for what it promises and for the state of the model behind it: a build that failed on the way to
  // the swap leaves a model that the port does not show.
  const form = JSON.stringify(normalForm(product.contract!));
  const ports = new Map(
    (product.contract?.ports ?? []).map((port) => {
      const model = mesh.projects.modelOf(product, port);
      return [port, digest(form, port.name, (model && keyOf.get(model.id)) ?? "")];
    }),
  );
  return { nodes, ports, upstreamPorts: [...reads.values()], missing: [...missing].sort() };
}

/** A source whose data nobody can vouch for is new each time: a build too many is better than a stale port. */
function sourceState(mesh: LoadedMesh, location: string | undefined): string {
  const known = location === undefined ? undefined : dataFingerprint(location, mesh.workspace.root);
  return known ?? `unknown at ${mesh.now.toISOString()}`;
}

/** Nodes that are not what the ledger says was built, and whatever reads one of them. */
export function staleNodes(keys: ProductKeys, record: LedgerRecord | undefined): Set<string> {
  const stale = new Set<string>();
  for (const { node, fingerprint, upstream } of keys.nodes) {
    // An ephemeral model is never built: it counts through the key of what reads it.
    if (node.config.materialized === "ephemeral") continue;
    const built = record?.nodes[node.id];
    const same =
      built?.fingerprint === fingerprint && JSON.stringify(sorted(built.upstream)) === JSON.stringify(sorted(upstream));
    const readsStale = node.dependencies.some((d) => d.kind === "node" && stale.has(d.id));
    if (!same || readsStale) stale.add(node.id);
  }
  return stale;
}

export const portKey = (port: OutputPort): string => `port:${port.name}`;

/** Whether a port's last commit still answers for what the contract promises now. */
export async function portIsCurrent(
  target: EmbeddedTarget,
  product: Product,
  port: OutputPort,
  promise: string,
  record: LedgerRecord | undefined,
): Promise<boolean> {
  const built: LedgerNode | undefined = record?.nodes[portKey(port)];
  if (built?.fingerprint !== promise) return false;
  const snapshot = await target.snapshot(product, port);
  return snapshot !== undefined && snapshot.id === built.snapshot && snapshot.damaged === undefined;
}

const sorted = (record: Readonly<Record<string, string>>) =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
