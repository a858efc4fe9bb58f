import { execFileSync } from "node:child_process";

const limit = 256 * 1024 * 1024;

/** Runs git in the workspace; `undefined` when git says no (not a repository, unknown ref). */
function git(root: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync("git", ["-C", root, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: limit,
    });
  } catch {
    return undefined;
  }
}

/** A commit by any of its names. A name that begins with `-` would be an option. */
export const resolveRef = (root: string, ref: string): string | undefined =>
  ref.startsWith("-")
    ? undefined
    : git(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`])?.trim() || undefined;

/** Where a branch left another. */
export const mergeBase = (root: string, a: string, b = "HEAD"): string | undefined =>
  git(root, ["merge-base", a, b])?.trim() || undefined;

/** The branch that changes are held against when nobody says: the first of these that exists. */
export const defaultBase = (root: string): string | undefined =>
  ["origin/main", "origin/master", "main", "master"].find((ref) => resolveRef(root, ref));

/** The text of a file at a commit, without checking anything out. */
export const fileAt = (root: string, commit: string, file: string): string | undefined =>
  // Without a work tree there is no folder that a path could be relative to.
  git(root, ["show", `${commit}:./${file}`]) ?? (isBare(root) ? git(root, ["show", `${commit}:${file}`]) : undefined);

const isBare = (root: string): boolean => git(root, ["rev-parse", "--is-bare-repository"])?.trim() === "true";

/** The texts of files at a commit, with one call of git; `undefined` for those that were not there. */
export function filesTextAt(
  root: string,
  commit: string,
  files: readonly string[],
): ReadonlyMap<string, string | undefined> {
  // A line break in a name would end the request; such files are asked for one by one.
  const plain = files.filter((file) => !/[\n\r]/.test(file));
  const texts = objectTexts(
    root,
    plain.map((file) => `${commit}:./${file}`),
  );
  return new Map([
    ...plain.map((file, i) => [file, texts[i]] as const),
    ...files.filter((file) => /[\n\r]/.test(file)).map((file) => [file, fileAt(root, commit, file)] as const),
  ]);
}

/** The texts that a file had at the commits that changed it, the newest first. At most the last hundred. */
export function historyOf(root: string, commit: string, file: string): string[] {
  if (/[\n\r]/.test(file)) return [];
  const commits = git(root, ["log", "--format=%H", "-n", "100", commit, "--", file])?.split("\n").filter(Boolean) ?? [];
  return objectTexts(
    root,
    commits.map((hash) => `${hash}:./${file}`),
  ).filter((text) => text !== undefined);
}

/** The texts of files by `commit:./path`, in the order of asking. */
function objectTexts(root: string, names: readonly string[]): (string | undefined)[] {
  if (names.length === 0) return [];
  const found = batch(root, names.join("\n"));
  let at = 0;
  return names.map(() => {
    const end = found?.indexOf(10, at) ?? -1;
    if (!found || end === -1) return undefined;
    const [, kind, size] = / (\w+) (\d+)$/.exec(found.toString("utf8", at, end)) ?? [];
    at = end + 1;
    if (kind === undefined) return undefined;
    const start = at;
    at += Number(size) + 1;
    return kind === "blob" ? found.toString("utf8", start, at - 1) : undefined;
  });
}

function batch(root: string, requests: string): Buffer | undefined {
  try {
    return execFileSync("git", ["-C", root, "cat-file", "--batch"], {
      input: `${requests}\n`,
      stdio: ["pipe", "pipe", "ignore"],
      maxBuffer: limit,
    });
  } catch {
    return undefined;
  }
}

/** Whether the repository holds only the newest commits, so that where branches parted may be unknown. */
export const isShallow = (root: string): boolean =>
  git(root, ["rev-parse", "--is-shallow-repository"])?.trim() === "true";

/** Files below some folders at a commit. */
export const filesAt = (root: string, commit: string, folders: readonly string[]): string[] =>
  git(root, ["ls-tree", "-r", "--name-only", "-z", commit, "--", ...folders])
    ?.split("\0")
    .filter((f) => f !== "") ?? [];

/** The commit that is checked out. */
export const headCommit = (root: string): string | undefined => resolveRef(root, "HEAD");

/** Files that differ from a commit, in the working tree and not yet added ones too; relative to the workspace. */
export function changedSince(root: string, commit: string): string[] {
  const prefix = git(root, ["rev-parse", "--show-prefix"])?.trim() ?? "";
  const tracked = git(root, ["diff", "--name-only", "-z", "--relative", commit, "--"])?.split("\0") ?? [];
  const fresh = git(root, ["ls-files", "--others", "--exclude-standard", "-z"])?.split("\0") ?? [];
  return [...new Set([...tracked, ...fresh])].filter((f) => f !== "" && !f.startsWith(`${prefix}..`)).sort();
}

/** What is checked out, for receivers that link a claim to its commit. */
export function gitState(root: string): { commit: string; branch?: string; dirty: boolean } | undefined {
  const commit = headCommit(root);
  if (commit === undefined) return undefined;
  const branch = git(root, ["symbolic-ref", "--quiet", "--short", "HEAD"])?.trim();
  return { commit, ...(branch ? { branch } : {}), dirty: git(root, ["status", "--porcelain"]) !== "" };
}
