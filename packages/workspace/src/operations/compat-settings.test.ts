import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { build, compat, lint } from "../index.ts";
import { commitAll, git } from "../testdata/git.ts";
import type { ProductText } from "../testdata/scratch-mesh.ts";
import { contract, mesh, product, put, scratchMesh } from "../testdata/scratch-mesh.ts";
import { versionedMesh } from "../testdata/versioned-mesh.ts";

const now = new Date("2026-11-21T00:00:00Z");
const id = "name: id, type: long, constraints: { primary_key: true, null: false }";
const name = "name: name, type: string";
const age = "name: age, type: integer";
const file = "domains/crm/people/data-product-contract.yaml";
const people = (text: Partial<ProductText> = {}) => contract("crm.people", { fields: [id, name, age], ...text });
const files = {
  ...product(
    "crm.people",
    { fields: [id, name, age] },
    { people: "select 1::bigint as id, 'Ann' as name, 7::int as age" },
  ),
  ...product(
    "sales.names",
    { upstream: "crm.people", fields: [name] },
    { names: "select name from {{ ref('crm', 'people') }}" },
  ),
};
const repository = (settings = "", more: Record<string, string> = {}) =>
  commitAll(scratchMesh({ ...files, "mesh.yaml": mesh(settings), ...more }));
const compatibility = (text: string) => `  compatibility: { ${text} }\n`;
const levels = async (root: string) =>
  (await compat({ root, now })).results.map(
    (r) =>
      `${r.level}: ${r.changes
        .filter((c) => c.level !== "none")
        .map((c) => `${c.code} ${c.level}`)
        .join(", ")}`,
  );

describe("mesh.yaml decides how changes are graded", () => {
  const widened = { [file]: people({ fields: [id, name, "name: age, type: long"] }) };
  const moved = { [file]: people({ fields: [id, age, name] }) };

  it.each([
    ["", widened, "minor: compat/type-widened minor"],
    ["strict: true", widened, "major: compat/type-widened major"],
    ["", moved, "patch: compat/column-moved patch"],
    ["positional: true", moved, "major: compat/column-moved major"],
    ["levels: { compat/column-moved: minor }", moved, "minor: compat/column-moved minor"],
    ["mode: NONE", { [file]: people({ fields: [id, age] }) }, "minor: compat/column-removed minor"],
    ["mode: BACKWARD", { [file]: people({ fields: [id, age] }) }, "minor: compat/column-removed minor"],
    [
      "mode: FULL",
      { [file]: people({ fields: [id, name, age, "name: new, type: string, constraints: { null: false }"] }) },
      "major: compat/column-added major",
    ],
  ])("%s", async (settings, edit, expected) => {
    const root = repository(settings === "" ? "" : compatibility(settings));
    put(root, edit);
    expect(await levels(root)).toEqual([expected]);
  });

  it("names a level for a code that nobody knows, and a mode", async () => {
    const root = repository(compatibility("levels: { compat/colum-moved: minor }"));
    const { diagnostics } = await lint({ root, now });
    expect(diagnostics.filter((d) => d.code === "mesh/unknown-rule").map((d) => d.span?.line)).toEqual([8]);
    const other = repository(compatibility("mode: BACKWARDS"));
    put(other, moved);
    expect(await compat({ root: other, now })).toMatchObject({
      exitCode: 2,
      problem: expect.stringContaining("Did you mean BACKWARD?"),
    });
  });
});

describe("a change that somebody has to agree to", () => {
  const raised = (by = "") => ({
    [file]: people({
      version: "2.0.0",
      fields: [id, "name: name, type: string, constraints: { classification: restricted }", age],
    }).replace("spec:\n", `spec:\n${by}`),
  });
  const approval = (text: string) =>
    compatibility(`approvals: [{ rule: compat/classification-raised, product: crm.people, version: ${text} }]`);
  const steward = "  ownership: { steward: steward@acme.example }\n";
  const withSteward = { [file]: people().replace("spec:\n", `spec:\n${steward}`) };

  it("is an error until mesh.yaml says that the steward does, even where the version announces it", async () => {
    const root = repository("", withSteward);
    put(root, raised(steward));
    const done = await compat({ root, now });
    expect([done.exitCode, done.results[0]!.verdict]).toEqual([1, "announced"]);
    expect(done.diagnostics.map((d) => [d.code, d.severity, d.help])).toEqual([
      [
        "compat/classification-raised",
        "error",
        "steward@acme.example has to agree: in mesh.yaml, compatibility.approvals: { rule: compat/classification-raised, product: crm.people, version: 2.0.0, column: name, by: steward@acme.example }",
      ],
    ]);
    put(root, { "mesh.yaml": mesh(approval("2.0.0, column: name, by: steward@acme.example")) });
    expect(await compat({ root, now })).toMatchObject({ exitCode: 0, diagnostics: [] });
  });

  it.each([
    ["for another version", "2.1.0, by: steward@acme.example", "has to agree:"],
    ["for another column", "2.0.0, column: age, by: steward@acme.example", "has to agree:"],
    ["by somebody else", "2.0.0, by: intern@acme.example", "(intern@acme.example may not)"],
  ])("an agreement %s does not count", async (_, text, help) => {
    const root = repository(approval(text), withSteward);
    put(root, raised(steward));
    const done = await compat({ root, now });
    expect([done.exitCode, done.diagnostics[0]?.help]).toEqual([1, expect.stringContaining(help)]);
  });

  it("is agreed to by the owner where the contract names no steward", async () => {
    const root = repository(approval("2.0.0, by: team-crm@scratch.example"));
    put(root, raised());
    expect((await compat({ root, now })).exitCode).toBe(0);
  });
});

