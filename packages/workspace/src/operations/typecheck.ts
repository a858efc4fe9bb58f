import type { ContractColumn } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors, nearest } from "@meshwork/diagnostics";
import type { ModelDescription, ProjectNode } from "@meshwork/models";
import { describeType } from "@meshwork/sql";
import { binderLoader } from "../binders.ts";
import { columnFlows } from "../column-graph.ts";
import { fits } from "../fits.ts";
import { describeProducts } from "../describe.ts";
import { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering } from "../operation.ts";
import { productSqlArea } from "../rules/area.ts";
import { columnRules } from "../rules/registry.ts";
import type { Product } from "../workspace.ts";

/** One model as the binder sees it. */
export interface TypecheckedModel {
  readonly product: string;
  readonly model: string;
  /** `unknown`: nobody could say what the model yields, and a finding says why; it has no columns here. */
  readonly answer: "known" | "unknown";
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    /** Where its values come from; `null` when the plan does not tell. */
    readonly origins: readonly { readonly upstream: string; readonly column: string; readonly kind: string }[] | null;
  }[];
}

/**
 * Holds SQL against contracts without data: upstream contracts become empty typed tables, each model is bound in order,
 * what a port's model yields is compared with what the contract promises, and values are followed back to upstreams.
 */
export const typecheck = (options: OperationOptions): Promise<OperationResult<readonly TypecheckedModel[]>> =>
  answering([], async () => {
    const mesh = new LoadedMesh(options);
    const found: Diagnostic[] = [];
    options.onProgress?.({ kind: "phase", text: `typechecking ${mesh.chosen.length} products` });
    for (const project of mesh.projects.all(mesh.chosen)) found.push(...project.diagnostics);
    const unbound: ProjectNode[] = [];
    const foreign: ProjectNode[] = [];
    const models = await describeProducts(mesh, mesh.chosen, {
      signal: options.signal,
      tests: true,
      report: (d) => found.push(...d),
      unbound: (model, why) => {
        unbound.push(model);
        if (why === "sql") foreign.push(model);
      },
      unknown: (model, sources) => {
        const params = { model: model.name, sources: sources.map((s) => `${s.source}.${s.name}`) };
        found.push(productSqlArea.create("unchecked-model", params, { product: model.product, span: model.place }));
      },
    });
    found.push(...uncheckedDialect(mesh, foreign));
    for (const product of mesh.chosen) found.push(...portMismatches(mesh, product, models));
    const results = [...[...models.values()].map(typechecked), ...unbound.map(unknownModel)];
    const columns = columnFlows(mesh, mesh.chosen, models);
    for (const rule of columnRules) found.push(...rule.check(mesh.workspace, columns, mesh.today));
    const diagnostics = mesh.settle(found);
    return {
      exitCode: hasErrors(diagnostics) ? 1 : 0,
      diagnostics,
      summary: { products: mesh.chosen.length, models: results.length, unknown: unbound.length },
      results,
    };
  });

/** One finding a product: its SQL is of an engine that nothing here can ask. */
function uncheckedDialect(mesh: LoadedMesh, foreign: readonly ProjectNode[]): Diagnostic[] {
  const { engine, name: target } = mesh.target;
  const instead = mesh.workspace.mesh.targets.find((t) => binderLoader(t.engine) !== undefined)?.name;
  return mesh.chosen.flatMap((product) => {
    const own = foreign.filter((n) => n.product === product.name);
    if (own.length === 0) return [];
    const params = { product: product.name, models: own.length, engine, target, instead };
    return [productSqlArea.create("unchecked-dialect", params, { product: product.name, span: own[0]!.place })];
  });
}

const unknownModel = (node: ProjectNode): TypecheckedModel => ({
  product: node.product ?? "",
  model: node.name,
  answer: "unknown",
  columns: [],
});

/** What the models of a product's ports yield, held against what its contract promises. */
export function portMismatches(
  mesh: LoadedMesh,
  product: Product,
  models: ReadonlyMap<string, ModelDescription>,
): Diagnostic[] {
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
        const candidates = nearest(
          column.name,
          described.columns.map((c) => c.name),
        );
        const params = { port: port.name, column: column.name, model: node.name, candidates };
        out.push(productSqlArea.create("missing-column", params, at(column)));
      } else if (!fits(has, column)) {
        const params = {
          column: column.name,
          model: node.name,
          actual: describeType(has.type),
          promised: describeType(column.type),
        };
        out.push(productSqlArea.create("type-mismatch", params, at(column)));
      }
    }
    const promised = new Set(port.columns.map((c) => c.name.toLowerCase()));
    for (const column of described.columns) {
      if (promised.has(column.name.toLowerCase())) continue;
      const span = () => product.read.source.spanOf([...port.at, "name"], "key") ?? product.read.source.spanOf(port.at);
      out.push(
        productSqlArea.create(
          "extra-column",
          { port: port.name, column: column.name, model: node.name },
          { product: product.name, path: port.at, span },
        ),
      );
    }
  }
  return out;
}

const typechecked = ({ node, columns }: ModelDescription): TypecheckedModel => ({
  product: node.product ?? "",
  model: node.name,
  answer: "known",
  columns: columns.map((c) => ({
    name: c.name,
    type: describeType(c.type),
    origins: c.origins?.map((o) => ({ upstream: o.upstream, column: o.column, kind: o.kind })) ?? null,
  })),
});
