import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, link, mkdir, readdir, readlink, rename, rm, stat, symlink, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { EngineError, type Session } from "@meshwork/engine";
import { id, join as list, literal, raw, sql, statement, type Column } from "@meshwork/sql";
import { readIfThere, sync, writeAtomically } from "./atomic-file.ts";
import { fileTrouble, LakeError } from "./lake-error.ts";
import { parseManifest, type Manifest, type SnapshotFile, type SnapshotMeta } from "./manifest.ts";
import { isGone, thisProcess } from "./process-identity.ts";

/** One immutable state of a port. */
export interface PortSnapshot {
  readonly id: string;
  readonly directory: string;
  /** Absolute paths, in order. */
  readonly files: readonly string[];
  readonly rows: number;
  readonly bytes: number;
  readonly columns: readonly Column[];
  readonly manifest: Manifest;
  /** Set when the current snapshot was damaged and an older, whole one stands in: what was wrong, with the file. */
  readonly damaged?: string | undefined;
}

/** Rows written beside the port, seen by nobody until they are committed. */
export interface Staged {
  readonly directory: string;
  /** All files the new snapshot will have: appended ones come after those of the snapshot they extend. */
  readonly files: readonly string[];
  readonly columns: readonly Column[];
  /** Rows and bytes of the whole snapshot to be. */
  readonly rows: number;
  readonly bytes: number;
  /** Rows written by this stage. */
  readonly written: number;
  readonly parts: readonly SnapshotFile[];
  /** Of an append: the snapshot it extends. */
  readonly base?: string | undefined;
}

export interface StageOptions {
  /** The promised columns, in their order; all that the query yields when absent. */
  readonly columns?: readonly { readonly name: string }[] | undefined;
  /** Adds the rows to those of the current snapshot, whose files are kept as they are. */
  readonly append?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Committed {
  readonly snapshot: PortSnapshot;
  /** False when the content equals that of the current snapshot: nothing was replaced. */
  readonly swapped: boolean;
}

export interface PruneOptions {
  /** How many snapshots to keep besides the current one, newest first. */
  readonly keep: number;
  /** Only those replaced longer ago: no reader holds them any more. */
  readonly olderThanMs: number;
  readonly now: Date;
  /** Names what would go, and leaves it. */
  readonly dryRun?: boolean | undefined;
}

/** The snapshots of one port and one major version. */
export interface PortStore {
  readonly directory: string;
  /** Stable paths for readers that know nothing of manifests: the files of the current snapshot. */
  readonly currentGlob: string;
  read(): Promise<PortSnapshot | undefined>;
  /** Hashes every file of the current snapshot again and names those that differ from the manifest. */
  verify(): Promise<string[]>;
  stage(session: Session, select: string, options?: StageOptions): Promise<Staged>;
  commit(staged: Staged, meta: SnapshotMeta): Promise<Committed>;
  discard(staged: Staged): Promise<void>;
  /** Removes old snapshots and what killed builds left behind; returns the ids of the snapshots that went. */
  prune(options: PruneOptions): Promise<string[]>;
  /** What killed builds left behind; staging of a build that runs is not among it. */
  abandoned(now: Date): Promise<string[]>;
}

/** Fixed, so that equal rows in equal order give equal bytes. DuckDB's own default, by which it skips on reading. */
const rowGroupSize = 122_880;
/** Staging of another machine cannot be asked whether it lives: after a day it does not. */
const foreignStagingMs = 24 * 3600 * 1000;

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);
const ignoreMissing = (error: unknown): undefined => {
  if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
  throw error;
};

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** An error of the whole statement as one of the part that the caller wrote: its offset counts from there. */
function within(error: unknown, start: number, length: number): unknown {
  if (!(error instanceof EngineError) || error.offset === undefined) return error;
  const at = error.offset - start;
  const offset = at >= 0 && at <= length ? at : undefined;
  return new EngineError(error.code, error.message, {
    retryable: error.retryable,
    candidates: error.candidates,
    cause: error.cause,
    offset,
  });
}