describe("a column that says what it was called", () => {
  const renamed = { [file]: people({ fields: [id, "name: nick, type: string, renamed_from: name", age] }) };

  it("is one change, and its readers are those of the former name", async () => {
    const root = repository();
    put(root, renamed);
    const done = await compat({ root, now });
    expect(done.results[0]!.changes.map((c) => [c.code, c.level, c.message])).toEqual([
      ["compat/column-renamed", "major", 'Port people: column "name" is called "nick" now.'],
    ]);
    expect(done.results[0]!.consumers.map((c) => c.reads.map((r) => r.column))).toEqual([["name"]]);
    put(root, { "domains/sales/names/models/names.sql": "select nick as name from {{ ref('crm', 'people') }}" });
    const moved = await compat({ root, now });
    expect(moved.results[0]!.verdict).toBe("coordinated");
    expect(moved.results[0]!.coordination!.deployment[0]!.action).toBe('add "nick", keep "name"');
  });

  it("without the hint, or where the former name is still there, is a new column", async () => {
    const root = repository();
    put(root, { [file]: people({ fields: [id, "name: nick, type: string", age] }) });
    expect(await levels(root)).toEqual(["major: compat/column-added minor, compat/column-removed major"]);
    put(root, { [file]: people({ fields: [id, name, "name: nick, type: string, renamed_from: name", age] }) });
    expect(await levels(root)).toEqual(["minor: compat/column-added minor"]);
  });
});

describe("what was announced to go", () => {
  const deprecated = (until: string) => `name: name, type: string, deprecated: { since: 1.0.0, until: ${until} }`;

  it.each([
    ["2026-11-20", "minor"],
    ["2026-11-21", "minor"],
    ["2026-11-22", "major"],
  ])("from %s on may go: %s", async (until, level) => {
    const root = repository("", { [file]: people({ fields: [id, deprecated(until), age] }) });
    put(root, { [file]: people({ fields: [id, age], version: "1.1.0" }) });
    expect((await compat({ root, now })).results.map((r) => r.level)).toEqual([level]);
  });
});

describe("bases", () => {
  it("an older version of the same major, where the mesh asks for all of them", async () => {
    const step = (root: string, fields: string[], version: string) => {
      put(root, { [file]: people({ fields, version }) });
      git(root, "commit", "-qam", version);
    };
    const history = (settings: string) => {
      const root = repository(settings, {
        [file]: people({ fields: [id, name, "name: age, type: integer, deprecated: { until: 2026-01-01 }"] }),
      });
      step(root, [id, name], "1.1.0");
      put(root, { [file]: people({ fields: [id, name, "name: age, type: string"], version: "1.2.0" }) });
      return root;
    };
    expect(await levels(history(""))).toEqual(["minor: compat/column-added minor"]);
    const done = await compat({ root: history(compatibility("transitive: true")), now });
    expect(done.results[0]!.changes.filter((c) => c.level === "major").map((c) => c.message)).toEqual([
      'Port people: type of column "age" is another: string, it was 32-bit integer (as version 1.0.0 promised it).',
    ]);
  });

  it("what is built on a target", async () => {
    const root = repository();
    expect((await compat({ root, now, deployed: "dev" })).results).toEqual([]);
    await build({ root, now });
    put(root, { [file]: people({ fields: [id, age], version: "1.1.0" }) });
    git(root, "commit", "-qam", "gone");
    expect((await compat({ root, now })).results).toEqual([]);
    const done = await compat({ root, now, deployed: "dev" });
    expect(done.results).toMatchObject([
      { product: "crm.people", before: "1.0.0", level: "major", verdict: "breaking" },
    ]);
    expect(done.results[0]!.consumers).toMatchObject([{ product: "sales.names", reads: [{ column: "name" }] }]);
    expect(await compat({ root, now, deployed: "de" })).toMatchObject({
      exitCode: 2,
      problem: expect.stringContaining('no target "de"'),
    });
    expect(await compat({ root, now, deployed: "dev", base: "main" })).toMatchObject({ exitCode: 2 });
  });

  it("each live version, which is held against itself", async () => {
    const root = commitAll(versionedMesh());
    rmSync(join(root, "domains/orders/facts/versions"), { recursive: true });
    const done = await compat({ root, now });
    expect(done.results.map((r) => [r.product, r.level, r.consumers.map((c) => c.product)])).toEqual([
      ["orders.facts@1", "major", ["orders.neighbour", "shop.old"]],
    ]);
  });

  it("a commit of a repository whose workspace is a folder below, with packed refs, in a worktree and as a submodule", async () => {
    const outer = commitAll(scratchMesh({ "mesh/x.txt": "x" }, { synced: false }));
    const inner = repository();
    git(inner, "pack-refs", "--all");
    git(inner, "gc", "-q");
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", inner, "sub");
    git(inner, "worktree", "add", "-q", join(outer, "tree"), "-b", "work");
    for (const root of [inner, join(outer, "sub"), join(outer, "tree")]) {
      put(root, { [file]: people({ fields: [id, age] }) });
      expect(
        (await compat({ root, now, base: "main" })).results.map((r) => r.level),
        root,
      ).toEqual(["major"]);
    }
  });
});
