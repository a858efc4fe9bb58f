import { execFileSync, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const bin = process.env["PG_BIN"] ?? "/usr/lib/postgresql/15/bin";
const account = "postgres";
const isRoot = process.getuid?.() === 0;

/** Why no Postgres can be started here; undefined where one can. */
export function postgresMissing(): string | undefined {
  if (!existsSync(join(bin, "postgres"))) return `needs PostgreSQL 15 in ${bin} (or PG_BIN)`;
  if (isRoot && spawnSync("id", ["-u", account]).status !== 0)
    return `needs the account ${account}: Postgres refuses to run as root`;
  return undefined;
}

/** For tests: a Postgres of its own on loopback, in a temporary folder. */
export async function startPostgres(): Promise<{ url: string; stop: () => void }> {
  const dir = mkdtempSync(join(tmpdir(), "mesh-engine-postgres-"));
  if (isRoot) {
    const id = (flag: string) => Number(execFileSync("id", [flag, account], { encoding: "utf8" }));
    chownSync(dir, id("-u"), id("-g"));
  }
  const port = await freePort();
  const data = join(dir, "data");
  const run = (program: string, args: string[]) => {
    const command = isRoot
      ? ["setpriv", `--reuid=${account}`, `--regid=${account}`, "--init-groups", join(bin, program)]
      : [join(bin, program)];
    // The server keeps the pipes of whoever starts it: none are given.
    execFileSync(command[0]!, [...command.slice(1), ...args], { cwd: dir, stdio: "ignore" });
  };
  run("initdb", ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
  const settings = `-c listen_addresses=127.0.0.1 -c port=${port} -c unix_socket_directories= -c fsync=off -c shared_buffers=32MB`;
  run("pg_ctl", ["-D", data, "-l", join(dir, "log"), "-w", "-t", "60", "-o", settings, "start"]);
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    stop: () => {
      run("pg_ctl", ["-D", data, "-m", "immediate", "stop"]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
