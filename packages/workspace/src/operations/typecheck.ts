import type { ContractColumn, OutputPort } from "@meshwork/contract";
import { snakeName } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors, nearest } from "@meshwork/diagnostics";
import type { Binder } from "@meshwork/engine";
import type { DescribedColumn, ModelDescription, UpstreamRelation } from "@meshwork/models";
import { describeModels } from "@meshwork/models";
import type { Column } from "@meshwork/sql";
import { describeType, sameType, widens } from "@meshwork/sql";
import { sourceColumns } from "../external-sources.ts";
import { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering } from "../operation.ts";
import { productSqlArea } from "../rules/area.ts";
import type { Product, Workspace } from "../workspace.ts";

/** One model as the binder sees it. */
export interface TypecheckedModel {
  readonly product: string;
  readonly model: string;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    /** Where its values come from; `null` when the plan does not tell. */
    readonly origins: readonly { readonly upstream: string; readonly column: string; readonly kind: string }[] | null;
  }[];
}

/**
 * Holds SQL against contracts without data: upstream contracts become empty typed tables, each model is bound in order,
 * and what a port's model yields is compared with what the contract promises.
 */
export const typecheck = (options: OperationOptions): Promise<OperationResult<readonly TypecheckedModel[]>> =>
  answering([], async () => {
    const mesh = new LoadedMesh(options);
    const found: Diagnostic[] = [];
    const results: TypecheckedModel[] = [];
    const { duckdbBinder } = await import("@meshwork/engine-duckdb");
    for (const project of mesh.projects.all(mesh.chosen)) {
      const products = mesh.chosen.filter((p) => mesh.projects.of(p) === project);
      options.onProgress?.({ kind: "phase", text: `typechecking ${project.name}` });
      found.push(...project.diagnostics);
      const binder = await duckdbBinder();
      try {
        const described = await describe(mesh, products, binder, options.signal);
        found.push(...described.diagnostics);
        for (const product of products) {
          found.push(...compare(mesh, product, described.models));
          results.push(...modelsOf(product, described.models));
        }
      } finally {
        await binder.close();
      }
    }
    const diagnostics = mesh.settle(found);
    return {
      exitCode: hasErrors(diagnostics) ? 1 : 0,
      diagnostics,
      summary: { products: mesh.chosen.length, models: results.length },
      results,
    };
  });

/** Binds the models of products that share a project. */
export async function describe(mesh: LoadedMesh, products: readonly Product[], binder: Binder, signal?: AbortSignal) {
  const project = mesh.projects.of(products[0]!);
  const names = new Set(products.map((p) => p.name));
  return describeModels(project, binder, {
    nodes: [...project.nodes.values()].filter((n) => n.resourceType !== "test" && n.product !== undefined && names.has(n.product)),
    columnsOf: (upstream) => upstreamColumns(mesh, upstream),
    signal,
  });
}

/** The columns an upstream promises: a port's by its contract, a source's by its declaration or its files. */
function upstreamColumns(mesh: LoadedMesh, upstream: UpstreamRelation): readonly Column[] | undefined {
  if (upstream.kind === "port") {
    const port = portOf(mesh.workspace, upstream.product, upstream.port);
    return port?.columns.map(asColumn);
  }
  return sourceColumns(mesh, upstream.source);
}

const portOf = (workspace: Workspace, product: string, port: string): OutputPort | undefined =>
  workspace.products.get(product)?.contract?.ports.find((p) => p.name === port || snakeName(p.name) === port);

export const asColumn = (c: ContractColumn): Column => ({ name: c.name, type: c.type, nullable: c.nullable, description: c.description });

function compare(mesh: LoadedMesh, product: Product, models: ReadonlyMap<string, ModelDescription>): Diagnostic[] {
  const out: Diagnostic[] = [];
  for (const port of product.contract?.ports ?? []) {
    const node = mesh.projects.modelOf(product, port);
    const described = node && models.get(node.id);
    if (!node || !described) continue;
    const actual = new Map(described.columns.map((c) => [c.name.toLowerCase(), c]));
    const at = (column: ContractColumn) => ({
      product: product.name,
      path: column.at,
      span: () => product.read.source.spanOf([...column.at, "name"]) ?? product.read.source.spanOf(column.at),
      related: [{ message: `built by ${node.name}`, span: node.place }],
    });
    for (const column of port.columns) {
      const has = actual.get(column.name.toLowerCase());
      if (!has) {
        const candidates = nearest(column.name, described.columns.map((c) => c.name));
        const params = { port: port.name, column: column.name, model: node.name, candidates };
        out.push(productSqlArea.create("missing-column", params as Omit<typeof params, "candidates">, at(column)));
      } else if (!fits(has, column)) {
        const params = { column: column.name, model: node.name, actual: describeType(has.type), promised: describeType(column.type) };
        out.push(productSqlArea.create("type-mismatch", params, at(column)));
      }
    }
    const promised = new Set(port.columns.map((c) => c.name.toLowerCase()));
    for (const column of described.columns) {
      if (promised.has(column.name.toLowerCase())) continue;
      const span = () => product.read.source.spanOf([...port.at, "name"], "key") ?? product.read.source.spanOf(port.at);
      out.push(productSqlArea.create("extra-column", { port: port.name, column: column.name, model: node.name }, { product: product.name, path: port.at, span }));
    }
  }
  return out;
}

/**
 * A model may yield what the contract promises, or something that becomes it without loss (the port casts).
 * Lengths are left to the checks, because engines seldom carry them; sessions run in UTC, so a UTC promise holds
 * with and without a zone.
 */
export function fits(actual: Pick<DescribedColumn, "type">, promised: Pick<ContractColumn, "type" | "constraints">): boolean {
  const [from, to] = [actual.type, promised.type];
  if (from.kind === "string" && to.kind === "string") return true;
  if (from.kind === "timestamp" && to.kind === "timestamp") {
    return from.zoned === to.zoned || promised.constraints.timezone?.toUpperCase() === "UTC";
  }
  return sameType(from, to) || widens(from, to);
}

const modelsOf = (product: Product, models: ReadonlyMap<string, ModelDescription>): TypecheckedModel[] =>
  [...models.values()]
    .filter((m) => m.node.product === product.name)
    .map((m) => ({
      product: product.name,
      model: m.node.name,
      columns: m.columns.map((c) => ({
        name: c.name,
        type: describeType(c.type),
        origins: c.origins?.map((o) => ({ upstream: o.upstream, column: o.column, kind: o.kind })) ?? null,
      })),
    }));
