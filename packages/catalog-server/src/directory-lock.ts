import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, open, readFile, rm, stat, unlink } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";

// The embedded database is one process's. Node has no file locks that end with the process, so the lock is a file
// that names its holder; a holder that is gone loses it.

const holderSchema = z.object({ pid: z.number().int(), host: z.string(), started: z.string(), token: z.string() });
export type Holder = z.infer<typeof holderSchema>;

export interface DirectoryLock {
  release(): Promise<void>;
}

/** Takes the lock of `dir`, or says who has it. */
export async function tryLock(dir: string): Promise<DirectoryLock | Holder> {
  await mkdir(dir, { recursive: true });
  const path = join(dir, "lock");
  const mine: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid), token: randomUUID() };
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await create(path, JSON.stringify(mine))) return { release: () => release(path, mine.token) };
    const holder = await read(path);
    if (holder === undefined) continue;
    if (alive(holder) || !(await takeAway(path, holder))) return holder;
  }
  return (await read(path)) ?? mine;
}

/** False where the file is there already. */
async function create(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    await file.writeFile(text);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function read(path: string): Promise<Holder | undefined> {
  try {
    const text = await readFile(path, "utf8");
    const holder = holderSchema.safeParse(text === "" ? undefined : JSON.parse(text));
    if (holder.success) return holder.data;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    if (!(error instanceof SyntaxError)) throw error;
  }
  // Just made and not yet written, or its writer was killed in between: young ones are held, old ones nobody's.
  const age = await stat(path).then(
    (s) => Date.now() - s.mtimeMs,
    () => 0,
  );
  return { pid: age < 2_000 ? process.pid : 0, host: hostname(), started: startOf(process.pid), token: "" };
}

/**
 * Removes the lock of a holder that is gone. Of several that notice at once only one does: a second file, held for
 * moments, guards the removal; without it the second remover would delete the first one's new lock.
 */
async function takeAway(path: string, gone: Holder): Promise<boolean> {
  const guard = `${path}.takeover`;
  if (!(await create(guard, ""))) {
    const since = await stat(guard).then(
      (s) => s.mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - since > 10_000) await rm(guard, { force: true });
    return false;
  }
  try {
    const now = await read(path);
    if (now === undefined) return true;
    if (now.token !== gone.token || now.pid !== gone.pid) return false;
    await unlink(path);
    return true;
  } finally {
    await rm(guard, { force: true });
  }
}

async function release(path: string, token: string): Promise<void> {
  const holder = await read(path);
  if (holder?.token === token) await rm(path, { force: true });
}

/** Whether the process that holds it runs. On another machine (a shared folder) that cannot be known: it counts as running. */
export function alive(holder: Pick<Holder, "pid" | "host" | "started">): boolean {
  if (holder.host !== hostname()) return true;
  if (holder.pid <= 0) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const started = startOf(holder.pid);
  return started === "" || holder.started === "" || started === holder.started;
}

/** Where the system tells: when a process began, so that a reused id is not taken for the holder. */
export function startOf(pid: number): string {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "latin1");
    return line.slice(line.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
