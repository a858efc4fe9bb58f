import { mkdirSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { takeLock, type DomainLock, type LockOptions } from "./domain-lock.ts";
import { checkedSegment } from "./lake-error.ts";
import { ledgerAt, type Ledger } from "./ledger.ts";
import { portStoreAt, type PortStore } from "./port-store.ts";

export interface LakePort {
  readonly domain: string;
  readonly port: string;
  readonly major: number;
}

/**
 * The embedded target's storage: for each domain one DuckDB file of private tables and, for each port and major
 * version, immutable Parquet snapshots that any number of processes may read while one writes.
 *
 *     <root>/<domain>/private.duckdb
 *     <root>/<domain>/<port>_v<major>/current        -> snapshots/<id>
 *     <root>/<domain>/<port>_v<major>/snapshots/<id>/{manifest.json,part-00000.parquet,…}
 *     <root>/<domain>/_ledger/<product>.json
 *     <root>/<domain>/_ledger/intervals.ndjson
 */
export interface Lake {
  readonly root: string;
  privateDatabase(domain: string): string;
  port(domain: string, port: string, major: number): PortStore;
  /** Every port that has a folder, sorted. */
  ports(): Promise<LakePort[]>;
  ledger(domain: string, product: string): Ledger;
  /** The file that lists the intervals of the domain's models that are filled. */
  intervals(domain: string): string;
  /** For whoever writes to the domain; waits and says for whom. Readers of ports need no lock. */
  lockDomain(domain: string, options?: LockOptions): Promise<DomainLock>;
}

export function openLake(root: string): Lake {
  const base = resolve(root);
  const domainFolder = (domain: string): string => join(base, checkedSegment(domain, "Domain"));
  return {
    root: base,
    privateDatabase(domain) {
      const folder = domainFolder(domain);
      mkdirSync(folder, { recursive: true });
      return join(folder, "private.duckdb");
    },
    port(domain, port, major) {
      return portStoreAt(join(domainFolder(domain), `${checkedSegment(port, "Port")}_v${major}`));
    },
    async ports() {
      const found: LakePort[] = [];
      for (const domain of await folders(base))
        for (const name of await folders(join(base, domain))) {
          const match = /^(.+)_v(\d+)$/.exec(name);
          if (match !== null) found.push({ domain, port: match[1]!, major: Number(match[2]) });
        }
      return found;
    },
    ledger: (domain, product) =>
      ledgerAt(join(domainFolder(domain), "_ledger", `${checkedSegment(product, "Product")}.json`)),
    intervals: (domain) => join(domainFolder(domain), "_ledger", "intervals.ndjson"),
    lockDomain: (domain, options) => takeLock(join(domainFolder(domain), ".lock"), options),
  };
}

async function folders(path: string): Promise<string[]> {
  try {
    return (await readdir(path, { withFileTypes: true }))
      .filter((e) => e.isDirectory())
      .map((e) => e.name)
      .sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
