import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commands } from "./commands/registry.ts";
import { runIn } from "./testdata/scratch-mesh.ts";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
let root: string;

/** The worked example with little data, and two commits to compare. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "mesh-examples-"));
  for (const path of ["mesh.yaml", "domains", ".gitignore"]) {
    cpSync(join(repository, path), join(root, path), {
      recursive: true,
      filter: (from) => !/\/(node_modules|target|dist)$/.test(from),
    });
  }
  execFileSync(process.execPath, [
    join(repository, "tools/dist/data/main.js"),
    "--events",
    "2000",
    "--out",
    join(root, ".mesh/data"),
  ]);
  mkdirSync(join(root, "logs"));
  writeFileSync(
    join(root, "logs/access-history.csv"),
    'QUERY_START_TIME,USER_NAME,DIRECT_OBJECTS_ACCESSED\n2026-11-20 16:17:47.388 +0000,ANN,"[{""objectDomain"":""View"",""objectName"":""LAKE.COMMERCE.ORDERS_V1"",""columns"":[{""columnName"":""ORDER_ID""}]}]"\n',
  );
  // Whether the repository's own generated files are current is for its own check to say.
  await runIn({ cwd: root }, "sync");
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", root, "-c", "user.name=t", "-c", "user.email=t@acme.example", ...args]);
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("commit", "-qm", "one");
  git("commit", "-qm", "two", "--allow-empty");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** As a shell splits a line; examples quote with ' only. */
const words = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);

describe("every example of every help does what it says when pasted", () => {
  // In the order of the help: build comes before check and publish.
  it.each(commands.flatMap((c) => c.examples))("%s", { timeout: 120_000 }, async (example) => {
    const [program, ...argv] = words(example);
    expect(program).toBe("mesh");
    // Ctrl-C is how a served catalog ends.
    const interrupt = argv[1] === "serve" ? Promise.resolve() : undefined;
    const done = await runIn({ cwd: root, ...(interrupt ? { interrupt } : {}) }, ...argv);
    expect(done.code, `${done.stdout}${done.stderr}`).toBe(0);
  });
});
