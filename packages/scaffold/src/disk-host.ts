import * as fs from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Diagnostic } from "@meshwork/diagnostics";
import type { Action } from "./action.ts";
import { contentHash } from "./content-hash.ts";
import { scaffoldCodes } from "./scaffold-codes.ts";

/** Carries out the actions of a plan somewhere: on disk, in Nx's tree. Nothing is written when an answer is an error. */
export interface ScaffoldHost {
  apply(actions: readonly Action[]): readonly Diagnostic[];
}

/** The calls that write; a test gives ones that fail. */
export type DiskCalls = Pick<typeof fs, "mkdirSync" | "writeFileSync" | "renameSync" | "rmSync">;

interface Journal {
  /** Folders that were made, in the order in which they were made. */
  readonly folders: string[];
  readonly files: { readonly path: string; readonly staged: string | undefined; readonly backup: string | undefined }[];
}

const journalFile = ".mesh/scaffold-journal.json";

/**
 * Writes to a folder, all or nothing: everything is written beside its place first, then renamed, the former files kept
 * until the end. Any failure puts everything back. A process that was killed in the middle leaves its journal, and the
 * next run puts things back before it does anything else.
 */
export function diskHost(root: string, calls: DiskCalls = fs): ScaffoldHost {
  return {
    apply(actions) {
      recover(root);
      const refusal = actions.map((a) => conflict(root, a)).find((d) => d !== undefined);
      if (refusal) return [refusal];
      if (actions.length === 0) return [];
      const journal: Journal = { folders: [], files: [] };
      let at = journalFile;
      try {
        makeFolder(root, dirname(join(root, journalFile)), journal, calls);
        for (const action of actions) {
          at = action.path;
          const place = join(root, action.path);
          const exists = fs.existsSync(place);
          journal.files.push({
            path: action.path,
            staged: action.content === null ? undefined : beside(action.path, "staged"),
            backup: exists ? beside(action.path, "backup") : undefined,
          });
        }
        // The journal names every file before the first of them is touched.
        at = journalFile;
        for (const action of actions)
          if (action.content !== null) collectFolders(root, dirname(join(root, action.path)), journal);
        calls.writeFileSync(join(root, journalFile), JSON.stringify(journal));
        for (const [i, action] of actions.entries()) {
          at = action.path;
          if (action.content === null) continue;
          calls.mkdirSync(dirname(join(root, action.path)), { recursive: true });
          calls.writeFileSync(join(root, journal.files[i]!.staged!), action.content, {
            flag: "wx",
            mode: modeOf(join(root, action.path)),
          });
        }
        for (const file of journal.files) {
          at = file.path;
          if (file.backup) calls.renameSync(join(root, file.path), join(root, file.backup));
          if (file.staged) calls.renameSync(join(root, file.staged), join(root, file.path));
        }
      } catch (error) {
        putBack(root, journal);
        return [scaffoldCodes.create("write-failed", { file: at, why: reason(error) })];
      }
      for (const file of journal.files) if (file.backup) fs.rmSync(join(root, file.backup), { force: true });
      fs.rmSync(join(root, journalFile), { force: true });
      for (const action of actions)
        if (action.content === null) removeEmptyFolders(root, dirname(join(root, action.path)));
      return [];
    },
  };
}

/** Undoes what a killed run left half done. */
function recover(root: string): void {
  let text: string;
  try {
    text = fs.readFileSync(join(root, journalFile), "utf8");
  } catch {
    return;
  }
  try {
    putBack(root, JSON.parse(text) as Journal);
  } catch {
    // A journal cut off in the middle was never followed by a write: there is nothing to undo.
    fs.rmSync(join(root, journalFile), { force: true });
  }
}

function putBack(root: string, journal: Journal): void {
  for (const file of journal.files.toReversed()) {
    const place = join(root, file.path);
    const renamed = file.backup
      ? fs.existsSync(join(root, file.backup))
      : file.staged !== undefined && !fs.existsSync(join(root, file.staged));
    if (file.backup && renamed) fs.renameSync(join(root, file.backup), place);
    else if (!file.backup && renamed) fs.rmSync(place, { force: true });
    if (file.staged) fs.rmSync(join(root, file.staged), { force: true });
  }
  fs.rmSync(join(root, journalFile), { force: true });
  for (const folder of journal.folders.toReversed()) removeIfEmpty(join(root, folder));
}

/** Why an action cannot be carried out: its path leads outside, or the file is not the one that was planned against. */
function conflict(root: string, action: Action): Diagnostic | undefined {
  const place = resolve(root, action.path);
  const failed = (why: string) => scaffoldCodes.create("write-failed", { file: action.path, why });
  if (!place.startsWith(resolve(root) + sep)) return failed("it lies outside the workspace");
  const real = realFolder(dirname(place));
  const realRoot = fs.realpathSync(root);
  if (real !== realRoot && !real.startsWith(realRoot + sep)) return failed("a link leads out of the workspace");
  const stat = fs.lstatSync(place, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return failed("a folder is there");
  const now = stat ? fs.readFileSync(place, "utf8") : undefined;
  const hash = now === undefined ? undefined : contentHash(now);
  return hash === action.expectedHash ? undefined : scaffoldCodes.create("changed-meanwhile", { file: action.path });
}

/** The real path of the nearest folder that exists. */
function realFolder(folder: string): string {
  for (let at = folder; ; at = dirname(at)) if (fs.existsSync(at) || dirname(at) === at) return fs.realpathSync(at);
}

function collectFolders(root: string, folder: string, journal: Journal): void {
  const missing: string[] = [];
  for (let at = folder; at !== resolve(root) && !fs.existsSync(at); at = dirname(at))
    missing.unshift(relative(root, at));
  for (const one of missing) if (!journal.folders.includes(one)) journal.folders.push(one);
}

function makeFolder(root: string, folder: string, journal: Journal, calls: DiskCalls): void {
  collectFolders(root, folder, journal);
  calls.mkdirSync(folder, { recursive: true });
}

const beside = (path: string, what: string): string => {
  const cut = path.lastIndexOf("/") + 1;
  return `${path.slice(0, cut)}.${path.slice(cut)}.mesh-${what}`;
};

const modeOf = (place: string): number => fs.statSync(place, { throwIfNoEntry: false })?.mode ?? 0o666;

function removeEmptyFolders(root: string, folder: string): void {
  for (let at = folder; at !== resolve(root) && removeIfEmpty(at); at = dirname(at));
}

function removeIfEmpty(folder: string): boolean {
  try {
    fs.rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

function reason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const words: Record<string, string> = {
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    EACCES: "permission was denied",
    EPERM: "permission was denied",
    EROFS: "the disk is read-only",
    ENOTDIR: "a file is where a folder has to be",
    EFBIG: "the file is larger than allowed",
  };
  return words[code] ?? (error instanceof Error ? error.message : String(error));
}
