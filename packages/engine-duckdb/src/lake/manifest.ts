import type { Column } from "@meshwork/sql";

export interface SnapshotFile {
  /** Name within the snapshot's folder. */
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
}

/** What a build says of a snapshot. The time is the run's, never the clock's. */
export interface SnapshotMeta {
  readonly runId: string;
  /** Hash of the code that made it. */
  readonly fingerprint: string;
  /** Ids of the port snapshots it was made from, by relation. */
  readonly upstream: Readonly<Record<string, string>>;
  /** ISO instant. */
  readonly builtAt: string;
}

/** `manifest.json` of a snapshot. */
export interface Manifest extends SnapshotMeta {
  readonly version: 1;
  /** Hash of the files' hashes and the columns: equal content has an equal id. */
  readonly id: string;
  readonly files: readonly SnapshotFile[];
  readonly rows: number;
  readonly bytes: number;
  readonly columns: readonly Column[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isCount = (value: unknown): boolean => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

/** Reads a manifest; `undefined` where it is torn or none of ours. */
export function parseManifest(text: string): Manifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || value["version"] !== 1 || typeof value["id"] !== "string") return undefined;
  const { files, columns } = value;
  if (!Array.isArray(files) || files.length === 0 || !Array.isArray(columns)) return undefined;
  const whole = files.every(
    (f) =>
      isObject(f) &&
      typeof f["name"] === "string" &&
      /^part-\d+\.parquet$/.test(f["name"]) &&
      typeof f["sha256"] === "string" &&
      isCount(f["bytes"]) &&
      isCount(f["rows"]),
  );
  if (!whole || !isCount(value["rows"]) || !isCount(value["bytes"]) || typeof value["builtAt"] !== "string")
    return undefined;
  return value as unknown as Manifest;
}
