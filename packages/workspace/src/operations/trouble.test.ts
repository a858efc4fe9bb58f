import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { duckdbEngine } from "@meshwork/engine-duckdb";
import { afterAll, describe, expect, it } from "vitest";
import { build } from "../index.ts";
import { product, put, scratchMesh } from "../testdata/scratch-mesh.ts";

const id = "name: id, type: long, constraints: { primary_key: true, null: false }";
const rows = (n: number) => `select range::bigint as id from range(${n})`;
const dist = pathToFileURL(join(import.meta.dirname, "../../dist/index.js")).href;

/** A build in a process of its own, as a user's terminal starts it. */
function buildElsewhere(root: string): {
  pid: number;
  kill(): void;
  done: Promise<{ code: number | null; statuses: string }>;
} {
  const script = `const { build } = await import(${JSON.stringify(dist)}); const d = await build({ root: ${JSON.stringify(root)} }); console.log(d.results.map((r) => r.status).join(",") + (d.exitCode ? " " + d.diagnostics.map((x) => x.message).join(" ") : ""));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  child.stdout.on("data", (b: Buffer) => (out += b.toString()));
  child.stderr.on("data", (b: Buffer) => (out += b.toString()));
  return {
    pid: child.pid!,
    kill: () => void child.kill("SIGKILL"),
    done: new Promise((ok) => child.on("close", (code) => ok({ code, statuses: out.trim() }))),
  };
}

async function countOf(root: string, port: string): Promise<number> {
  const engine = duckdbEngine();
  const session = await engine.open();
  const [[n] = []] = await (
    await session.query(`SELECT count(*) FROM read_parquet('${root}/.mesh/lake/dev/${port}/current/*.parquet')`)
  ).rows();
  await session.close();
  await engine.close();
  return Number(n);
}

it("a build that is killed at any moment leaves yesterday's port readable, and the next one finishes", async () => {
  const root = scratchMesh(product("crm.people", { fields: [id] }, { people: rows(1000) }));
  await build({ root });
  for (const [i, delay] of [150, 300, 450, 600, 750, 900].entries()) {
    put(root, {
      "domains/crm/people/models/people.sql": `select range::bigint as id from range(${3_000_000 + i}) order by hash(range)`,
    });
    const other = buildElsewhere(root);
    await new Promise((ok) => setTimeout(ok, delay));
    other.kill();
    await other.done;
    const seen = await countOf(root, "crm/people_v1");
    expect(seen === 1000 || seen >= 3_000_000, `${seen} rows after ${delay} ms`).toBe(true);
  }
  const done = await build({ root });
  expect(done.results.map((r) => r.status)).toEqual(["ok"]);
  expect(await countOf(root, "crm/people_v1")).toBe(3_000_005);
});

it("two builds of one domain take turns, and readers never meet a lock", async () => {
  const root = scratchMesh({
    ...product("crm.people", { fields: [id] }, { people: rows(300_000) }),
    ...product("crm.places", { fields: [id] }, { places: rows(300_000) }),
  });
  await build({ root });
  put(root, {
    "domains/crm/people/models/people.sql": rows(300_001),
    "domains/crm/places/models/places.sql": rows(300_001),
  });
  const [a, b] = [buildElsewhere(root), buildElsewhere(root)];
  const run = { ended: false };
  const reading = (async () => {
    let reads = 0;
    for (; !run.ended; reads++) expect(await countOf(root, "crm/people_v1")).toBeGreaterThanOrEqual(300_000);
    return reads;
  })();
  const ends = await Promise.all([a.done, b.done]);
  run.ended = true;
  expect(await reading).toBeGreaterThan(0);
  for (const end of ends)
    expect(end).toMatchObject({ code: 0, statuses: expect.stringMatching(/^(ok|cached),(ok|cached)$/) });
  expect(await countOf(root, "crm/places_v1")).toBe(300_001);
});

it("a database that another program holds is said to be held, and by whom", async () => {
  const root = scratchMesh(product("crm.people", { fields: [id] }, { people: rows(10) }));
  const engine = duckdbEngine({ path: join(root, ".mesh/lake/dev/crm/private.duckdb") });
  const session = await engine.open();
  const end = await buildElsewhere(root).done;
  await session.close();
  await engine.close();
  expect(end.statuses).toContain("failed");
  expect(end.statuses).toContain(String(process.pid));
});

describe("a full disk", () => {
  const small = mkdtempSync(join(tmpdir(), "meshwork-small-"));
  let mounted = false;
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=12m", "tmpfs", small], { stdio: "ignore" });
    mounted = true;
  } catch {
    // Only a superuser may mount; elsewhere the test says what it needs.
  }
  afterAll(() => {
    if (mounted) execFileSync("umount", ["-l", small]);
    rmSync(small, { recursive: true, force: true });
  });

  it.skipIf(!mounted)("is named, and the former port stays (needs a mount of its own)", async () => {
    const root = scratchMesh({
      ...product("crm.people", { fields: [id] }, { people: rows(1000) }),
      "mesh.yaml": `apiVersion: datamesh.io/v1\nkind: Mesh\nmetadata: { name: scratch }\nspec:\n  targets: { dev: { engine: duckdb, path: lake } }\n`,
    });
    mkdirSync(join(small, "lake"), { recursive: true });
    const { symlinkSync } = await import("node:fs");
    symlinkSync(join(small, "lake"), join(root, "lake"));
    expect((await build({ root })).results[0]!.status).toBe("ok");
    put(root, {
      "domains/crm/people/models/people.sql":
        "select (hash(range) % 4000000000000000000)::bigint as id from range(8000000)",
    });
    const done = await build({ root });
    expect(done.results[0]!.status).toBe("failed");
    expect(done.diagnostics.map((d) => `${d.code} ${d.message}`).join()).toMatch(/storage-full|query-failed/);
    expect(done.diagnostics.map((d) => d.message).join(" ")).toMatch(/disk is full|space/i);
    expect(existsSync(join(root, "lake/crm/people_v1/current"))).toBe(true);
  });
});
