import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runDbt } from "./run-dbt.ts";
import type { DbtInvocation } from "./run-dbt.ts";

let folder: string;
let command: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "meshwork-dbt-"));
  command = join(folder, "dbt");
  const program = fileURLToPath(new URL("./testdata/stand-in-dbt.mjs", import.meta.url));
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(command, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (standIn: string, more: Partial<DbtInvocation> = {}) =>
  runDbt({
    command,
    verb: "build",
    projectDir: folder,
    env: { PATH: process.env["PATH"], STAND_IN: standIn },
    ...more,
  });

test("passes arguments as they are: no shell reads them", async () => {
  const { errors } = await run("arguments", {
    profilesDir: "/p q",
    target: "prod",
    select: ["path:models/a", "x; rm -rf /", "$(id)"],
    vars: { a: "'\"" },
    fullRefresh: true,
  });
  const given = JSON.parse(errors[0]!) as string[];
  expect(given.slice(0, 2)).toEqual(["build", "--project-dir"]);
  expect(given.slice(3)).toEqual(
    ["--profiles-dir", "/p q", "--target", "prod", "--select", "path:models/a", "x; rm -rf /", "$(id)"].concat([
      "--vars",
      '{"a":"\'\\""}',
      "--full-refresh",
      "--log-format",
      "json",
    ]),
  );
});

test("gives dbt the environment that the operation was given, and nothing is told to anybody", async () => {
  process.env["SECRET_FROM_OUTSIDE"] = "x";
  const { errors } = await run("environment");
  delete process.env["SECRET_FROM_OUTSIDE"];
  expect(JSON.parse(errors[0]!)).toEqual([null, "1"]);
});

test("tells of every finished node", async () => {
  const seen: unknown[] = [];
  const exit = await run("", { onNode: (n) => seen.push(n) });
  expect(exit).toEqual({ code: 0, errors: [], interrupted: false });
  expect(seen).toEqual([
    { name: "first", index: 1, total: 2 },
    { name: "second", index: 2, total: 2 },
  ]);
});

test("errors come without colours and without stacks", async () => {
  expect(await run("fusion-error")).toMatchObject({
    code: 1,
    errors: ["[error] dbt1013: no such key\n  --> models/a.yml:3:1"],
  });
});

test("what is no log does no harm", async () => {
  expect(await run("noise")).toMatchObject({ code: 2, errors: ["Traceback"] });
});

test("a program that is not there is no exception", async () => {
  expect(await run("", { command: join(folder, "no-such-dbt") })).toMatchObject({ code: undefined });
});

test("an interruption reaches dbt, which cancels what runs", async () => {
  const stop = new AbortController();
  const exit = await run("forever", { signal: stop.signal, onNode: () => stop.abort() });
  expect(exit).toMatchObject({ code: 1, interrupted: true, errors: ["cancelled the running statements"] });
});
