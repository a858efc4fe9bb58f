import { describe, expect, it } from "vitest";
import { pageOf } from "@meshwork/diagnostics";
import { build, lint, typecheck } from "../index.ts";
import { scratchMesh } from "../testdata/scratch-mesh.ts";
import { ignoreArea, meshWideArea, productSqlArea } from "./area.ts";

/** Codes that need a machine in trouble; their behaviour is tested in operations/trouble.test.ts. */
const troubleOfTheMachine = new Set(["sql/storage-full", "sql/engine-failed"]);

const areas = [ignoreArea, meshWideArea, productSqlArea] as const;
const codes = areas.flatMap((area) =>
  Object.keys(area.definitions).map((short) => ({ area, code: `${area.name}/${short}` })),
);

/** The files that a section's fenced blocks name, and the commands it runs. */
function exampleOf(text: string): { files: Record<string, string>; commands: string[] } {
  const files: Record<string, string> = {};
  const commands: string[] = [];
  for (const [, info = "", body = ""] of text.matchAll(/^```([^\n]*)\n([\s\S]*?)^```/gm)) {
    const title = /title=(\S+)/.exec(info)?.[1];
    if (title) files[title] = body;
    else if (info.startsWith("sh")) commands.push(...body.trim().split("\n"));
  }
  return { files, commands };
}

async function codesOf(section: string): Promise<Set<string>> {
  const { files, commands } = exampleOf(section);
  const root = scratchMesh(files);
  const found = [...(await lint({ root })).diagnostics, ...(await typecheck({ root })).diagnostics];
  // Masks are held against types when a port is built.
  if (commands.length === 0) commands.push("mesh build");
  for (const command of commands) {
    const [, verb, ...products] = command.split(" ");
    if (verb === "build")
      found.push(...(await build({ root, products: products.length > 0 ? products : undefined })).diagnostics);
  }
  return new Set(found.map((d) => d.code));
}

describe.each(codes)("$code", ({ area, code }) => {
  const page = pageOf(area, code)!;

  it("has a page with what, why, a wrong and a right example", () => {
    expect(page.what).not.toBe("");
    for (const heading of ["why", "wrong", "right"]) expect(page.sections.get(heading), heading).toBeTruthy();
  });

  it.skipIf(troubleOfTheMachine.has(code))("is found in the wrong example and not in the right one", async () => {
    expect(await codesOf(page.sections.get("wrong")!)).toContain(code);
    expect(await codesOf(page.sections.get("right")!)).not.toContain(code);
  });
});
