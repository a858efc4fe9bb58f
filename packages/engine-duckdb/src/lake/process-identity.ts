import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename } from "node:path";

/** Who a process is, beyond a number that the system gives out again. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** Start time as the system counts it; absent where it does not tell. */
  readonly started?: string | undefined;
}

/** Field 22 of /proc/<pid>/stat: the start in clock ticks since boot. The name before it may hold spaces. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie runs no more: it only waits for its parent to look.
    return fields[0] === "Z" || fields[0] === "X" ? "ended" : fields[19];
  } catch {
    return undefined;
  }
}

export function thisProcess(): ProcessIdentity {
  return { host: hostname(), pid: process.pid, started: startOf(process.pid) };
}

/** The command of this process for people to recognise: `node mesh build orders`. */
export function thisCommand(): string {
  const [runtime, script, ...rest] = process.argv;
  return [basename(runtime ?? "node"), ...(script === undefined ? [] : [basename(script)]), ...rest]
    .join(" ")
    .slice(0, 200);
}

/** Whether a process is surely gone. One on another machine never is, as far as this machine can tell. */
export function isGone(identity: ProcessIdentity): boolean {
  if (identity.host !== hostname()) return false;
  if (!Number.isSafeInteger(identity.pid) || identity.pid <= 0) return true;
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
  const started = startOf(identity.pid);
  if (started === "ended") return true;
  return started !== undefined && identity.started !== undefined && started !== identity.started;
}
