import type { ProductSnapshot, SnapshotInput } from "@meshwork/publishers";
import type { CheckResult } from "@meshwork/quality";
import { describeType, duckdb } from "@meshwork/sql";
import { duckdbVersion } from "@meshwork/engine-duckdb";
import { portKey } from "./build-keys.ts";
import { recordedChecks } from "./build-record.ts";
import type { ColumnGraph } from "./column-graph.ts";
import { isOnDbt, productOnDbt } from "./dbt-runner/state-on-dbt.ts";
import type { EmbeddedTarget } from "./embedded-target.ts";
import { namedUpstreams, producerOf } from "./graph.ts";
import type { LoadedMesh } from "./load-mesh.ts";
import type { PolicyVerdicts } from "./policies.ts";
import { typeScriptImport } from "./type-names.ts";
import type { Product } from "./workspace.ts";
import { portRelation } from "./workspace.ts";

export interface SnapshotParts {
  readonly columns: ColumnGraph;
  readonly compliance: PolicyVerdicts;
  readonly git: ProductSnapshot["git"];
}

/** Everything that receivers may be told about a product, out of its contract, its ledger and its ports. */
export async function productSnapshot(
  mesh: LoadedMesh,
  target: EmbeddedTarget | undefined,
  product: Product,
  parts: SnapshotParts,
): Promise<ProductSnapshot> {
  const contract = product.contract!;
  const observed =
    target === undefined || isOnDbt(mesh, product)
      ? observedOnDbt(mesh, product)
      : await observedInLake(mesh, target, product);
  return {
    product: product.name,
    contract,
    contractText: product.read.source.text,
    file: product.contractFile,
    environment: mesh.target.name,
    git: parts.git,
    ports: observed.ports,
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
    checks: observed.checks.map(({ port, at, result: c }) => ({
      port,
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
      at,
    })),
    run: observed.run,
    compliance: parts.compliance.get(product.name) ?? [],
    models: mesh.projects
      .nodesOf(product)
      .filter((n) => n.resourceType === "model")
      .map((n) => ({ name: n.name, sql: n.source })),
    engine: observed.engine,
    typescript: typeScriptImport(mesh.workspace.mesh.npmScope, product),
  };
}

/** What a target shows of a product: where its ports lie, the last run, the last answers of its checks. */
interface Observed {
  readonly ports: ProductSnapshot["ports"];
  readonly run: ProductSnapshot["run"];
  readonly checks: readonly { readonly port: string; readonly at: string; readonly result: CheckResult }[];
  readonly engine: ProductSnapshot["engine"];
}

async function observedInLake(mesh: LoadedMesh, target: EmbeddedTarget, product: Product): Promise<Observed> {
  const record = await target.ledger(product).read();
  const ports: ProductSnapshot["ports"][number][] = [];
  let run: ProductSnapshot["run"];
  for (const port of product.contract!.ports) {
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
    ports,
    run,
    checks: recordedChecks(record).flatMap((r) =>
      r.results.map((result) => ({ port: r.port, at: r.checkedAt, result })),
    ),
    engine: { name: mesh.target.engine, version: duckdbVersion() },
  };
}

function observedOnDbt(mesh: LoadedMesh, product: Product): Observed {
  const known = productOnDbt(mesh, product);
  const { adapter = mesh.target.engine, dbtVersion = "" } = known?.project.manifest ?? {};
  const ports = product.contract!.ports.map((port) => {
    const found = known?.ports.find((p) => p.port === port);
    const builtAt = found?.record?.at;
    return {
      port: port.name,
      relation: found?.relation ?? port.name,
      format: "table",
      ...(found?.rows === undefined ? {} : { rows: found.rows }),
      ...(found?.bytes === undefined ? {} : { bytes: found.bytes }),
      ...(builtAt === undefined ? {} : { builtAt }),
      ...(found?.columns === undefined ? {} : { columns: [...found.columns] }),
    };
  });
  const record = known?.ports.find((p) => p.record !== undefined)?.record;
  const failed = record?.status === "error";
  return {
    ports,
    run:
      record === undefined || record.invocation === ""
        ? undefined
        : {
            runId: record.invocation,
            startedAt: record.at,
            endedAt: record.at,
            status: failed ? "failed" : "completed",
            environment: mesh.target.name,
          },
    checks: (known?.ports ?? []).flatMap((p) =>
      p.checks.map((result) => ({ port: p.port.name, at: p.record?.at ?? mesh.now.toISOString(), result })),
    ),
    engine: { name: adapter, version: dbtVersion === "" ? "" : `dbt ${dbtVersion}` },
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

async function inputsOf(
  mesh: LoadedMesh,
  target: EmbeddedTarget | undefined,
  product: Product,
): Promise<SnapshotInput[]> {
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
      const inLake: EmbeddedTarget | undefined = target !== undefined && !isOnDbt(mesh, producer) ? target : undefined;
      const snapshot = await inLake?.snapshot(producer, port);
      const relation = portRelation(mesh.workspace, producer.contract, port);
      inputs.set(`${producer.name}.${port.name}`, {
        name: producer.name,
        port: port.name,
        external: false,
        via: readBySql ? ["contract", "sql"] : ["contract"],
        relation: `${relation.schema}.${relation.name}`,
        location: snapshot && inLake?.store(producer, port).currentGlob,
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
