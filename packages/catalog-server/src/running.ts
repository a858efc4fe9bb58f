import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { alive, startOf } from "./directory-lock.ts";

/** What a serving catalog writes beside its database, so that other processes talk to it instead of the files. */
const announcement = z.object({
  pid: z.number().int(),
  host: z.string(),
  started: z.string(),
  url: z.url({ protocol: /^http$/ }),
  instance: z.string(),
});
export type Announcement = z.infer<typeof announcement>;

const fileOf = (dir: string): string => join(dir, "catalog.json");

export async function announce(dir: string, url: string, instance: string): Promise<void> {
  const value: Announcement = { pid: process.pid, host: hostname(), started: startOf(process.pid), url, instance };
  const draft = `${fileOf(dir)}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(value)}\n`, { mode: 0o600 });
  await rename(draft, fileOf(dir));
}

export async function withdraw(dir: string, instance: string): Promise<void> {
  const known = await announced(dir);
  if (known?.instance === instance) await rm(fileOf(dir), { force: true });
}

async function announced(dir: string): Promise<Announcement | undefined> {
  try {
    return announcement.safeParse(JSON.parse(await readFile(fileOf(dir), "utf8"))).data;
  } catch {
    return undefined;
  }
}

/** The catalog that serves `dir` now: one that lives, answers, and is the one that announced itself. */
export async function runningCatalog(dir: string, fetch = globalThis.fetch): Promise<Announcement | undefined> {
  const known = await announced(dir);
  if (known === undefined || !alive(known)) return undefined;
  try {
    const response = await fetch(`${known.url}/healthz`, { signal: AbortSignal.timeout(5_000), redirect: "error" });
    const body = z.object({ instance: z.string() }).safeParse(await response.json());
    return body.data?.instance === known.instance ? known : undefined;
  } catch {
    return undefined;
  }
}
