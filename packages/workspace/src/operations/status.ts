import { lintContract, majorOf } from "@meshwork/contract";
import { hasErrors } from "@meshwork/diagnostics";
import type { RecordedChecks } from "../build-record.ts";
import { isUpToDate } from "../build-product.ts";
import { recordedChecks } from "../build-record.ts";
import { portKey, productKeys } from "../build-keys.ts";
import { EmbeddedTarget } from "../embedded-target.ts";
import { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering } from "../operation.ts";
import { OutsideReaders } from "../outside-readers.ts";
import type { Product } from "../workspace.ts";

export interface ProductState {
  readonly product: string;
  readonly domain: string;
  readonly version: string | null;
  readonly contract: "ok" | "errors";
  /** `current`: what its code and inputs would make now; `stale`: an older state; `none`: never built here. */
  readonly build: "current" | "stale" | "none" | "unknown";
  readonly builtAt: string | null;
  readonly rows: number | null;
  readonly checks: { readonly passed: number; readonly total: number; readonly checkedAt: string } | null;
  /** Against the promised freshness: age of the newest build in seconds. `null` where nothing is promised or built. */
  readonly freshness: { readonly promised: number; readonly age: number; readonly ok: boolean } | null;
  /** In the workspace: products and TypeScript packages. */
  readonly readers: number;
  /** Outside of it, by imported usage, exposures and the contract; `unknown` where roles may read and no log tells. */
  readonly outside: { readonly readers: number; readonly ofFormerVersions: number; readonly unknown: boolean };
}

/** The mesh at a glance, from contracts, ledgers and snapshots. What is not known says so. */
export const status = (options: OperationOptions): Promise<OperationResult<readonly ProductState[]>> =>
  answering([], async () => {
    const mesh = new LoadedMesh(options);
    const target = await EmbeddedTarget.open(mesh);
    const graph = mesh.graph();
    const outsiders = new OutsideReaders(mesh);
    const results: ProductState[] = [];
    for (const product of mesh.chosen)
      results.push({
        ...(await stateOf(mesh, target, product, graph.downstream(product.name).length)),
        outside: outsideOf(outsiders, product),
      });
    return {
      exitCode: 0,
      diagnostics: [],
      summary: {
        products: results.length,
        current: results.filter((r) => r.build === "current").length,
        stale: results.filter((r) => r.build === "stale").length,
        unbuilt: results.filter((r) => r.build === "none").length,
      },
      results,
    };
  });

async function stateOf(
  mesh: LoadedMesh,
  target: EmbeddedTarget,
  product: Product,
  readers: number,
): Promise<Omit<ProductState, "outside">> {
  const contract = product.contract;
  const errors =
    hasErrors(product.read.diagnostics) ||
    (contract ? hasErrors(lintContract(product.read, { today: mesh.today })) : true);
  const base = {
    product: product.name,
    domain: product.domain,
    version: contract?.version ?? null,
    contract: errors ? "errors" : "ok",
    readers,
  } as const;
  const port = contract?.ports[0];
  const snapshot = port && (await target.snapshot(product, port));
  if (!contract || !snapshot)
    return { ...base, build: contract ? "none" : "unknown", builtAt: null, rows: null, checks: null, freshness: null };
  const record = await target.ledger(product).read();
  const current = await isUpToDate(target, product, await productKeys(mesh, target, product), record);
  const builtAt = record?.nodes[portKey(port)]?.builtAt ?? snapshot.manifest.builtAt;
  const promised = port.sla.freshness?.seconds ?? contract.sla.freshness?.seconds;
  const age = Math.max(0, Math.round((mesh.now.getTime() - Date.parse(builtAt)) / 1000));
  return {
    ...base,
    build: current ? "current" : "stale",
    builtAt,
    rows: snapshot.rows,
    checks: checksOf(recordedChecks(record)),
    freshness: promised === undefined ? null : { promised, age, ok: age <= promised },
  };
}

function outsideOf(outsiders: OutsideReaders, product: Product): ProductState["outside"] {
  const { readers, unseen } = outsiders.of(product);
  const live = product.contract && majorOf(product.contract.version);
  return {
    readers: readers.length,
    ofFormerVersions: readers.filter((r) => r.major !== null && r.major !== live).length,
    unknown: unseen.length > 0,
  };
}

function checksOf(recorded: readonly RecordedChecks[]): ProductState["checks"] {
  const results = recorded.flatMap((r) => r.results).filter((r) => r.status !== "skipped");
  const checkedAt = recorded
    .map((r) => r.checkedAt)
    .sort()
    .at(-1);
  if (checkedAt === undefined) return null;
  return { passed: results.filter((r) => r.status === "passed").length, total: results.length, checkedAt };
}
