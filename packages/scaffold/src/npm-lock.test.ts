import { expect, it } from "vitest";
import { plan } from "./index.ts";
import { npmLockWithout } from "./npm-lock.ts";
import { memoryWorkspace } from "./testdata/memory-workspace.ts";

const mesh = 'apiVersion: datamesh.io/v1\nkind: Mesh\nmetadata: { name: acme }\nspec: { npm_scope: "@acme" }\n';
const lock = (packages: Record<string, unknown>) =>
  `${JSON.stringify({ name: "acme", lockfileVersion: 3, requires: true, packages }, null, 2)}\n`;
const base = { "": { name: "acme", workspaces: ["domains/*"] }, "node_modules/zod": { version: "4.6.7" } };
const entries = (text: string) => Object.keys((JSON.parse(text) as { packages: object }).packages);

it("a new domain is in npm's lock, where npm would put it, so that npm ci goes on working", () => {
  const workspace = memoryWorkspace({ "mesh.yaml": mesh, "package-lock.json": lock(base) });
  const made = plan("domain", { name: "shipping" }, workspace.view);
  workspace.apply(made);
  const text = workspace.files.get("package-lock.json")!;
  expect(entries(text)).toEqual(["", "domains/shipping", "node_modules/@acme/shipping", "node_modules/zod"]);
  expect(JSON.parse(text).packages["domains/shipping"]).toEqual({
    name: "@acme/shipping",
    version: "0.0.0",
    dependencies: { zod: "^4.0.0" },
  });
  expect(plan("domain", { name: "shipping" }, workspace.view).actions).toEqual([]);
  expect(npmLockWithout(workspace.view, "domains/shipping")!.content).toBe(lock(base));
});

it("a lock that does not know a dependency is left to npm install, and the note says so", () => {
  const before = lock({ "": base[""] });
  const workspace = memoryWorkspace({ "mesh.yaml": mesh, "package-lock.json": before });
  const made = plan("domain", { name: "shipping" }, workspace.view);
  workspace.apply(made);
  expect(workspace.files.get("package-lock.json")).toBe(before);
  expect(made.notes.join()).toContain("npm install");
});

it.each(["<<<<<<< ours\n", '{"lockfileVersion": 1}', "[]"])(
  "a lock that cannot be read (%j) stays as it is",
  (text) => {
    const workspace = memoryWorkspace({ "mesh.yaml": mesh, "package-lock.json": text });
    workspace.apply(plan("domain", { name: "shipping" }, workspace.view));
    expect(workspace.files.get("package-lock.json")).toBe(text);
  },
);
