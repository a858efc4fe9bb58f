import { rmSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { majorOf } from "@meshwork/contract";
import { hasErrors } from "@meshwork/diagnostics";
import { EmbeddedTarget } from "../embedded-target.ts";
import { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering } from "../operation.ts";
import type { DbtOptions } from "../dbt/dbt-options.ts";
import { pruneRelations } from "../prune-relations.ts";

export interface PruneOptions
  extends Omit<OperationOptions, "root">, Pick<DbtOptions, "projectDir" | "profilesDir" | "profile" | "cwd"> {
  /** The workspace; absent outside a mesh, where relations alone are looked for. */
  readonly root?: string | undefined;
  /** Former snapshots to keep of each port, the newest first. */
  readonly keep: number;
  /** Only what was replaced longer ago: a reader may still hold what is younger. */
  readonly olderThanMs: number;
  /** Removes what is found; without it nothing is touched. */
  readonly remove: boolean;
}

export interface Prunable {
  readonly kind: "folder" | "relation";
  /** A folder relative to the workspace, or a relation as SQL names it. */
  readonly path: string;
  /** `former snapshot`, `left by a killed build`, `port that no contract has`, `table of model.shop.orders, which is gone`. */
  readonly what: string;
  /** Why it stays, whatever is asked for. */
  readonly kept?: string | undefined;
}

/**
 * Finds, and on demand removes, snapshots that were replaced, staging that no build owns any more, ports that no contract
 * has, and relations with our mark that no model makes any more.
 */
export const prune = (options: PruneOptions): Promise<OperationResult<readonly Prunable[]>> =>
  answering([], async () => {
    const { root } = options;
    const asPlain = options.profilesDir !== undefined || options.profile !== undefined;
    const folders = root === undefined || asPlain ? [] : await pruneLake({ ...options, root });
    const relations = await pruneRelations(options, options.remove);
    const results: Prunable[] = [...folders, ...relations.found];
    const going = results.filter((r) => r.kept === undefined).length;
    return {
      exitCode: hasErrors(relations.diagnostics) ? 1 : 0,
      diagnostics: relations.diagnostics,
      summary: { found: results.length, removed: options.remove ? going : 0, kept: results.length - going },
      results,
    };
  });

async function pruneLake(options: PruneOptions & { readonly root: string }): Promise<Prunable[]> {
  const mesh = new LoadedMesh(options);
  if (mesh.target.engine !== "duckdb") return [];
  const target = await EmbeddedTarget.open(mesh);
  const { now } = mesh;
  const results: Prunable[] = [];
  const shown = (path: string) => relative(options.root, path).split(sep).join("/");
  const ports = new Set<string>();
  for (const p of mesh.chosen)
    for (const port of p.contract?.ports ?? [])
      ports.add(target.store(p, port, majorOf(p.contract!.version)).directory);
  const known = knownPorts(mesh);
  const whole = options.products === undefined;
  for (const { domain, port, major } of await target.lake.ports()) {
    if (options.signal?.aborted) break;
    const store = target.lake.port(domain, port, major);
    if (!whole && !ports.has(store.directory)) continue;
    const current = known?.has(`${domain}/${port}_v${major}`) === false ? await store.read() : undefined;
    if (current !== undefined && Date.parse(current.manifest.builtAt) <= now.getTime() - options.olderThanMs) {
      results.push({ kind: "folder", path: shown(store.directory), what: "port that no contract has" });
      if (options.remove) await removePort(target, domain, store.directory, options.signal);
      continue;
    }
    for (const path of await store.abandoned(now))
      results.push({ kind: "folder", path: shown(path), what: "left by a killed build" });
    const { keep, olderThanMs, remove } = options;
    for (const id of await store.prune({ keep, olderThanMs, now, dryRun: !remove }))
      results.push({ kind: "folder", path: `${shown(store.directory)}/snapshots/${id}`, what: "former snapshot" });
  }
  return results;
}

/** Every port of the workspace as the lake names it; nothing where a contract cannot be read, and may have others. */
function knownPorts(mesh: LoadedMesh): ReadonlySet<string> | undefined {
  const known = new Set<string>();
  for (const { contract, domain } of mesh.workspace.products.values()) {
    if (contract === undefined) return undefined;
    for (const port of contract.ports) known.add(`${domain}/${port.name}_v${majorOf(contract.version)}`);
  }
  return known;
}

/** Readers go by `current`: it goes first. */
async function removePort(
  target: EmbeddedTarget,
  domain: string,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const lock = await target.lake.lockDomain(domain, { signal });
  try {
    rmSync(join(directory, "current"), { force: true });
    rmSync(directory, { recursive: true, force: true });
  } finally {
    await lock.release();
  }
}