const partName = (index: number): string => `part-${String(index).padStart(5, "0")}.parquet`;

/** The store of one port; `makeLink` is for those who want to see what happens where links are refused. */
export function portStoreAt(directory: string, makeLink: typeof symlink = symlink): PortStore {
  const snapshots = join(directory, "snapshots");
  const staging = join(directory, "staging");
  const current = join(directory, "current");
  const pointer = join(directory, "current.json");

  /** Which snapshot is current: the link, or the pointer file of systems without links. */
  async function currentId(): Promise<string | undefined> {
    const target = await readlink(current).catch((error: unknown) => {
      // A real folder: links are refused here, and the pointer tells.
      if (codeOf(error) === "EINVAL" || codeOf(error) === "UNKNOWN") return undefined;
      return ignoreMissing(error);
    });
    if (target !== undefined) return target.split(/[\\/]/).at(-1);
    const text = await readIfThere(pointer);
    if (text === undefined) return undefined;
    try {
      const value = JSON.parse(text) as { snapshot?: unknown };
      return typeof value.snapshot === "string" ? value.snapshot : undefined;
    } catch {
      return undefined;
    }
  }

  /** A snapshot whose manifest is whole and whose files have the promised sizes; else what is wrong. */
  async function load(snapshot: string): Promise<PortSnapshot | string> {
    const folder = join(snapshots, snapshot);
    const file = join(folder, "manifest.json");
    const text = await readIfThere(file);
    if (text === undefined) return `${file} is missing`;
    const manifest = parseManifest(text);
    if (manifest === undefined || manifest.id !== snapshot) return `${file} is torn`;
    const files: string[] = [];
    for (const part of manifest.files) {
      const path = join(folder, part.name);
      const size = (await stat(path).catch(ignoreMissing))?.size;
      if (size === undefined) return `${path} is missing`;
      if (size !== part.bytes) return `${path} has ${size} bytes, not ${part.bytes}`;
      files.push(path);
    }
    const { rows, bytes, columns } = manifest;
    return { id: snapshot, directory: folder, files, rows, bytes, columns, manifest };
  }

  async function read(): Promise<PortSnapshot | undefined> {
    for (let attempt = 0; ; attempt++) {
      const wanted = await currentId();
      const found = wanted === undefined ? undefined : await load(wanted);
      if (typeof found === "object") return found;
      // Another process may have swapped and pruned between the two steps: what is current now decides.
      if (wanted !== (await currentId()) && attempt < 10) continue;
      const names = (await readdir(snapshots).catch(ignoreMissing)) ?? [];
      const whole: PortSnapshot[] = [];
      for (const name of names) {
        const candidate = name === wanted ? undefined : await load(name);
        if (typeof candidate === "object") whole.push(candidate);
      }
      // A snapshot that never became current was never promised: without a pointer there is no port yet.
      if (wanted === undefined) return undefined;
      whole.sort((a, b) =>
        a.manifest.builtAt === b.manifest.builtAt ? 0 : a.manifest.builtAt < b.manifest.builtAt ? 1 : -1,
      );
      const previous = whole[0];
      if (previous !== undefined) return { ...previous, damaged: found ?? "" };
      throw new LakeError(
        "damaged-snapshot",
        join(snapshots, wanted),
        `The current snapshot is damaged (${found}) and there is no older one.`,
      );
    }
  }

  /** Removes what builds that no longer run have left. */
  async function sweep(now: number): Promise<void> {
    for (const path of await leftovers(now)) await rm(path, { recursive: true, force: true });
  }

  async function leftovers(now: number): Promise<string[]> {
    const found: string[] = [];
    for (const name of (await readdir(staging).catch(ignoreMissing)) ?? []) {
      const [, host, pid, started] = /^(.+)~(\d+)~(\w*)~[\w-]+$/.exec(name) ?? [];
      const path = join(staging, name);
      const owner =
        host === undefined ? undefined : { host, pid: Number(pid), started: started === "" ? undefined : started };
      const age = now - ((await stat(path).catch(ignoreMissing))?.mtimeMs ?? now);
      const abandoned = owner === undefined || owner.host !== hostname() ? age > foreignStagingMs : isGone(owner);
      if (abandoned) found.push(path);
    }
    return found.sort();
  }

  async function stage(session: Session, select: string, options: StageOptions = {}): Promise<Staged> {
    await sweep(Date.now());
    const base = options.append ? await read() : undefined;
    const me = thisProcess();
    const folder = join(staging, `${me.host}~${me.pid}~${me.started ?? ""}~${randomUUID()}`);
    await mkdir(folder, { recursive: true });
    try {
      const name = partName(base?.files.length ?? 0);
      const path = join(folder, name);
      const columns = options.columns === undefined ? raw("*") : list(options.columns.map((c) => id(c.name)));
      // The line ends keep a trailing comment of the query from swallowing the bracket.
      const query = statement(
        sql`SELECT ${columns} FROM (${raw(`\n${select}\n`)}) AS staged_rows`,
        session.dialect,
      ).text;
      const copy = sql`COPY (${raw(query)}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${literal(rowGroupSize)})`;
      const { signal } = options;
      const { text } = statement(copy, session.dialect);
      const result = await session.query({ text, params: [] }, { signal }).catch((error: unknown) => {
        throw within(error, text.indexOf(select), select.length);
      });
      const written = (await result.stats()).rowsChanged ?? 0;
      const scan = statement(sql`SELECT * FROM read_parquet(${literal(path)}) LIMIT 0`, session.dialect).text;
      const described = (await session.query(scan, { signal })).columns;
      const part: SnapshotFile = { name, sha256: await sha256(path), bytes: (await stat(path)).size, rows: written };
      const keep = base !== undefined && (base.rows > 0 || written === 0) ? base : undefined;
      const parts = keep === undefined ? [part] : written === 0 ? keep.manifest.files : [...keep.manifest.files, part];
      return {
        directory: folder,
        files: keep === undefined ? [path] : written === 0 ? keep.files : [...keep.files, path],
        columns: described,
        rows: parts.reduce((sum, p) => sum + p.rows, 0),
        bytes: parts.reduce((sum, p) => sum + p.bytes, 0),
        written,
        parts,
        base: base?.id,
      };
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw fileTrouble(error, folder);
    }
  }

  async function commit(staged: Staged, meta: SnapshotMeta): Promise<Committed> {
    const before = await currentId();
    if (staged.base !== undefined && staged.base !== before)
      throw new LakeError(
        "stale-stage",
        staged.directory,
        "The port has changed since these rows were staged; stage them again.",
      );
    // Numbered anew, so that an append onto an empty snapshot starts at the first part as well.
    const files = staged.parts.map((part, i) => ({ ...part, name: partName(i) }));
    const content = JSON.stringify([staged.columns.map((c) => [c.name, c.type]), files.map((f) => [f.sha256, f.rows])]);
    const snapshot = createHash("sha256").update(content).digest("hex").slice(0, 24);
    const target = join(snapshots, snapshot);
    if (snapshot === before) {
      const same = await load(snapshot);
      if (typeof same === "object") {
        await discard(staged);
        return { snapshot: same, swapped: false };
      }
    }
    try {
      await mkdir(snapshots, { recursive: true });
      if (typeof (await load(snapshot)) === "string") {
        const own = join(staged.directory, "whole");
        await mkdir(own);
        for (const [i, path] of staged.files.entries()) {
          const place = join(own, files[i]!.name);
          await link(path, place).catch(() => copyFile(path, place));
          await sync(place);
        }
        const manifest: Manifest = {
          version: 1,
          id: snapshot,
          files,
          rows: staged.rows,
          bytes: staged.bytes,
          columns: staged.columns,
          ...meta,
        };
        await writeAtomically(join(own, "manifest.json"), `${JSON.stringify(manifest, undefined, 1)}\n`);
        await sync(own);
        // A damaged folder of the same content makes room for the whole one.
        await rm(target, { recursive: true, force: true });
        await rename(own, target);
        await sync(snapshots);
      }
      if (before !== undefined && before !== snapshot) {
        // The folder's time says until when it was current; prune counts from there.
        const now = new Date();
        await utimes(join(snapshots, before), now, now).catch(ignoreMissing);
      }
      await swap(snapshot);
      await discard(staged);
    } catch (error) {
      throw fileTrouble(error, directory);
    }
    const loaded = await load(snapshot);
    if (typeof loaded === "string")
      throw new LakeError("damaged-snapshot", target, `The snapshot just written is damaged: ${loaded}.`);
    return { snapshot: loaded, swapped: true };
  }

  async function swap(snapshot: string): Promise<void> {
    const draft = join(directory, `.current-${randomUUID()}`);
    try {
      await makeLink(join("snapshots", snapshot), draft, "dir");
    } catch (error) {
      if (codeOf(error) !== "EPERM" && codeOf(error) !== "ENOSYS" && codeOf(error) !== "EACCES") throw error;
      await swapWithoutLinks(snapshot, draft);
      return;
    }
    // A folder left by a system without links cannot be replaced by a rename.
    await rename(draft, current).catch(async (renamed: unknown) => {
      if (
        codeOf(renamed) !== "EISDIR" &&
        codeOf(renamed) !== "ENOTEMPTY" &&
        codeOf(renamed) !== "EEXIST" &&
        codeOf(renamed) !== "EPERM"
      )
        throw renamed;
      await rm(current, { recursive: true, force: true });
      await rename(draft, current);
    });
    await sync(directory);
  }

  /**
   * Where links are refused (Windows without developer mode) `current` is a folder of its own. Our readers go by
   * the pointer file, which is replaced atomically; others may for an instant find `current` absent.
   */
  async function swapWithoutLinks(snapshot: string, draft: string): Promise<void> {
    await mkdir(draft);
    for (const name of await readdir(join(snapshots, snapshot))) {
      const from = join(snapshots, snapshot, name);
      await link(from, join(draft, name)).catch(() => copyFile(from, join(draft, name)));
    }
    await writeAtomically(pointer, JSON.stringify({ snapshot }));
    await rm(current, { recursive: true, force: true });
    await rename(draft, current);
  }

  const discard = (staged: Staged): Promise<void> => rm(staged.directory, { recursive: true, force: true });

  return {
    directory,
    currentGlob: join(current, "*.parquet"),
    read,
    stage,
    commit,
    discard,
    async verify() {
      const snapshot = await read();
      const wrong: string[] = snapshot?.damaged === undefined ? [] : [snapshot.damaged];
      for (const [i, path] of (snapshot?.files ?? []).entries())
        if ((await sha256(path)) !== snapshot!.manifest.files[i]!.sha256)
          wrong.push(`${path} differs from its manifest`);
      return wrong;
    },
    abandoned: (now) => leftovers(now.getTime()),
    async prune({ keep, olderThanMs, now, dryRun }) {
      if (!dryRun) await sweep(now.getTime());
      const alive = await currentId();
      const old: { name: string; replaced: number }[] = [];
      for (const name of (await readdir(snapshots).catch(ignoreMissing)) ?? [])
        if (name !== alive) old.push({ name, replaced: (await stat(join(snapshots, name))).mtimeMs });
      old.sort((a, b) => b.replaced - a.replaced || (a.name < b.name ? -1 : 1));
      const gone = old.slice(keep).filter((s) => now.getTime() - s.replaced > olderThanMs);
      if (!dryRun) for (const { name } of gone) await rm(join(snapshots, name), { recursive: true, force: true });
      return gone.map((s) => s.name).sort();
    },
  };
}
