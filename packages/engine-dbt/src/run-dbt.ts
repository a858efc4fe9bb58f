import { spawn } from "node:child_process";
import { isMap, mapOf, numberOf, textOf } from "./artifacts/json.ts";

export interface DbtInvocation {
  /** The program, `dbt` or a path; never a shell line. */
  readonly command: string;
  /** `build`, `run`, `test`, `seed`, `snapshot`, `parse`, `docs generate` */
  readonly verb: string;
  readonly projectDir: string;
  readonly profilesDir?: string | undefined;
  /** dbt's own target, an output of `profiles.yml`. */
  readonly target?: string | undefined;
  readonly select?: readonly string[] | undefined;
  readonly vars?: Readonly<Record<string, unknown>> | undefined;
  readonly fullRefresh?: boolean | undefined;
  /** What dbt and its profile see. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  readonly onNode?:
    | ((node: { readonly name: string; readonly index: number; readonly total: number }) => void)
    | undefined;
}

export interface DbtExit {
  /** dbt's: 0 all well, 1 a node failed, 2 it could not begin. `undefined`: the program is not there. */
  readonly code: number | undefined;
  /** What it logged as errors, without colours and stacks. */
  readonly errors: readonly string[];
  readonly interrupted: boolean;
}

/** Lines of a log that are kept, and the length of each. */
const limits = { errors: 200, line: 4_000, buffer: 4 * 1024 * 1024 } as const;

/** Milliseconds that dbt gets to cancel its statements after an interruption. */
const grace = 20_000;

/** The arguments of an invocation, as dbt Core and Fusion both take them. */
export function dbtArguments(invocation: DbtInvocation): string[] {
  const { verb, select = [], vars } = invocation;
  return [
    ...verb.split(" "),
    "--project-dir",
    invocation.projectDir,
    ...(invocation.profilesDir === undefined ? [] : ["--profiles-dir", invocation.profilesDir]),
    ...(invocation.target === undefined ? [] : ["--target", invocation.target]),
    ...(select.length === 0 ? [] : ["--select", ...select]),
    ...(vars === undefined || Object.keys(vars).length === 0 ? [] : ["--vars", JSON.stringify(vars)]),
    ...(invocation.fullRefresh ? ["--full-refresh"] : []),
    "--log-format",
    "json",
  ];
}

/** Starts dbt and waits for its end. An interruption is passed on, so that dbt cancels what runs in the warehouse. */
export function runDbt(invocation: DbtInvocation): Promise<DbtExit> {
  return new Promise((resolve) => {
    const errors: string[] = [];
    const child = spawn(invocation.command, dbtArguments(invocation), {
      cwd: invocation.projectDir,
      env: { DO_NOT_TRACK: "1", DBT_SEND_ANONYMOUS_USAGE_STATS: "false", ...invocation.env } as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let force: NodeJS.Timeout | undefined;
    const interrupt = (): void => {
      child.kill("SIGINT");
      force = setTimeout(() => child.kill("SIGKILL"), grace);
    };
    if (invocation.signal?.aborted) interrupt();
    else invocation.signal?.addEventListener("abort", interrupt, { once: true });
    const said = lineReader((line) => {
      const event = readEvent(line);
      if (event?.error !== undefined && errors.length < limits.errors) errors.push(event.error);
      if (event?.node !== undefined) invocation.onNode?.(event.node);
    });
    const complained = lineReader((line) => {
      if (line.trim() !== "" && errors.length < limits.errors) errors.push(plain(line));
    });
    child.stdout.setEncoding("utf8").on("data", said.push);
    child.stderr.setEncoding("utf8").on("data", complained.push);
    const end = (code: number | undefined): void => {
      clearTimeout(force);
      invocation.signal?.removeEventListener("abort", interrupt);
      said.flush();
      complained.flush();
      resolve({ code, errors, interrupted: invocation.signal?.aborted ?? false });
    };
    child.on("error", () => end(undefined));
    child.on("close", (code) => end(code ?? 2));
  });
}

function lineReader(take: (line: string) => void): { push(chunk: string): void; flush(): void } {
  let rest = "";
  return {
    push(chunk) {
      rest += chunk;
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      // A line without an end is no log: what is kept of it is bounded.
      if (rest.length > limits.buffer) rest = "";
      for (const line of lines) take(line);
    },
    flush() {
      if (rest !== "") take(rest);
      rest = "";
    },
  };
}

interface LogEvent {
  readonly error?: string | undefined;
  readonly node?: { readonly name: string; readonly index: number; readonly total: number } | undefined;
}

function readEvent(line: string): LogEvent | undefined {
  if (!line.startsWith("{")) return /\berror\b/i.test(line) ? { error: plain(line) } : undefined;
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isMap(event)) return undefined;
  const info = mapOf(event["info"]);
  const data = mapOf(event["data"]);
  const error = textOf(info["level"]) === "error" ? plain(textOf(info["msg"]) ?? "") : undefined;
  const node = mapOf(data["node_info"]);
  const name = textOf(node["node_name"]);
  const finished = textOf(node["node_finished_at"]);
  return {
    error: error === "" ? undefined : error,
    node:
      name === undefined || finished === undefined || finished === ""
        ? undefined
        : { name, index: numberOf(data["index"]) ?? 0, total: numberOf(data["total"]) ?? 0 },
  };
}

/** A message without colours and without the frames of a stack, at most a few thousand characters. */
function plain(text: string): string {
  // eslint-disable-next-line no-control-regex
  const bare = text.slice(0, limits.line).replaceAll(/\u001B\[[0-9;]*m/g, "");
  return bare
    .split("\n")
    .filter((line) => !/^\s*(\d+: |at .+:\d+|File ".+", line \d+)/.test(line))
    .join("\n")
    .trim();
}
