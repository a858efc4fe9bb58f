import { majorOf } from "@meshwork/contract";
import { bindConsumers, readingOf } from "./consumers.ts";
import { LoadedMesh } from "./load-mesh.ts";
import type { OperationOptions } from "./operation.ts";
import type { OutsideReaders } from "./outside-readers.ts";
import type { Product } from "./workspace.ts";
import { liveVersions } from "./workspace.ts";

/** One of several live major versions of a product, and who reads it. */
export interface LiveVersion {
  readonly major: number;
  readonly newest: boolean;
  /** The date from which it may be gone. */
  readonly sunset: string | null;
  readonly readers: readonly VersionReader[];
}

export interface VersionReader {
  /** A product or TypeScript package of the workspace, or a reader outside of it as the logs name it. */
  readonly name: string;
  readonly owner: string | null;
  /** Columns that it reads; empty where that is not known. */
  readonly columns: readonly string[];
  readonly outside: boolean;
}

/** Of products with several live versions: who reads which, down to the columns. SQL is bound for their readers only. */
export async function liveVersionReaders(
  mesh: LoadedMesh,
  outsiders: OutsideReaders,
  options: OperationOptions,
): Promise<ReadonlyMap<string, LiveVersion>> {
  const bases = [...new Set(mesh.chosen.map((p) => p.base))];
  const versions = bases.flatMap((base) => {
    const live = liveVersions(mesh.workspace, base).filter((p) => p.contract !== undefined);
    return live.length > 1 ? live : [];
  });
  if (versions.length === 0) return new Map();
  // Readers are everywhere, whatever was asked for.
  const whole = options.products === undefined ? mesh : new LoadedMesh({ ...options, products: undefined });
  const graph = whole.graph();
  const names = new Set(versions.flatMap((v) => graph.downstream(v.name)));
  const bound = await bindConsumers(whole, names, { signal: options.signal });
  return new Map(
    versions.map((version): [string, LiveVersion] => {
      const major = majorOf(version.contract!.version);
      const inside = graph.downstream(version.name).map((name) => ({
        name,
        owner: whole.workspace.products.get(name)?.contract?.owner ?? null,
        columns: [...new Set(readingOf(bound, version, name).map((r) => r.reader.column))].sort(),
        outside: false,
      }));
      const outside = outsideReadersOf(outsiders, version, versions).map(({ name, owner, columns }) => ({
        name,
        owner,
        columns: columns ?? [],
        outside: true,
      }));
      const sunset = version.contract!.deprecation?.until?.slice(0, 10) ?? null;
      const newest = version.versionFolder === undefined;
      return [version.name, { major, newest, sunset, readers: [...inside, ...outside] }];
    }),
  );
}

/** Readers outside of one version: the logs' by its major; who names no version, and those of versions gone, the newest's. */
export function outsideReadersOf(outsiders: OutsideReaders, product: Product, live: readonly Product[]) {
  const { readers } = outsiders.of(product);
  const own = product.contract && majorOf(product.contract.version);
  const others = live
    .filter((p) => p.base === product.base && p !== product && p.contract)
    .map((p) => majorOf(p.contract!.version));
  return readers.filter((r) =>
    product.versionFolder === undefined ? r.major === null || !others.includes(r.major) : r.major === own,
  );
}
