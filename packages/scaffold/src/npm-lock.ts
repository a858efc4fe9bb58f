import type { Wanted } from "./file-plan.ts";
import type { WorkspaceView } from "./view.ts";

const path = "package-lock.json";

interface Lock {
  readonly lockfileVersion: number;
  packages: Record<string, Record<string, unknown>>;
}

/**
 * npm's lock with a new workspace package in it, as `npm install` would write it: without the entry `npm ci` refuses the
 * whole repository. Nothing where there is no lock of npm's, or where a dependency is not in it yet, so that only an
 * installation can tell its version.
 */
export function npmLockWith(view: WorkspaceView, directory: string, manifestText: string): Wanted | undefined {
  const lock = readLock(view);
  if (!lock) return undefined;
  const manifest = JSON.parse(manifestText) as {
    name: string;
    version?: string;
    dependencies?: Record<string, string>;
  };
  const dependencies = manifest.dependencies ?? {};
  if (Object.keys(dependencies).some((name) => !(`node_modules/${name}` in lock.packages))) return undefined;
  return written(view, lock, {
    [directory]: { name: manifest.name, version: manifest.version, dependencies },
    [`node_modules/${manifest.name}`]: { resolved: directory, link: true },
  });
}

/** The lock without a workspace package that is taken away. */
export function npmLockWithout(view: WorkspaceView, directory: string): Wanted | undefined {
  const lock = readLock(view);
  const name = lock?.packages[directory]?.["name"];
  if (!lock || typeof name !== "string") return undefined;
  return written(view, lock, { [directory]: undefined, [`node_modules/${name}`]: undefined });
}

function readLock(view: WorkspaceView): Lock | undefined {
  const text = view.read(path);
  if (text === undefined) return undefined;
  try {
    const lock = JSON.parse(text) as Partial<Lock>;
    return lock.lockfileVersion === 3 && typeof lock.packages === "object" ? (lock as Lock) : undefined;
  } catch {
    // Conflict markers: the next npm install says so, and this is not the place to repair it.
    return undefined;
  }
}

function written(
  view: WorkspaceView,
  lock: Lock,
  changes: Record<string, Record<string, unknown> | undefined>,
): Wanted {
  const packages = Object.entries({ ...lock.packages, ...changes }).filter(([, entry]) => entry !== undefined);
  // npm sorts by the rules of English, not by code points.
  packages.sort(([a], [b]) => a.localeCompare(b, "en"));
  const indent = /^(\s+)"/m.exec(view.read(path) ?? "")?.[1] ?? "  ";
  return {
    path,
    content: `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, indent)}\n`,
    ownership: "patched",
  };
}
