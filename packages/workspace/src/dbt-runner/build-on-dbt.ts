import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import type { CheckResult } from "@meshwork/quality";
import { checkDiagnostic } from "@meshwork/quality";
import type { BuiltProduct } from "../build-product.ts";
import { nothingBuilt } from "../build-product.ts";
import type { LoadedMesh } from "../load-mesh.ts";
import type { OperationResult } from "../operation.ts";
import { interrupted } from "../operation.ts";
import type { CheckedLine } from "../operations/check.ts";
import { countsOf, exitOf } from "../operations/check.ts";
import type { Product } from "../workspace.ts";
import { promisesKept } from "./promises.ts";
import type { DbtVerbOptions, RanBatch } from "./run-on-dbt.ts";
import { nodesOf, runOnDbt } from "./run-on-dbt.ts";

/** `mesh build` where dbt is the runner: dbt builds and tests, and its tests are held against the contract. */
export async function buildOnDbt(mesh: LoadedMesh, options: DbtVerbOptions): Promise<OperationResult<BuiltProduct[]>> {
  const found: Diagnostic[] = [];
  const results: BuiltProduct[] = [];
  for (const ran of await runOnDbt(mesh, "build", options)) {
    found.push(...ran.diagnostics);
    for (const product of ran.batch.products) {
      const { built, diagnostics } = outcomeOf(ran, product);
      results.push(built);
      found.push(...diagnostics);
      options.onProgress?.({
        kind: "product",
        product: product.name,
        status: built.status,
        text: built.reason ?? "",
        ms: built.ms,
      });
    }
  }
  const diagnostics = mesh.settle(found);
  const count = (status: BuiltProduct["status"]) => results.filter((r) => r.status === status).length;
  return {
    exitCode: hasErrors(diagnostics) || count("failed") > 0 ? 1 : 0,
    diagnostics,
    summary: {
      products: results.length,
      built: count("ok"),
      cached: 0,
      failed: count("failed"),
      skipped: count("skipped"),
      checks: results.reduce((n, r) => n + r.checks.total, 0),
      checksPassed: results.reduce((n, r) => n + r.checks.passed, 0),
    },
    results,
  };
}

function outcomeOf(ran: RanBatch, product: Product): { built: BuiltProduct; diagnostics: Diagnostic[] } {
  const of = nodesOf(ran, product).flatMap((node) => {
    const result = ran.results.get(node.id);
    return result === undefined ? [] : [{ node, result }];
  });
  const tests = of.filter(({ node }) => node.resourceType === "test");
  const models = of.filter(({ node }) => node.resourceType !== "test");
  const checks = checksOf(ran, product);
  const judged = checks.filter((c) => c.result.status !== "skipped");
  const bad = of.some(({ result }) => result.status === "error" || result.status === "fail");
  const kept = judged.every((c) => c.result.status !== "failed" && c.result.status !== "error");
  const done = of.some(({ result }) => result.status !== "skipped");
  const status = bad || (done && !kept) ? "failed" : done ? "ok" : "skipped";
  const reason =
    status !== "skipped"
      ? undefined
      : ran.exit.interrupted
        ? interrupted
        : ran.results.size === 0
          ? "dbt did not run"
          : "dbt skipped it";
  return {
    built: {
      ...nothingBuilt,
      product: product.name,
      status,
      ms: of.reduce((n, { result }) => n + result.ms, 0),
      models: models.filter(({ result }) => result.status === "success").length,
      tests: { passed: tests.filter(({ result }) => result.status === "pass").length, total: tests.length },
      // A promise that no test looks at counts as one, and not as kept.
      checks: { passed: judged.filter((c) => c.result.status === "passed").length, total: checks.length },
      ...(reason === undefined ? {} : { reason }),
    },
    diagnostics: findings(product, done ? checks : []),
  };
}

/** `mesh check` where dbt is the runner: its tests run again, and answer for the promises they look at. */
export async function checkOnDbt(mesh: LoadedMesh, options: DbtVerbOptions): Promise<OperationResult<CheckedLine[]>> {
  const found: Diagnostic[] = [];
  const results: CheckedLine[] = [];
  for (const ran of await runOnDbt(mesh, "test", options)) {
    found.push(...ran.diagnostics);
    for (const product of ran.batch.products) {
      const checks = checksOf(ran, product);
      results.push(...checks.map(({ port, result }) => ({ ...result, product: product.name, port })));
      found.push(...findings(product, checks));
    }
  }
  const diagnostics = mesh.settle(found);
  return { exitCode: exitOf(diagnostics, results), diagnostics, summary: countsOf(results), results };
}

interface PortCheck {
  readonly port: string;
  readonly result: CheckResult;
}

function checksOf(ran: RanBatch, product: Product): PortCheck[] {
  const { project } = ran;
  if (project === undefined) return [];
  return (product.contract?.ports ?? []).flatMap((port) => {
    const model = ran.projects.modelIn(project, product, port);
    if (model === undefined) return [];
    return promisesKept(product, port, model, project, ran.ledger).map((result) => ({ port: port.name, result }));
  });
}

/** dbt's own findings name the failed tests; here are promises that the catalog breaks or that could not be looked at. */
function findings(product: Product, checks: readonly PortCheck[]): Diagnostic[] {
  return checks.flatMap(({ port, result }) => {
    const of = product.contract?.ports.find((p) => p.name === port);
    return (of && checkDiagnostic(result, of, product.read.source, { product: product.name })) ?? [];
  });
}
