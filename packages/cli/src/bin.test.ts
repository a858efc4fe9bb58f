import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { files, orders, ordersModel, scratch } from "./testdata/scratch-mesh.ts";

const bin = fileURLToPath(new URL("../bin/mesh.js", import.meta.url));
const run = (cwd: string, ...argv: string[]) => spawnSync(process.execPath, [bin, ...argv], { cwd, encoding: "utf8" });

describe("the built program", () => {
  it("prints its version, and loads nothing for it", () => {
    const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    expect(run("/", "--version").stdout).toBe(`${manifest.version}\n`);
  });

  it("loads no other package's machinery for the help, and no engine, templates or schemas to list products", async () => {
    const loaded = (cwd: string, ...argv: string[]) => {
      const { stderr } = spawnSync(process.execPath, [bin, ...argv], {
        cwd,
        encoding: "utf8",
        env: { ...process.env, NODE_DEBUG: "esm" },
        maxBuffer: 1 << 28,
      });
      return new Set([...stderr.matchAll(/packages\/([\w-]+)\/dist\//g)].map((m) => m[1]!));
    };
    expect([...loaded("/", "--help")].sort()).toEqual(["cli", "diagnostics"]);
    const ls = loaded(await scratch(), "ls");
    for (const heavy of ["models", "jinja", "engine-duckdb", "scaffold", "formats", "publishers", "governance"])
      expect(ls).not.toContain(heavy);
  });

  it("a reader that goes away ends the output, not the program", async () => {
    const columns = Array.from({ length: 2000 }, (_, i) => `      - { name: c${i}, type: bigint, nmae: x }`);
    const cwd = await scratch({
      [orders]: files[orders]!.replace(/ {6}- \{ name: [^]*?(?= {2}quality)/, `${columns.join("\n")}\n`),
    });
    const line = `"${process.execPath}" "${bin}" lint --format json | head -c 1; echo " \${PIPESTATUS[0]}"`;
    const done = spawnSync("bash", ["-c", line], { cwd, encoding: "utf8" });
    expect(done.stdout).toBe("{ 1\n");
    expect(done.stderr).toBe("");
  });

  it("Ctrl-C in the middle of a build: exit 130, the rest skipped, nothing half-written; the next run finishes", async () => {
    const cwd = await scratch();
    // Long enough to be interrupted, on any machine.
    const slow =
      "select count(*)::bigint as order_id, 1::decimal(10,2) as amount from range(1000000) a, range(1000000) b\n";
    const model = readFileSync(join(cwd, ordersModel), "utf8");
    writeFileSync(join(cwd, ordersModel), slow);
    const child = spawn(process.execPath, [bin, "build", "--format", "json"], {
      cwd,
      env: { ...process.env, CI: "1" },
    });
    let stdout = "";
    child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
    const ended = new Promise<number | null>((done) => child.on("close", done));
    // The domain's lock is taken just before its statements run.
    while (!existsSync(join(cwd, ".mesh/lake/dev/shop/private.duckdb"))) await new Promise((r) => setTimeout(r, 20));
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ exitCode: 130, diagnostics: [] });
    expect(report.results.map((r: { reason: string }) => r.reason)).toEqual(["interrupted", "interrupted"]);
    writeFileSync(join(cwd, ordersModel), model);
    expect(run(cwd, "build").status).toBe(0);
    expect(run(cwd, "build", "--format", "pretty").stdout).toContain("nothing changed, nothing rebuilt");
  });
});
