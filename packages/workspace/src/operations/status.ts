import type { OutputPort } from "@meshwork/contract";
import { lintContract, majorOf } from "@meshwork/contract";
import { hasErrors } from "@meshwork/diagnostics";
import type { Window } from "@meshwork/models";
import { isMicrobatch, joinedWindows, lastIntervalOver } from "@meshwork/models";
import { FileIntervalLedger } from "../interval-ledger.ts";
import type { RecordedChecks } from "../build-record.ts";
import { isUpToDate } from "../build-product.ts";
import { recordedChecks } from "../build-record.ts";
import { portKey, productKeys } from "../build-keys.ts";
import { isOnDbt, productOnDbt } from "../dbt-runner/state-on-dbt.ts";
import { liveVersionReaders, outsideReadersOf } from "../live-version-readers.ts";
import type { LiveVersion } from "../live-version-readers.ts";
import { EmbeddedTarget } from "../embedded-target.ts";
import { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering } from "../operation.ts";
import { OutsideReaders } from "../outside-readers.ts";
import type { Product } from "../workspace.ts";
import { liveVersions } from "../workspace.ts";

export interface ProductState {
  /** An older live version is `<domain>.<product>@1`. */
  readonly product: string;
  readonly domain: string;
  readonly version: string | null;
  /** Where several major versions are live: which this is, its end, and who reads it. */
  readonly live: LiveVersion | null;
  readonly contract: "ok" | "errors";
  /** `current`: what its code and inputs would make now; `stale`: an older state; `none`: never built here. */
  readonly build: "current" | "stale" | "none" | "unknown";
  readonly builtAt: string | null;
  readonly rows: number | null;
  readonly checks: { readonly passed: number; readonly total: number; readonly checkedAt: string } | null;
  /** Against the promised freshness: age of the newest build in seconds. `null` where nothing is promised or built. */
  readonly freshness: { readonly promised: number; readonly age: number; readonly ok: boolean } | null;
  /** Of models that are built by intervals, where some are filled. */
  readonly intervals: readonly ModelIntervals[];
  /** In the workspace: products and TypeScript packages. */
  readonly readers: number;
  /** Outside of it, by imported usage, exposures and the contract; `unknown` where roles may read and no log tells. */
  readonly outside: { readonly readers: number; readonly ofFormerVersions: number; readonly unknown: boolean };
}

/** Which intervals of a model are filled. ISO times, the end left out. */
export interface ModelIntervals {
  readonly model: string;
  readonly filled: readonly Window[];
  /** Between the filled ones, and from where a run without a range looks after them until the last that is over. */
  readonly missing: readonly Window[];
}

/** The mesh at a glance, from contracts, ledgers and snapshots. What is not known says so. */
export const status = (options: OperationOptions): Promise<OperationResult<readonly ProductState[]>> =>
  answering([], async () => {
    const mesh = new LoadedMesh(options);
    // Products that dbt builds are known from its artifacts: no engine of ours is asked, whatever the target's is.
    const onDbt = new Set(mesh.chosen.filter((p) => isOnDbt(mesh, p)));
    const target = onDbt.size < mesh.chosen.length ? await EmbeddedTarget.open(mesh) : undefined;
    const graph = mesh.graph();
    const outsiders = new OutsideReaders(mesh);
    const live = await liveVersionReaders(mesh, outsiders, options);
    const results: ProductState[] = [];
    for (const product of mesh.chosen) {
      const readers = graph.downstream(product.name).length;
      const state =
        target === undefined || onDbt.has(product)
          ? stateOnDbt(mesh, product, readers)
          : await stateOf(mesh, target, product, readers);
      const outside = outsideOf(outsiders, product, liveVersions(mesh.workspace, product.base));
      const intervals = target === undefined || onDbt.has(product) ? [] : intervalsOf(mesh, target, product);
      results.push({ ...state, intervals, live: live.get(product.name) ?? null, outside });
    }
    return {
      exitCode: 0,
      diagnostics: [],
      summary: {
        products: new Set(mesh.chosen.map((p) => p.base)).size,
        versions: results.length,
        current: results.filter((r) => r.build === "current").length,
        stale: results.filter((r) => r.build === "stale").length,
        unbuilt: results.filter((r) => r.build === "none").length,
      },
      results,
    };
  });

