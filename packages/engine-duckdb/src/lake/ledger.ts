import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { readIfThere, writeAtomically } from "./atomic-file.ts";

/** What was built of one node (a model, a seed, a port), and from what: enough to know that nothing has changed. */
export interface LedgerNode {
  /** Hash of all code the node is made of: compiled SQL, configuration, macros, variables. */
  readonly fingerprint: string;
  /** Snapshot ids or fingerprints of everything it read, by name. */
  readonly upstream: Readonly<Record<string, string>>;
  /** ISO instant, given by the run. */
  readonly builtAt: string;
  readonly runId: string;
  /** Of a port: the snapshot that was committed. */
  readonly snapshot?: string | undefined;
  readonly rows?: number | undefined;
}

export interface LedgerRecord {
  readonly version: 1;
  readonly product: string;
  readonly nodes: Readonly<Record<string, LedgerNode>>;
  /** Results of checks and tests of the last run, as their own package wrote them. */
  readonly checks: readonly unknown[];
  /** The contract that the ports keep, as its author wrote it. Absent in records of before it was kept. */
  readonly contract?: string | undefined;
}

/** The record of one product, kept beside the data it speaks of, replaced whole. */
export interface Ledger {
  readonly file: string;
  /** `undefined` where nothing was built, or what stands there is not readable: then everything is built again. */
  read(): Promise<LedgerRecord | undefined>;
  write(record: LedgerRecord): Promise<void>;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function ledgerAt(file: string): Ledger {
  return {
    file,
    async read() {
      const text = await readIfThere(file);
      if (text === undefined) return undefined;
      try {
        const value: unknown = JSON.parse(text);
        if (isRecord(value) && value["version"] === 1 && isRecord(value["nodes"]) && Array.isArray(value["checks"]))
          return value as unknown as LedgerRecord;
      } catch {
        // Not readable is as good as absent: the price is one build.
      }
      return undefined;
    },
    async write(record) {
      await mkdir(dirname(file), { recursive: true });
      await writeAtomically(file, `${JSON.stringify(record, undefined, 1)}\n`);
    },
  };
}
