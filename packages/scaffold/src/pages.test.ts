import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { examplesOf, pageOf } from "@meshwork/diagnostics";
import { afterEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Answers, TemplateName } from "./index.ts";
import { diskHost, diskView, plan, scaffoldCodes } from "./index.ts";
import { memoryWorkspace } from "./testdata/memory-workspace.ts";

/** What an example says: the generator's answers, and how the workspace differs from the usual one. */
interface Example {
  readonly generator: TemplateName;
  readonly files?: Readonly<Record<string, string | null>> | undefined;
  readonly edited?: readonly string[] | undefined;
  readonly folders?: readonly string[] | undefined;
  readonly meanwhile?: Readonly<Record<string, string>> | undefined;
}

// Two domains, one product: the workspace of all examples.
const usual = (() => {
  const workspace = memoryWorkspace({
    "mesh.yaml": "apiVersion: datamesh.io/v1\nkind: Mesh\nmetadata: { name: acme }\n",
  });
  for (const name of ["shipping", "sales"]) workspace.apply(plan("domain", { name }, workspace.view));
  workspace.apply(plan("data-product", { name: "shipping/parcels" }, workspace.view));
  return workspace.files;
})();

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Runs an example on disk; gives the codes that it was answered with. */
function codesOf(source: string): string[] {
  const { generator, files = {}, edited = [], folders = [], meanwhile = {}, ...answers } = parse(source) as Example;
  const root = mkdtempSync(join(tmpdir(), "mesh-pages-"));
  roots.push(root);
  for (const [path, text] of usual) write(root, path, edited.includes(path) ? `${text}# edited\n` : text);
  for (const [path, text] of Object.entries(files)) {
    if (text === null) rmSync(join(root, path));
    else write(root, path, text);
  }
  for (const folder of folders) mkdirSync(join(root, folder), { recursive: true });
  const made = plan(generator, answers as Answers[typeof generator], diskView(root));
  for (const [path, text] of Object.entries(meanwhile)) write(root, path, text);
  return [...made.diagnostics, ...diskHost(root).apply(made.actions)].map((d) => d.code);
}

describe("the page of each code", () => {
  it.each(Object.keys(scaffoldCodes.definitions))("scaffold/%s: wrong is found, right is not", (short) => {
    const code = `scaffold/${short}`;
    const page = pageOf(scaffoldCodes, code);
    expect(page?.what).toMatch(/\.$/);
    expect(page?.sections.get("why")).not.toBe("");
    const wrong = examplesOf(page!, "wrong");
    const right = examplesOf(page!, "right");
    expect([wrong.length, right.length]).toEqual([1, 1]);
    expect(codesOf(wrong[0]!.body)).toContain(code);
    expect(codesOf(right[0]!.body)).toEqual([]);
  });
});