function headOf(mesh: LoadedMesh, product: Product, readers: number) {
  const contract = product.contract;
  const errors =
    hasErrors(product.read.diagnostics) ||
    (contract ? hasErrors(mesh.settle(lintContract(product.read, { today: mesh.today }))) : true);
  return {
    product: product.name,
    domain: product.domain,
    version: contract?.version ?? null,
    contract: errors ? "errors" : "ok",
    readers,
  } as const;
}

const nothingKnown = { builtAt: null, rows: null, checks: null, freshness: null } as const;

function stateOnDbt(
  mesh: LoadedMesh,
  product: Product,
  readers: number,
): Omit<ProductState, "outside" | "live" | "intervals"> {
  const base = headOf(mesh, product, readers);
  const known = productOnDbt(mesh, product);
  const first = known?.ports[0];
  if (!known || !first) return { ...base, ...nothingKnown, build: "unknown" };
  const { record } = first;
  if (record === undefined || record.status === "error" || record.status === "skipped")
    return { ...base, ...nothingKnown, rows: first.rows ?? null, build: "none" };
  const checks = known.ports.flatMap((p) => p.checks);
  const judged = checks.filter((c) => c.status !== "skipped");
  return {
    ...base,
    build: known.stale ? "stale" : "current",
    builtAt: record.at,
    rows: first.rows ?? null,
    checks:
      judged.length === 0
        ? null
        : {
            passed: judged.filter((c) => c.status === "passed").length,
            total: judged.length,
            checkedAt: record.at,
          },
    freshness: freshnessOf(mesh, product, first.port, record.at),
  };
}

function freshnessOf(mesh: LoadedMesh, product: Product, port: OutputPort, builtAt: string): ProductState["freshness"] {
  const promised = port.sla.freshness?.seconds ?? product.contract?.sla.freshness?.seconds;
  const age = Math.max(0, Math.round((mesh.now.getTime() - Date.parse(builtAt)) / 1000));
  return promised === undefined ? null : { promised, age, ok: age <= promised };
}

async function stateOf(
  mesh: LoadedMesh,
  target: EmbeddedTarget,
  product: Product,
  readers: number,
): Promise<Omit<ProductState, "outside" | "live" | "intervals">> {
  const contract = product.contract;
  const base = headOf(mesh, product, readers);
  const port = contract?.ports[0];
  const snapshot = port && (await target.snapshot(product, port));
  if (!contract || !snapshot) return { ...base, ...nothingKnown, build: contract ? "none" : "unknown" };
  const record = await target.ledger(product).read();
  const current = await isUpToDate(target, product, await productKeys(mesh, target, product), record);
  const builtAt = record?.nodes[portKey(port)]?.builtAt ?? snapshot.manifest.builtAt;
  return {
    ...base,
    build: current ? "current" : "stale",
    builtAt,
    rows: snapshot.rows,
    checks: checksOf(recordedChecks(record)),
    freshness: freshnessOf(mesh, product, port, builtAt),
  };
}

function intervalsOf(mesh: LoadedMesh, target: EmbeddedTarget, product: Product): ModelIntervals[] {
  const ledger = FileIntervalLedger.open(target.lake.intervals(product.domain));
  return mesh.projects.nodesOf(product).flatMap((node) => {
    const known = isMicrobatch(node) ? ledger.of(node.id) : undefined;
    if (known === undefined || known.intervals.size === 0) return [];
    const filled = joinedWindows([...known.intervals.values()].map(({ start, end }) => ({ start, end })));
    const missing: Window[] = filled.slice(1).map(({ start }, i) => ({ start: filled[i]!.end, end: start }));
    const over = lastIntervalOver(node, mesh.now);
    const last = filled.at(-1)!.end > known.from ? filled.at(-1)!.end : known.from;
    if (last < over) missing.push({ start: last, end: over });
    return [{ model: node.name, filled, missing }];
  });
}

function outsideOf(outsiders: OutsideReaders, product: Product, versions: readonly Product[]): ProductState["outside"] {
  const { unseen } = outsiders.of(product);
  const readers = outsideReadersOf(outsiders, product, versions);
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
