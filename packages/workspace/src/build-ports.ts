import type { OutputPort } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import { EngineError } from "@meshwork/engine";
import type { Session } from "@meshwork/engine";
import type { LedgerNode, Staged } from "@meshwork/engine-duckdb";
import type { ProjectNode } from "@meshwork/models";
import type { CheckResult } from "@meshwork/quality";
import type { Relation } from "@meshwork/sql";
import { describeType, statement } from "@meshwork/sql";
import type { ProductKeys } from "./build-keys.ts";
import { portKey } from "./build-keys.ts";
import type { RecordedChecks } from "./build-record.ts";
import { runPortChecks } from "./check-port.ts";
import { describeProducts } from "./describe.ts";
import type { EmbeddedTarget } from "./embedded-target.ts";
import { fits } from "./fits.ts";
import type { LoadedMesh } from "./load-mesh.ts";
import { alreadyMasked, portSelect } from "./masking.ts";
import { portResolver } from "./port-resolver.ts";
import { portModelNames } from "./projects.ts";
import { productSqlArea } from "./rules/area.ts";
import type { Product } from "./workspace.ts";

export interface BuiltPort {
  readonly port: string;
  readonly relation: string;
  readonly rows: number;
  readonly bytes: number;
  readonly snapshot: string;
  /** False when the new content equals the old: consumers have nothing to do. */
  readonly changed: boolean;
}

export interface PortsContext {
  readonly mesh: LoadedMesh;
  readonly target: EmbeddedTarget;
  readonly product: Product;
  readonly session: Session;
  readonly keys: ProductKeys;
  readonly runId: string;
  /** Failing rows to show. */
  readonly rows: number;
  readonly signal?: AbortSignal | undefined;
}

export interface BuiltPorts {
  readonly ok: boolean;
  readonly diagnostics: readonly Diagnostic[];
  readonly checks: { readonly passed: number; readonly total: number };
  readonly built: readonly BuiltPort[];
  readonly ledger: Readonly<Record<string, LedgerNode>>;
  readonly recorded: readonly RecordedChecks[];
}

interface StagedPort {
  readonly port: OutputPort;
  readonly staged: Staged;
  /** What checks read: the new rows, before anybody else sees them. */
  readonly relation: Relation;
}

/** Stages every port of a product, checks them together, and swaps all of them or none. */
export async function buildPorts(context: PortsContext): Promise<BuiltPorts> {
  const { target, product } = context;
  const diagnostics: Diagnostic[] = [];
  const staged: StagedPort[] = [];
  const nothing = { built: [], ledger: {}, recorded: [] };
  const discard = async () => {
    for (const s of staged) await target.store(product, s.port).discard(s.staged);
  };
  try {
    for (const port of product.contract!.ports) {
      const stage = await stagePort(context, port, diagnostics);
      if (stage) staged.push(stage);
    }
    const checked = await checkPorts(context, staged, diagnostics);
    const results = [...checked.values()].flat();
    const checks = {
      passed: results.filter((r) => r.status === "passed").length,
      total: results.filter((r) => r.status !== "skipped").length,
    };
    if (hasErrors(diagnostics)) {
      await discard();
      return { ok: false, diagnostics, checks, ...nothing };
    }
    context.signal?.throwIfAborted();
    return { ok: true, diagnostics, checks, ...(await commitPorts(context, staged, checked)) };
  } catch (error) {
    await discard().catch(() => undefined);
    throw error;
  }
}

