import { randomUUID } from "node:crypto";
import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import { EngineError } from "@meshwork/engine";
import type { Session } from "@meshwork/engine";
import type { LedgerNode, LedgerRecord } from "@meshwork/engine-duckdb";
import { LakeError } from "@meshwork/engine-duckdb";
import type { NodeResult, ProjectNode } from "@meshwork/models";
import { runNodes } from "@meshwork/models";
import type { ProductKeys } from "./build-keys.ts";
import { portIsCurrent, productKeys, staleNodes } from "./build-keys.ts";
import type { BuiltPort } from "./build-ports.ts";
import { buildPorts } from "./build-ports.ts";
import type { RecordedChecks } from "./build-record.ts";
import { recordedChecks } from "./build-record.ts";
import type { EmbeddedTarget } from "./embedded-target.ts";
import { FileIntervalLedger } from "./interval-ledger.ts";
import type { LoadedMesh } from "./load-mesh.ts";
import { maskingFindings } from "./masking.ts";
import { interrupted } from "./operation.ts";
import { productSqlArea } from "./rules/area.ts";
import { sampleMasks } from "./sample-masks.ts";
import type { Product } from "./workspace.ts";
import { writeBelow } from "./write-below.ts";

/** What one product's build came to. */
export interface BuiltProduct {
  readonly product: string;
  readonly status: "ok" | "cached" | "failed" | "skipped";
  /** Milliseconds of work. */
  readonly ms: number;
  readonly models: number;
  readonly tests: { readonly passed: number; readonly total: number };
  readonly checks: { readonly passed: number; readonly total: number };
  readonly ports: readonly BuiltPort[];
  readonly runId?: string | undefined;
  /** Of skipped products: the upstream that failed or is not built, or `interrupted`. */
  readonly reason?: string | undefined;
}

export interface BuildProductOptions {
  readonly fullRefresh: boolean;
  /** Failing rows to show. */
  readonly rows: number;
  readonly signal?: AbortSignal | undefined;
  readonly onModel?: (node: ProjectNode, index: number, total: number) => void;
}

export const nothingBuilt = {
  models: 0,
  tests: { passed: 0, total: 0 },
  checks: { passed: 0, total: 0 },
  ports: [],
} as const;

/** Whether the ledger says that a product is what its code and inputs would make of it now. No engine is opened. */
export async function isUpToDate(
  target: EmbeddedTarget,
  product: Product,
  keys: ProductKeys,
  record: LedgerRecord | undefined,
): Promise<boolean> {
  if (staleNodes(keys, record).size > 0) return false;
  for (const [port, promise] of keys.ports)
    if (!(await portIsCurrent(target, product, port, promise, record))) return false;
  return true;
}

/**
 * Builds one product in its domain's open database: what is stale of its models, their tests, then each port beside the
 * old one, its checks, and only when nothing failed the swap. On any failure the former ports stay as they are.
 */
