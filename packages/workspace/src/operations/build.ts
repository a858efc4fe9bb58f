import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors, seconds } from "@meshwork/diagnostics";
import { productKeys } from "../build-keys.ts";
import type { BuiltProduct } from "../build-product.ts";
import { buildProduct, isUpToDate, nothingBuilt, troubleOf } from "../build-product.ts";
import { runsOnDbt } from "../dbt-runner/dbt-target.ts";
import type { OpenDomain } from "../embedded-target.ts";
import { EmbeddedTarget } from "../embedded-target.ts";
import { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering, interrupted } from "../operation.ts";
import { productSqlArea } from "../rules/area.ts";
import { upstreamCycle } from "../rules/upstream-cycle.rule.ts";
import type { Product } from "../workspace.ts";

export interface BuildOptions extends OperationOptions {
  /** Builds again what is up to date, and incremental models from the start. */
  readonly fullRefresh?: boolean | undefined;
  /** Failing rows to show for each check; five where absent. */
  readonly rows?: number | undefined;
}

/**
 * Builds the products in order: models, their tests, the contract's checks, then the swap of each port.
 * What is up to date is not opened; what failed stops only what reads it.
 */
export const build = (options: BuildOptions): Promise<OperationResult<readonly BuiltProduct[]>> =>
  answering([], async () => {
    const mesh = new LoadedMesh(options);
    if (runsOnDbt(mesh.target)) return (await import("../dbt-runner/build-on-dbt.ts")).buildOnDbt(mesh, options);
    const target = await EmbeddedTarget.open(mesh);
    const order = mesh.inOrder();
    const results: BuiltProduct[] = [];
    const circular = new Set(mesh.graph().cycles().flat());
    const found: Diagnostic[] = [];
    let open: OpenDomain | undefined;
    try {
      for (const [done, product] of order.entries()) {
        options.onProgress?.({ kind: "phase", text: `building ${product.name}`, done, total: order.length });
        const outcome = await oneProduct(product);
        results.push(outcome.built);
        found.push(...outcome.diagnostics);
        const { status, ms } = outcome.built;
        options.onProgress?.({
          kind: "product",
          product: product.name,
          status,
          text: status === "ok" ? seconds(ms) : (outcome.built.reason ?? ""),
          ms,
        });
      }
    } finally {
      await open?.close();
    }
    const diagnostics = mesh.settle(found);
    const count = (status: BuiltProduct["status"]) => results.filter((r) => r.status === status).length;
    return {
      exitCode: hasErrors(diagnostics) || count("failed") > 0 ? 1 : 0,
      diagnostics,
      summary: {
        products: results.length,
        built: count("ok"),
        cached: count("cached"),
        failed: count("failed"),
        skipped: count("skipped"),
        checks: results.reduce((n, r) => n + r.checks.total, 0),
        checksPassed: results.reduce((n, r) => n + r.checks.passed, 0),
      },
      results,
    };

    async function oneProduct(product: Product): Promise<{ built: BuiltProduct; diagnostics: readonly Diagnostic[] }> {
      const quick = (status: BuiltProduct["status"], reason?: string) => ({
        ...nothingBuilt,
        product: product.name,
        status,
        ms: 0,
        reason,
      });
      if (options.signal?.aborted) return { built: quick("skipped", interrupted), diagnostics: [] };
      if (!product.contract)
        return { built: quick("failed", "its contract cannot be read"), diagnostics: product.read.diagnostics };
      if (mesh.workspace.domains.get(product.domain)?.value?.dbt !== undefined)
        return { built: quick("skipped", "dbt builds it, on a target with runner: dbt"), diagnostics: [] };
      if (circular.has(product.name)) {
        const told = upstreamCycle.check(mesh.workspace, mesh.graph(), mesh.today);
        return {
          built: quick("failed", "reads itself through others"),
          diagnostics: told.filter((d) => d.product === product.name),
        };
      }
      const upstream = mesh.graph().upstream(product.name);
      const failed = upstream.find((u) =>
        results.some((r) => r.product === u && (r.status === "failed" || r.status === "skipped")),
      );
      if (failed !== undefined) return { built: quick("skipped", `reads ${failed}`), diagnostics: [] };
      const keys = await productKeys(mesh, target, product);
      if (keys.missing.length > 0) {
        const upstreamMissing = keys.missing[0]!;
        const diagnostic = productSqlArea.create(
          "unreachable-upstream",
          { upstream: upstreamMissing, target: mesh.target.name },
          { product: product.name, span: () => product.read.source.spanOf(["spec", "lineage"], "key") },
        );
        return { built: quick("failed", `${upstreamMissing} is not built`), diagnostics: [diagnostic] };
      }
      const record = await target.ledger(product).read();
      if (!options.fullRefresh && (await isUpToDate(target, product, keys, record)))
        return { built: quick("cached"), diagnostics: [] };
      try {
        if (open?.domain !== product.domain) {
          await open?.close();
          open = undefined;
          open = await target.openDomain(product.domain, {
            signal: options.signal,
            onWait: (holder) =>
              options.onProgress?.({
                kind: "phase",
                text: `waiting for ${holder.command} (pid ${holder.pid}), which builds ${product.domain}`,
              }),
          });
        }
      } catch (error) {
        if (options.signal?.aborted) return { built: quick("skipped", interrupted), diagnostics: [] };
        return { built: quick("failed"), diagnostics: [troubleOf(error, product)] };
      }
      return buildProduct(mesh, target, product, open.session, {
        fullRefresh: options.fullRefresh ?? false,
        rows: options.rows ?? 5,
        signal: options.signal,
        onModel: (node, index, total) =>
          options.onProgress?.({
            kind: "phase",
            text: `building ${product.name}: ${node.resourceType} ${node.name}`,
            done: index,
            total,
          }),
      });
    }
  });
