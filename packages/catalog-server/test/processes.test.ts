import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openCatalog, startCatalog } from "@meshwork/catalog-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contractText } from "./contracts.ts";

// Several processes and one folder: PGlite itself would corrupt its files.

const script = fileURLToPath(new URL("./publish-one.mjs", import.meta.url));
const built = existsSync(new URL("../dist/migrations/meta/_journal.json", import.meta.url));
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "mesh-processes-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function start(contract: string, then = "close") {
  const child = spawn(process.execPath, [script, dir, contract, then], { stdio: ["ignore", "pipe", "inherit"] });
  const answer = once(child.stdout, "data").then(([data]) => JSON.parse(String(data)) as Record<string, unknown>);
  return { child, answer, ended: once(child, "exit").then(([code]) => code as number) };
}

async function opened() {
  const catalog = await openCatalog({ dir, waitMs: 30_000 });
  if (!catalog.ok) throw new Error(catalog.diagnostic.message);
  return catalog.value;
}

test.skipIf(!built)(
  `processes that publish at once take turns, and nothing is lost${built ? "" : ": needs the build"}`,
  async () => {
    const names = ["a", "b", "c", "d"];
    const children = names.map((name) => start(contractText("many", name)));
    for (const { answer, ended } of children) {
      expect(await answer).toEqual({ via: "store", ok: true, outcome: "created" });
      expect(await ended).toBe(0);
    }
    const catalog = await opened();
    expect((await catalog.products({ domain: "many" })).items.map((p) => p.product)).toEqual(names);
    await catalog.close();
    expect(existsSync(join(dir, "lock"))).toBe(false);
  },
);

test.skipIf(!built)("a killed holder loses its lock, and what it had published stays", async () => {
  const { child, answer, ended } = start(contractText("killed", "a"), "hang");
  expect(await answer).toMatchObject({ ok: true });
  const refused = await openCatalog({ dir, waitMs: 0 });
  expect(refused).toMatchObject({
    ok: false,
    diagnostic: { code: "catalog/in-use", message: expect.stringContaining(`process ${child.pid}`) as string },
  });
  child.kill("SIGKILL");
  await ended;
  const catalog = await opened();
  expect(await catalog.product("killed", "a")).toBeDefined();
  await catalog.close();
});

test.skipIf(!built)("while a catalog serves the folder, others go through it, and no second one starts", async () => {
  const server = await startCatalog({ dir, port: 0 });
  if (!server.ok) throw new Error(server.diagnostic.message);
  try {
    const { answer, ended } = start(contractText("served", "a"));
    expect(await answer).toEqual({ via: "http", ok: true, outcome: "created" });
    expect(await ended).toBe(0);
    expect(await startCatalog({ dir, port: 0 })).toMatchObject({
      ok: false,
      diagnostic: { code: "catalog/in-use", message: expect.stringContaining(server.value.url) as string },
    });
    expect(statSync(join(dir, "key")).mode & 0o777).toBe(0o600);
  } finally {
    await server.value.close();
  }
  expect(existsSync(join(dir, "catalog.json"))).toBe(false);
  const after = await opened();
  expect(after.via).toBe("store");
  expect(await after.product("served", "a")).toBeDefined();
  await after.close();
});

test("an announcement or a lock that a crash left behind is nobody's", async () => {
  const gone = {
    pid: 2 ** 30,
    host: (await import("node:os")).hostname(),
    started: "",
    token: "x",
    url: "http://127.0.0.1:9",
    instance: "gone",
  };
  writeFileSync(join(dir, "catalog.json"), JSON.stringify(gone));
  writeFileSync(join(dir, "lock"), JSON.stringify(gone));
  const catalog = await opened();
  expect(catalog.via).toBe("store");
  await catalog.close();
});