export async function buildProduct(
  mesh: LoadedMesh,
  target: EmbeddedTarget,
  product: Product,
  session: Session,
  options: BuildProductOptions,
): Promise<{ built: BuiltProduct; diagnostics: Diagnostic[] }> {
  const started = performance.now();
  const runId = randomUUID();
  const keys = await productKeys(mesh, target, product);
  const ledger = target.ledger(product);
  const record = options.fullRefresh ? undefined : await ledger.read();
  const diagnostics: Diagnostic[] = [];
  const done = (status: BuiltProduct["status"], more: Partial<BuiltProduct> = {}) => ({
    built: { ...nothingBuilt, product: product.name, status, ms: performance.now() - started, runId, ...more },
    diagnostics,
  });
  // What an interrupted statement says of itself is no finding: nothing is wrong with the product.
  const stopped = () => ({ ...done("skipped", { reason: interrupted }), diagnostics: [] });
  const builtNodes: Record<string, LedgerNode> = {};
  const contract = product.read.source.text;
  const remember = async (
    ports: Record<string, LedgerNode>,
    checks: readonly RecordedChecks[],
    kept: string | undefined,
  ) => {
    const former = Object.fromEntries(
      keys.nodes.flatMap(({ node }) => (record?.nodes[node.id] ? [[node.id, record.nodes[node.id]!]] : [])),
    );
    const nodes = { ...former, ...builtNodes, ...ports };
    await ledger.write({
      version: 1,
      product: product.name,
      nodes,
      checks,
      ...(kept === undefined ? {} : { contract: kept }),
    });
  };

  const project = mesh.projects.of(product);
  const broken = project.diagnostics.filter(
    (d) => d.severity === "error" && (d.product === undefined || d.product === product.name),
  );
  diagnostics.push(...broken, ...product.contract!.ports.flatMap((p) => maskingFindings(product, p.columns)));
  if (hasErrors(diagnostics)) return done("failed");

  try {
    // Another process may have built it while this one waited for the domain.
    if (!options.fullRefresh && (await isUpToDate(target, product, keys, record))) {
      // Promises that need no build are kept from now on, too.
      if (record && record.contract !== contract) await ledger.write({ ...record, contract });
      return done("cached");
    }
    await target.attach(session, keys.upstreamPorts);
    const stale = await withMissingRelations(session, keys, staleNodes(keys, record));
    const nodes = keys.nodes.map((k) => k.node);
    const outcome = await runNodes(project, session, {
      nodes: project.order(nodes.filter((n) => stale.has(n.id))),
      unitTests: [...project.unitTests.values()].filter((t) => stale.has(t.model)),
      masks: sampleMasks(mesh.workspace),
      projectHooks: true,
      fullRefresh: options.fullRefresh,
      intervals: { ledger: FileIntervalLedger.open(target.lake.intervals(product.domain)) },
      runId,
      asOf: mesh.now,
      signal: options.signal,
      sampleRows: options.rows,
      now: () => new Date(),
      onEvent: (event) => {
        if (event.kind === "start") options.onModel?.(event.node, event.index, event.total);
      },
      write: (path, text) => writeBelow(project.root, path, text),
    });
    diagnostics.push(...outcome.diagnostics.map((d) => ({ ...d, product: product.name })));
    for (const r of outcome.results)
      diagnostics.push(...r.diagnostics.map((d) => ({ ...d, span: d.span, product: d.product ?? product.name })));
    for (const { node, fingerprint, upstream } of keys.nodes) {
      const result = outcome.results.find((r) => r.unitTest === undefined && r.node.id === node.id);
      if (result && ["success", "pass", "warn"].includes(result.status))
        builtNodes[node.id] = { fingerprint, upstream, builtAt: mesh.now.toISOString(), runId };
    }
    const counts = { models: modelsIn(outcome.results), tests: testsIn(outcome.results) };
    if (!outcome.ok) {
      // What was built stays built: the next run begins at what failed. A failed node must run again.
      for (const r of outcome.results)
        if (!(r.node.id in builtNodes)) delete (record?.nodes as Record<string, LedgerNode> | undefined)?.[r.node.id];
      await remember(portsOf(record), recordedChecks(record), record?.contract);
      if (options.signal?.aborted) return stopped();
      return done("failed", counts);
    }
    const ports = await buildPorts({
      mesh,
      target,
      product,
      session,
      keys,
      runId,
      rows: options.rows,
      signal: options.signal,
    });
    diagnostics.push(...ports.diagnostics);
    if (!ports.ok) {
      await remember(portsOf(record), recordedChecks(record), record?.contract);
      if (options.signal?.aborted) return stopped();
      return done("failed", { ...counts, checks: ports.checks });
    }
    await remember(ports.ledger, ports.recorded, contract);
    return done("ok", { ...counts, checks: ports.checks, ports: ports.built });
  } catch (error) {
    if (options.signal?.aborted) return stopped();
    diagnostics.push(troubleOf(error, product));
    return done("failed");
  }
}

/** A ledger that speaks of a table which is gone is wrong: the table is built again, with what reads it. */
async function withMissingRelations(session: Session, keys: ProductKeys, stale: Set<string>): Promise<Set<string>> {
  const names = await (await session.query("SELECT table_schema, table_name FROM information_schema.tables")).rows();
  const there = new Set(names.map(([schema, name]) => `${String(schema)}.${String(name)}`.toLowerCase()));
  for (const { node } of keys.nodes) {
    if (node.resourceType === "test" || node.config.materialized === "ephemeral") continue;
    const reads = node.dependencies.some((d) => d.kind === "node" && stale.has(d.id));
    if (reads || !there.has(`${node.relation.schema ?? "main"}.${node.relation.name}`.toLowerCase()))
      stale.add(node.id);
  }
  for (const { node } of keys.nodes)
    if (node.dependencies.some((d) => d.kind === "node" && stale.has(d.id))) stale.add(node.id);
  // A stale model may read an ephemeral one that is not: it is inlined, so nothing is missing.
  return stale;
}

const portsOf = (record: LedgerRecord | undefined): Record<string, LedgerNode> =>
  Object.fromEntries(Object.entries(record?.nodes ?? {}).filter(([key]) => key.startsWith("port:")));

const modelsIn = (results: readonly NodeResult[]): number =>
  results.filter((r) => r.unitTest === undefined && r.node.resourceType !== "test").length;
const testsIn = (results: readonly NodeResult[]) => {
  const tests = results.filter((r) => r.unitTest !== undefined || r.node.resourceType === "test");
  return { passed: tests.filter((t) => t.status === "pass").length, total: tests.length };
};

/** Trouble of the machine or the engine, in the user's words. */
export function troubleOf(error: unknown, product: Product): Diagnostic {
  const detail = error instanceof Error ? error.message.split("\n")[0]! : String(error);
  const place = { product: product.name, span: () => product.read.source.spanOf(["metadata", "name"]) };
  const full =
    (error instanceof LakeError && error.code === "disk-full") ||
    (error instanceof EngineError && error.code === "disk-full");
  return productSqlArea.create(full ? "storage-full" : "engine-failed", { product: product.name, detail }, place);
}
