import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Action, DiskCalls } from "./index.ts";
import { diskHost, diskView, plan } from "./index.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "mesh-disk-"));
  writeFileSync(join(root, "mesh.yaml"), "apiVersion: datamesh.io/v1\nkind: Mesh\nmetadata: { name: acme }\n");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Every file and folder with its text. */
function tree(at = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(root, at)).sort()) {
    const path = at === "" ? name : `${at}/${name}`;
    if (statSync(join(root, path)).isDirectory()) Object.assign(found, { [`${path}/`]: "" }, tree(path));
    else found[path] = readFileSync(join(root, path), "utf8");
  }
  return found;
}

const domain = (): readonly Action[] => plan("domain", { name: "orders" }, diskView(root)).actions;
const product = (): readonly Action[] => plan("data-product", { name: "orders/facts" }, diskView(root)).actions;

/** Calls that fail as the system does at the n-th one that writes. */
function failing(n: number, code: string): DiskCalls & { calls(): number } {
  let count = 0;
  const guard =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      if (++count === n) throw Object.assign(new Error(`${code}: refused`), { code });
      return call(...args);
    };
  return {
    mkdirSync: guard(fs.mkdirSync) as typeof fs.mkdirSync,
    writeFileSync: guard(fs.writeFileSync) as typeof fs.writeFileSync,
    renameSync: guard(fs.renameSync),
    rmSync: guard(fs.rmSync),
    calls: () => count,
  };
}

describe("writing a plan to disk", () => {
  it("leaves exactly the plan's files, and nothing of its own", () => {
    const actions = domain();
    expect(diskHost(root).apply(actions)).toEqual([]);
    const files = Object.entries(tree()).filter(([path]) => !path.endsWith("/") && path !== "mesh.yaml");
    expect(Object.fromEntries(files)).toEqual(Object.fromEntries(actions.map((a) => [a.path, a.content])));
  });

  it("puts everything back whichever call fails", () => {
    diskHost(root).apply(domain());
    const before = tree();
    const actions = product();
    const probe = failing(Number.POSITIVE_INFINITY, "");
    const copy = mkdtempSync(join(tmpdir(), "mesh-probe-"));
    fs.cpSync(root, copy, { recursive: true });
    diskHost(copy, probe).apply(actions);
    rmSync(copy, { recursive: true });
    expect(probe.calls()).toBeGreaterThan(20);
    for (let n = 1; n <= probe.calls(); n++) {
      const found = diskHost(root, failing(n, "ENOSPC")).apply(actions);
      expect(found.map((d) => [d.code, d.message.includes("the disk is full")])).toEqual([
        ["scaffold/write-failed", true],
      ]);
      expect(tree(), `call ${n}`).toEqual(before);
    }
  });

  it("a killed process is undone by the next run", () => {
    diskHost(root).apply(domain());
    const before = tree();
    const actions = product();
    // Dies at its 20th write as a killed process does: without a chance to clean up.
    const script = `
      import * as fs from "node:fs";
      import { diskHost } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)};
      let count = 0;
      const guard = (call) => (...args) => { if (++count === 20) process.kill(process.pid, "SIGKILL"); return call(...args); };
      const calls = Object.fromEntries(["mkdirSync", "writeFileSync", "renameSync", "rmSync"].map((n) => [n, guard(fs[n])]));
      diskHost(${JSON.stringify(root)}, calls).apply(${JSON.stringify(actions)});`;
    const run = spawnSync(process.execPath, ["--input-type=module", "-e", script]);
    expect(run.signal).toBe("SIGKILL");
    expect(tree()).not.toEqual(before);
    expect(diskHost(root).apply([])).toEqual([]);
    expect(tree()).toEqual(before);
  });

  it("refuses a file that changed since the plan, a folder in its place, and a way out", () => {
    const actions = domain();
    mkdirSync(join(root, "domains/orders"), { recursive: true });
    writeFileSync(join(root, "domains/orders/README.md"), "somebody was faster");
    expect(
      diskHost(root)
        .apply(actions)
        .map((d) => d.code),
    ).toEqual(["scaffold/changed-meanwhile"]);
    const one = (path: string): Action => ({ path, content: "x", ownership: "once" });
    mkdirSync(join(root, "folder"));
    expect(diskHost(root).apply([one("folder")])[0]?.message).toContain("a folder is there");
    expect(diskHost(root).apply([one("../outside.txt")])[0]?.message).toContain("outside the workspace");
    symlinkSync(tmpdir(), join(root, "link"));
    expect(diskHost(root).apply([one("link/mesh-outside.txt")])[0]?.message).toContain("a link leads out");
  });

  it("deletes files and the folders that get empty", () => {
    diskHost(root).apply(domain());
    const before = tree();
    diskHost(root).apply(product());
    diskHost(root).apply(plan("remove", { name: "orders.facts" }, diskView(root)).actions);
    expect(tree()).toEqual(before);
  });
});
