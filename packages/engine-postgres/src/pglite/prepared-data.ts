import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PGlite } from "@electric-sql/pglite";

/** Where machines keep what can be made again: `MESHWORK_CACHE`, else the user's cache folder. */
const cacheFolder = (): string =>
  process.env["MESHWORK_CACHE"] ??
  join(process.env["XDG_CACHE_HOME"] ?? join(homedir() || tmpdir(), ".cache"), "meshwork");

function pgliteVersion(): string {
  const entry = fileURLToPath(import.meta.resolve("@electric-sql/pglite"));
  const manifest = join(dirname(dirname(entry)), "package.json");
  return (createRequire(import.meta.url)(manifest) as { version: string }).version;
}

/** Makes an empty database in a folder, or finds it there. Small log files and no waiting for the disk: half the time. */
async function makeDatabase(folder: string): Promise<void> {
  const { PGlite } = await import("@electric-sql/pglite");
  const made = await PGlite.create({ dataDir: folder, initDbStartParams: ["--no-sync", "--wal-segsize=1"] });
  await made.close();
}

/**
 * A folder of this process with a new, empty database. Making one takes some seconds, so the first is kept in the
 * user's cache for the next ones to be copied from; where no cache can be written, each is made anew.
 */
export async function newDatabaseFolder(): Promise<string> {
  const own = join(mkdtempSync(join(tmpdir(), "meshwork-pglite-")), "data");
  const kept = join(cacheFolder(), `pglite-${pgliteVersion()}`);
  try {
    if (!existsSync(kept)) {
      mkdirSync(dirname(kept), { recursive: true });
      const draft = mkdtempSync(`${kept}.new-`);
      try {
        await makeDatabase(join(draft, "data"));
        // Of several processes that make one at the same time the first wins.
        if (!existsSync(kept)) renameSync(join(draft, "data"), kept);
      } finally {
        rmSync(draft, { recursive: true, force: true });
      }
    }
    cpSync(kept, own, { recursive: true });
  } catch {
    rmSync(own, { recursive: true, force: true });
    await makeDatabase(own);
  }
  return own;
}

/** Removes what `newDatabaseFolder` gave. */
export const removeDatabaseFolder = (folder: string): void => rmSync(dirname(folder), { recursive: true, force: true });

/** A new, empty database in memory, kept in the user's cache in the same way: as one file that loads at once. */
export async function newDatabaseInMemory(): Promise<PGlite> {
  const { PGlite: Embedded } = await import("@electric-sql/pglite");
  const kept = join(cacheFolder(), `pglite-${pgliteVersion()}.tar`);
  const archive = (() => {
    try {
      return readFileSync(kept);
    } catch {
      return undefined;
    }
  })();
  if (archive !== undefined) {
    try {
      return await Embedded.create({ loadDataDir: new Blob([archive]) });
    } catch {
      // Whatever spoilt the file: it is made anew.
      rmSync(kept, { force: true });
    }
  }
  const made = await Embedded.create({ initDbStartParams: ["--no-sync", "--wal-segsize=1"] });
  try {
    const bytes = Buffer.from(await (await made.dumpDataDir("none")).arrayBuffer());
    mkdirSync(dirname(kept), { recursive: true });
    const draft = `${kept}.${process.pid}`;
    writeFileSync(draft, bytes);
    renameSync(draft, kept);
  } catch {
    // Without a cache the next one takes as long.
  }
  return made;
}
