import { isAbsolute, join } from "node:path";
import { readFileSync } from "node:fs";
import type { Diagnostic } from "@meshwork/diagnostics";
import { diagnostic, hasErrors } from "@meshwork/diagnostics";
import type { ConnectedPublisher, OpenEmbedded } from "@meshwork/publishers";
import { connectPublisher, publishTarget } from "@meshwork/publishers";
import { columnGraph } from "../column-graph.ts";
import { isOnDbt } from "../dbt-runner/state-on-dbt.ts";
import { EmbeddedTarget } from "../embedded-target.ts";
import { gitState } from "../git.ts";
import { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering, interrupted } from "../operation.ts";
import { policyVerdicts } from "../policies.ts";
import { productSnapshot } from "../product-snapshot.ts";
import type { Product } from "../workspace.ts";

export interface PublishOptions extends OperationOptions {
  /** Names under `publish:` in mesh.yaml; all where absent or empty. */
  readonly to?: readonly string[] | undefined;
  /** Plans and sends nothing. */
  readonly dryRun?: boolean | undefined;
  /** Opens the embedded catalog; without it a target that needs it cannot be reached. */
  readonly openEmbedded?: OpenEmbedded | undefined;
}

export interface PublishedStep {
  readonly product: string;
  readonly target: string;
  readonly title: string;
  /** `skipped`: an interruption came first. */
  readonly status: "planned" | "sent" | "unchanged" | "failed" | "skipped";
  readonly answer?: string | undefined;
  readonly url?: string | undefined;
}

/** Tells receivers about products: contract, schema, lineage, checks, run. What a receiver has already is left alone. */
export const publish = (options: PublishOptions): Promise<OperationResult<readonly PublishedStep[]>> =>
  answering([], async () => {
    const mesh = new LoadedMesh(options);
    const { workspace } = mesh;
    const found: Diagnostic[] = [];
    const publishers = connect(mesh, options.to, found);
    const results: PublishedStep[] = [];
    if (!hasErrors(found) && publishers.length > 0) {
      const target = mesh.chosen.every((p) => isOnDbt(mesh, p)) ? undefined : await EmbeddedTarget.open(mesh);
      const whole = new LoadedMesh({ ...options, products: undefined });
      const parts = {
        columns: await columnGraph(whole, [...workspace.products.values()]),
        compliance: policyVerdicts(workspace, mesh.today),
        git: gitState(workspace.root),
      };
      for (const [done, product] of mesh.chosen.entries()) {
        if (options.signal?.aborted) {
          results.push({ ...nothingSent(product), status: "skipped", answer: interrupted });
          continue;
        }
        options.onProgress?.({ kind: "phase", text: `publishing ${product.name}`, done, total: mesh.chosen.length });
        if (!product.contract || hasErrors(product.read.diagnostics)) {
          // A broken contract is not published: the last good entry stays.
          found.push(...product.read.diagnostics);
          results.push({ ...nothingSent(product), status: "failed", answer: "its contract has errors" });
          continue;
        }
        const snapshot = await productSnapshot(whole, target, workspace.products.get(product.name)!, parts);
        for (const publisher of publishers) {
          for (const step of publisher.plan(snapshot)) {
            const base = { product: product.name, target: publisher.target, title: step.title };
            if (options.dryRun) {
              results.push({ ...base, status: "planned" });
              continue;
            }
            const receipt = await unlessInterrupted(options.signal, () =>
              publisher.send(step, {
                root: workspace.root,
                signal: options.signal,
                openEmbedded: options.openEmbedded,
              }),
            );
            if (!receipt) {
              results.push({ ...base, status: "skipped", answer: interrupted });
              continue;
            }
            found.push(...receipt.diagnostics.map((d) => ({ ...d, product: d.product ?? product.name })));
            results.push({ ...base, status: receipt.status, answer: receipt.answer, url: receipt.url });
          }
        }
      }
    }
    const diagnostics = mesh.settle(found);
    const count = (status: PublishedStep["status"]) => results.filter((r) => r.status === status).length;
    return {
      exitCode: hasErrors(diagnostics) || count("failed") > 0 ? 1 : 0,
      diagnostics,
      summary: {
        products: mesh.chosen.length,
        sent: count("sent"),
        unchanged: count("unchanged"),
        failed: count("failed"),
        planned: count("planned"),
        skipped: count("skipped"),
      },
      results,
    };
  });

const nothingSent = (product: Product) => ({ product: product.name, target: "", title: `publish ${product.name}` });

/** What was under way when the interruption came may have arrived or not: the next run asks the receiver. */
async function unlessInterrupted<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return signal?.aborted ? undefined : await work();
  } catch (error) {
    if (signal?.aborted) return undefined;
    throw error;
  }
}

function connect(mesh: LoadedMesh, to: readonly string[] | undefined, found: Diagnostic[]): ConnectedPublisher[] {
  const { workspace } = mesh;
  const at = (d: Diagnostic): Diagnostic =>
    diagnostic({
      ...d,
      span: d.path
        ? () => workspace.meshRead?.source.spanOf(d.path!)
        : () => workspace.meshRead?.source.spanOf(["spec", "publish"], "key"),
    });
  const names = to?.length ? to : workspace.mesh.publish.map((t) => t.name);
  return names.flatMap((name) => {
    const wanted = publishTarget(name, workspace.mesh.publish);
    if (!wanted.ok) {
      found.push(at(wanted.diagnostic));
      return [];
    }
    const connected = connectPublisher(wanted.target, {
      env: mesh.env,
      readFile: (path) => readSecret(workspace.root, path),
    });
    if (connected.ok) return [connected.publisher];
    found.push(...connected.diagnostics.map(at));
    return [];
  });
}

function readSecret(root: string, path: string): string | undefined {
  try {
    return readFileSync(isAbsolute(path) ? path : join(root, path), "utf8");
  } catch {
    return undefined;
  }
}
