import type { ProductSnapshot, SnapshotInput } from "@meshwork/publishers";
import { describeType, duckdb } from "@meshwork/sql";
import { duckdbVersion } from "@meshwork/engine-duckdb";
import { portKey } from "./build-keys.ts";
import { recordedChecks } from "./build-record.ts";
import type { ColumnGraph } from "./column-graph.ts";
import type { EmbeddedTarget } from "./embedded-target.ts";
import { namedUpstreams, producerOf } from "./graph.ts";
import type { LoadedMesh } from "./load-mesh.ts";
import type { PolicyVerdicts } from "./policies.ts";
import { typeScriptImport } from "./type-names.ts";
import type { Product } from "./workspace.ts";

export interface SnapshotParts {
  readonly columns: ColumnGraph;
  readonly compliance: PolicyVerdicts;
  readonly git: ProductSnapshot["git"];
}

/** Everything that receivers may be told about a product, out of its contract, its ledger and its ports. */
export async function productSnapshot(
  mesh: LoadedMesh,
  target: EmbeddedTarget,
  product: Product,
  parts: SnapshotParts,
): Promise<ProductSnapshot> {
  const contract = product.contract!;
  const record = await target.ledger(product).read();
  const ports: ProductSnapshot["ports"][number][] = [];
  let run: ProductSnapshot["run"];
  for (const port of contract.ports) {
    const snapshot = await target.snapshot(product, port);
    const relation = target.relation(product, port);
    const base = { port: port.name, relation: `${relation.schema}.${relation.name}`, format: "parquet" };
    if (!snapshot) {
      ports.push(base);
      continue;
    }
    // A build whose rows equal the old ones keeps the old snapshot, and is a run all the same: the ledger knows it.
    const { builtAt, runId } = record?.nodes[portKey(port)] ?? snapshot.manifest;
    ports.push({
      ...base,
      location: target.store(product, port).currentGlob,
      rows: snapshot.rows,
      bytes: snapshot.bytes,
      snapshot: snapshot.id,
      builtAt,
      columns: snapshot.columns.map((c) => ({ name: c.name, type: duckdb.type(c.type), nullable: c.nullable })),
    });
    run ??= { runId, startedAt: builtAt, endedAt: builtAt, status: "completed", environment: mesh.target.name };
  }
  return {
    product: product.name,
    contract,
    contractText: product.read.source.text,
    file: product.contractFile,
    environment: mesh.target.name,
    git: parts.git,
    ports,
    inputs: await inputsOf(mesh, target, product),
    columns: [
      ...parts.columns.flows
        .filter((f) => f.to.product === product.name)
        .map((f) => ({
          from: { name: f.from.product, port: f.from.port, column: f.from.column },
          to: { port: f.to.port, column: f.to.column },
          type: "direct" as const,
          subtype: f.kind.toUpperCase(),
        })),
      ...decidingEdges(product, parts.columns),
    ],
    consumers: consumersOf(mesh, product, parts.columns),
    checks: recordedChecks(record).flatMap((r) =>
      r.results.map((c) => ({
        port: r.port,
        check: c.check,
        assertion: c.assertion,
        column: c.column,
        status: c.status,
        severity: c.severity,
        actual: scalar(c.actual),
        expected: scalar(c.expected),
        failing: c.failing,
        rows: c.total,
        reason: c.reason,
        at: r.checkedAt,
      })),
    ),
    run,
    compliance: parts.compliance.get(product.name) ?? [],
    models: mesh.projects
      .nodesOf(product)
      .filter((n) => n.resourceType === "model")
      .map((n) => ({ name: n.name, sql: n.source })),
    engine: { name: mesh.target.engine, version: duckdbVersion() },
    typescript: typeScriptImport(mesh.workspace.mesh.npmScope, product),
  };
}

const openLineageSubtypes = {
  filter: "FILTER",
  join: "JOIN",
  group: "GROUP_BY",
  sort: "SORT",
  window: "WINDOW",
  condition: "CONDITIONAL",
} as const;

/** What decides about a column alone is its edge; what decides about rows is an edge of every column of the port. */
function decidingEdges(product: Product, columns: ColumnGraph): ProductSnapshot["columns"][number][] {
  const ports = new Map(product.contract?.ports.map((p) => [p.name, p.columns.map((c) => c.name)]));
  return columns.deciding
    .filter((f) => f.to.product === product.name)
    .flatMap(({ from, to, kind }) =>
      (to.column === undefined ? (ports.get(to.port) ?? []) : [to.column]).map((column) => ({
        from: { name: from.product, port: from.port, column: from.column },
        to: { port: to.port, column },
        type: "indirect" as const,
        subtype: openLineageSubtypes[kind],
      })),
    );
}

async function inputsOf(mesh: LoadedMesh, target: EmbeddedTarget, product: Product): Promise<SnapshotInput[]> {
  const inputs = new Map<string, SnapshotInput>();
  for (const { reference } of namedUpstreams(mesh.workspace).filter((u) => u.product === product)) {
    const producer = producerOf(mesh.workspace, reference);
    if (!producer?.contract) {
      inputs.set(reference.text, { name: reference.text, external: true, via: ["contract"] });
      continue;
    }
    const readBySql = mesh.projects
      .nodesOf(product)
      .some((n) => n.dependencies.some((d) => d.kind === "port" && d.product === producer.name));
    for (const port of producer.contract.ports) {
      if (reference.port !== undefined && reference.port !== port.name) continue;
      const snapshot = await target.snapshot(producer, port);
      const relation = target.relation(producer, port);
      inputs.set(`${producer.name}.${port.name}`, {
        name: producer.name,
        port: port.name,
        external: false,
        via: readBySql ? ["contract", "sql"] : ["contract"],
        relation: `${relation.schema}.${relation.name}`,
        location: snapshot && target.store(producer, port).currentGlob,
        columns: port.columns.map((c) => ({ name: c.name, type: describeType(c.type) })),
      });
    }
  }
  return [...inputs.values()];
}

function consumersOf(mesh: LoadedMesh, product: Product, columns: ColumnGraph): ProductSnapshot["consumers"][number][] {
  return mesh
    .graph()
    .downstream(product.name)
    .map((name) => ({
      name,
      owner: mesh.workspace.products.get(name)?.contract?.owner,
      columns: [
        ...new Set(
          [...columns.flows, ...columns.deciding]
            .filter((f) => f.from.product === product.name && f.to.product === name)
            .map((f) => f.from.column),
        ),
      ].sort(),
    }));
}

const scalar = (value: unknown): string | number | boolean | null | undefined =>
  value === undefined ||
  value === null ||
  typeof value === "string" ||
  typeof value === "number" ||
  typeof value === "boolean"
    ? value
    : typeof value === "bigint"
      ? value.toString()
      : JSON.stringify(value);
