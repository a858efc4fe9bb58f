import { createHash } from "node:crypto";
import { createReadStream, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import type { ContractColumn, Media, MediaChecksum, OutputPort } from "@meshwork/contract";
import type { Session } from "@meshwork/engine";
import type { CheckResult } from "@meshwork/quality";
import type { Fragment, Relation } from "@meshwork/sql";
import { id, relation as nameOf, sql, statement } from "@meshwork/sql";

/** Objects of one column that are read; more are counted and left out, which the result says. */
const MOST_OBJECTS = 10_000;

interface CheckMediaOptions {
  readonly session: Session;
  readonly port: OutputPort;
  readonly relation: Relation | Fragment;
  /** Absolute: the local folder that stands for the base of every column. */
  readonly folder: string;
  /** Failing rows to show. */
  readonly rows: number;
  readonly signal?: AbortSignal | undefined;
}

type WithChecksum = ContractColumn & { readonly media: Media & { readonly checksum: MediaChecksum } };
const hasChecksum = (column: ContractColumn): column is WithChecksum => column.media?.checksum !== undefined;

/**
 * Compares the bytes of objects on disk with the digests beside their references, column by column. Reads nothing
 * outside the folder, whatever a reference or a link says. Columns without a checksum have nothing to compare.
 */
export async function checkMedia(options: CheckMediaOptions): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const column of options.port.columns.filter(hasChecksum)) results.push(await ofColumn(column, options));
  return results;
}

async function ofColumn(column: WithChecksum, options: CheckMediaOptions): Promise<CheckResult> {
  const { session, relation, signal } = options;
  const { checksum, base } = column.media;
  const started = performance.now();
  const source = "print" in relation ? relation : nameOf(relation);
  const [reference, digest] = [id(column.name), id(checksum.column)];
  const query = sql`SELECT DISTINCT ${reference}, ${digest} FROM ${source} AS s WHERE ${reference} IS NOT NULL ORDER BY 1, 2`;
  const common = {
    check: `media_content.${column.name}`,
    code: "check/media-checksum",
    assertion: "media_content",
    column: column.name,
    expected: `bytes in ${options.folder} that have the ${checksum.algorithm} digest in "${checksum.column}"`,
    threshold: 1,
    severity: "error" as const,
    at: column.at,
  };
  const failed: [string, string][] = [];
  let found: readonly (readonly unknown[])[];
  try {
    found = await (await session.query(statement(query, session.dialect))).rows();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0]! : String(error);
    return { ...common, status: "error", reason, ms: performance.now() - started };
  }
  const looked = found.slice(0, MOST_OBJECTS);
  for (const [text, wanted] of looked) {
    if (signal?.aborted) return { ...common, status: "error", reason: "it was interrupted", ms: 0 };
    const reason = await difference(String(text), wanted, checksum.algorithm, base, options.folder);
    if (reason !== undefined) failed.push([String(text), reason]);
  }
  const left = found.length - looked.length;
  const guarded = column.pii || column.masking !== undefined || column.classification !== undefined;
  return {
    ...common,
    status: failed.length === 0 ? "passed" : "failed",
    failing: failed.length,
    total: looked.length,
    actual: failed.length,
    ...(left === 0 ? {} : { reason: `${left} more objects were not looked at` }),
    ...(failed.length === 0 || guarded
      ? {}
      : { sample: { columns: [column.name, "reason"], rows: failed.slice(0, options.rows) } }),
    ms: performance.now() - started,
  };
}

/** Why an object is not what its row says; nothing where it is. */
async function difference(
  reference: string,
  wanted: unknown,
  algorithm: string,
  base: string | undefined,
  folder: string,
): Promise<string | undefined> {
  if (typeof wanted !== "string" || wanted === "") return "there is no digest";
  const path = localPath(reference, base);
  if (path === undefined) return "it leads out of the base";
  let file: string;
  try {
    const root = realpathSync(folder);
    file = realpathSync(join(root, path));
    if (!file.startsWith(root.endsWith(sep) ? root : root + sep)) return "it leads out of the folder";
    if (!statSync(file).isFile()) return "it is no file";
  } catch {
    return "it is not there";
  }
  try {
    const hash = createHash(algorithm);
    for await (const part of createReadStream(file)) hash.update(part as Uint8Array);
    return hash.digest("hex") === wanted.toLowerCase() ? undefined : "its bytes have another digest";
  } catch {
    return "it cannot be read";
  }
}

/** A reference seen from its base. */
function localPath(reference: string, base: string | undefined): string | undefined {
  const whole = base === undefined ? undefined : base.endsWith("/") ? base : `${base}/`;
  const path = whole !== undefined && reference.startsWith(whole) ? reference.slice(whole.length) : reference;
  const absolute = /^(?:[A-Za-z][A-Za-z0-9+.-]*:|\/)/.test(path);
  return absolute || path.includes("\0") || path.includes("\\") || path.split("/").includes("..") ? undefined : path;
}