async function stagePort(
  context: PortsContext,
  port: OutputPort,
  diagnostics: Diagnostic[],
): Promise<StagedPort | undefined> {
  const { mesh, target, product, session } = context;
  const node = mesh.projects.modelOf(product, port);
  if (!node) {
    const extra = { product: product.name, path: port.at, span: () => product.read.source.spanOf(port.at) };
    diagnostics.push(
      productSqlArea.create("port-without-model", { port: port.name, names: portModelNames(product, port) }, extra),
    );
    return undefined;
  }
  const found = await yieldFindings(product, port, node, session);
  diagnostics.push(...found);
  if (found.length > 0) return undefined;
  const masks = port.columns.some((c) => c.masking !== undefined && c.masking !== "none");
  // Where a masked column's values come from decides whether the port has to mask them: only then is the plan asked.
  const described = masks
    ? (await describeProducts(mesh, [product], { signal: context.signal })).get(node.id)
    : undefined;
  const select = portSelect(
    port.columns,
    node.relation,
    (c) => session.dialect.type(c.type),
    alreadyMasked(mesh.workspace, node, described),
  );
  let staged: Staged;
  try {
    const options = { columns: port.columns, signal: context.signal };
    staged = await target.store(product, port).stage(session, statement(select, session.dialect).text, options);
  } catch (error) {
    // Whatever is wrong with the rows is the model's; a full disk and an interruption are not.
    if (!(error instanceof EngineError) || !["conversion", "type-mismatch", "constraint", "other"].includes(error.code))
      throw error;
    const params = { model: node.name, port: port.name, detail: error.message.split("\n")[0]! };
    diagnostics.push(productSqlArea.create("failing-rows", params, { product: product.name, span: node.place }));
    return undefined;
  }
  const relation = { schema: "mesh_staging", name: target.relation(product, port).name };
  await target.attach(session, [{ relation, files: staged.files }]);
  return { port, staged, relation };
}

async function checkPorts(
  context: PortsContext,
  staged: readonly StagedPort[],
  diagnostics: Diagnostic[],
): Promise<Map<OutputPort, readonly CheckResult[]>> {
  const { mesh, target, product, session } = context;
  const own = staged.map((s) => ({ port: s.port.name, relation: s.relation }));
  const resolve = await portResolver(mesh, target, product, session, own);
  const out = new Map<OutputPort, readonly CheckResult[]>();
  for (const { port, relation } of staged) {
    const { workspace, now } = mesh;
    const outcome = await runPortChecks({
      session,
      product,
      port,
      relation,
      now,
      rows: context.rows,
      root: workspace.root,
      resolve,
      signal: context.signal,
    });
    diagnostics.push(...outcome.diagnostics);
    out.set(port, outcome.results);
  }
  return out;
}

async function commitPorts(
  context: PortsContext,
  staged: readonly StagedPort[],
  checked: ReadonlyMap<OutputPort, readonly CheckResult[]>,
) {
  const { mesh, target, product, session, keys, runId } = context;
  const at = mesh.now.toISOString();
  const built: BuiltPort[] = [];
  const ledger: Record<string, LedgerNode> = {};
  const recorded: RecordedChecks[] = [];
  for (const { port, staged: stage } of staged) {
    const fingerprint = keys.ports.get(port)!;
    const meta = { runId, fingerprint, upstream: upstreamSnapshots(keys), builtAt: at };
    const { snapshot, swapped } = await target.store(product, port).commit(stage, meta);
    const relation = target.relation(product, port);
    await target.attach(session, [{ relation, files: snapshot.files }]);
    const { id, rows, bytes } = snapshot;
    built.push({
      port: port.name,
      relation: `${relation.schema}.${relation.name}`,
      rows,
      bytes,
      snapshot: id,
      changed: swapped,
    });
    ledger[portKey(port)] = { fingerprint, upstream: {}, builtAt: at, runId, snapshot: id, rows };
    recorded.push({ port: port.name, snapshot: id, checkedAt: at, results: checked.get(port) ?? [] });
  }
  return { built, ledger, recorded };
}

/** What a port's model yields against what the port promises, by the engine's own word. */
async function yieldFindings(
  product: Product,
  port: OutputPort,
  node: ProjectNode,
  session: Session,
): Promise<Diagnostic[]> {
  const yielded = (await session.query(`SELECT * FROM ${session.dialect.relation(node.relation)} LIMIT 0`)).columns;
  const byName = new Map(yielded.map((c) => [c.name.toLowerCase(), c]));
  return port.columns.flatMap((column) => {
    const span = () => product.read.source.spanOf([...column.at, "name"]);
    const extra = { product: product.name, path: column.at, span };
    const has = byName.get(column.name.toLowerCase());
    if (!has)
      return [
        productSqlArea.create("missing-column", { port: port.name, column: column.name, model: node.name }, extra),
      ];
    if (fits(has, column)) return [];
    const types = { actual: describeType(has.type), promised: describeType(column.type) };
    return [productSqlArea.create("type-mismatch", { column: column.name, model: node.name, ...types }, extra)];
  });
}

const upstreamSnapshots = (keys: ProductKeys): Record<string, string> =>
  Object.fromEntries(
    keys.nodes.flatMap((k) => Object.entries(k.upstream).filter(([name]) => name.startsWith("port:"))),
  );
