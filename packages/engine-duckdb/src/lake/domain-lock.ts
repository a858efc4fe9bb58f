import { randomUUID } from "node:crypto";
import { link, mkdir, rm, stat, unlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { EngineError } from "@meshwork/engine";
import { readIfThere } from "./atomic-file.ts";
import { isGone, thisCommand, thisProcess, type ProcessIdentity } from "./process-identity.ts";

export interface LockHolder extends ProcessIdentity {
  readonly command: string;
  /** ISO instant of taking it. */
  readonly since: string;
}

export interface DomainLock {
  release(): Promise<void>;
}

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once for every holder that is waited for. */
  readonly onWait?: ((holder: LockHolder) => void) | undefined;
}

interface LockFile extends LockHolder {
  readonly token: string;
}

const firstPauseMs = 20;
const longestPauseMs = 250;
/** Lock files appear whole; one without readable content was torn by a power cut, and is let alone this long. */
const tornAfterMs = 10_000;

async function readLock(path: string): Promise<LockFile | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as LockFile;
    if (typeof value.token === "string" && typeof value.pid === "number") return value;
  } catch {
    // Torn: below.
  }
  const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
  const gone = { host: thisProcess().host, pid: 0 };
  const here = thisProcess();
  return { ...(age > tornAfterMs ? gone : here), token: "torn", command: "unknown", since: new Date(0).toISOString() };
}

/** Links our finished file to the lock's name: whole or not at all, for one process only. */
async function take(path: string, own: LockFile): Promise<boolean> {
  const draft = join(dirname(path), `.${randomUUID()}.tmp`);
  await writeFile(draft, JSON.stringify(own), { flag: "wx" });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Removes the lock of a dead process. Of all that wait only the one that holds the claim on exactly this lock
 * may remove it, so a lock that somebody has taken meanwhile is never removed in its place.
 */
async function removeStale(path: string, stale: LockFile, depth = 0): Promise<void> {
  const claim = `${path}.${stale.token}`;
  const own = ownFile();
  if (!(await take(claim, own))) {
    const claimant = await readLock(claim);
    if (claimant !== undefined && isGone(claimant) && depth < 4) await removeStale(claim, claimant, depth + 1);
    return;
  }
  try {
    if ((await readLock(path))?.token === stale.token) await unlink(path);
  } finally {
    await rm(claim, { force: true });
  }
}

const ownFile = (): LockFile => ({
  ...thisProcess(),
  command: thisCommand(),
  since: new Date().toISOString(),
  token: randomUUID(),
});

/**
 * Takes the lock at `path`, waiting for whoever holds it. The lock of a process that died is taken over.
 * Fails with EngineError `cancelled` when the signal aborts.
 */
export async function takeLock(path: string, options: LockOptions = {}): Promise<DomainLock> {
  await mkdir(dirname(path), { recursive: true });
  const own = ownFile();
  let told: string | undefined;
  for (let pause = firstPauseMs; ; pause = Math.min(longestPauseMs, pause * 1.5)) {
    if (options.signal?.aborted) throw new EngineError("cancelled", "Waiting for the lock was cancelled.");
    if (await take(path, { ...own, since: new Date().toISOString() })) break;
    const holder = await readLock(path);
    if (holder === undefined) continue;
    if (isGone(holder)) {
      await removeStale(path, holder);
      continue;
    }
    if (told !== holder.token) {
      told = holder.token;
      const { token: _, ...shown } = holder;
      options.onWait?.(shown);
    }
    const { signal } = options;
    await delay(pause, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  }
  let released = false;
  return {
    async release() {
      if (released) return;
      released = true;
      if ((await readLock(path))?.token === own.token) await unlink(path);
    },
  };
}
