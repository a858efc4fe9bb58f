import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { compat, diff } from "../index.ts";
import { commitAll, git } from "../testdata/git.ts";
import type { ProductText } from "../testdata/scratch-mesh.ts";
import { contract, product, put, scratchMesh } from "../testdata/scratch-mesh.ts";

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
    { upstream: "crm.people", fields: ["name: name, type: string"] },
    { names: "select\n  name\nfrom {{ ref('crm', 'people') }}" },
  ),
  ...product(
    "hr.ages",
    { upstream: "crm.people", fields: ["name: age, type: integer"] },
    { ages: "select age from {{ ref('crm', 'people') }}" },
  ),
};
const repository = () => commitAll(scratchMesh(files));
const compatOf = (root: string, base?: string) => compat({ root, now, base });

describe("compat", () => {
  it("has nothing to say where nothing changed", async () => {
    expect(await compatOf(repository())).toMatchObject({ exitCode: 0, results: [], diagnostics: [] });
  });

  it("a removed column is a major change, and breaks exactly those who read it, at their line", async () => {
    const root = repository();
    put(root, { [file]: people({ fields: [id, age] }) });
    const done = await compatOf(root);
    expect(done.exitCode).toBe(1);
    const [result] = done.results;
    expect(result).toMatchObject({ product: "crm.people", level: "major", required: "2.0.0", announced: false });
    const consumers = new Map(result!.consumers.map((c) => [c.product, c]));
    expect([...consumers.keys()].sort()).toEqual(["hr.ages", "sales.names"]);
    expect(consumers.get("sales.names")).toMatchObject({
      owner: "team-sales@scratch.example",
      columns: ["name"],
      breaks: [{ span: { file: "domains/sales/names/models/names.sql", line: 2, column: 3 } }],
    });
    expect(consumers.get("hr.ages")).toMatchObject({ columns: ["age"], breaks: [] });
    expect(done.diagnostics.map((d) => [d.code, d.severity, d.product, d.span?.file])).toEqual([
      ["compat/column-removed", "error", "crm.people", file],
    ]);
  });

  it("a major change that the version announces is no error", async () => {
    const root = repository();
    put(root, { [file]: people({ fields: [id, age], version: "2.0.0" }) });
    const done = await compatOf(root);
    expect(done.exitCode).toBe(0);
    expect(done.results[0]).toMatchObject({ level: "major", announced: true });
  });

  it.each([
    ["a description", (t: string) => t.replace("A product of the test", "People"), "patch"],
    ["a comment", (t: string) => `# who\n${t}`, undefined],
    ["a new nullable column", () => people({ fields: [id, name, age, "name: city, type: string"] }), "minor"],
    ["another type", () => people({ fields: [id, name, "name: age, type: string"] }), "major"],
  ] as const)("%s", async (_, edit, level) => {
    const root = repository();
    put(root, { [file]: edit(people()) });
    expect((await compatOf(root)).results.map((r) => r.level)).toEqual(level === undefined ? [] : [level]);
  });

  it("holds a branch against where it left main, not against what main became", async () => {
    const root = repository();
    git(root, "checkout", "-q", "-b", "work");
    git(root, "checkout", "-q", "main");
    put(root, { [file]: people({ fields: [id, name, age, "name: city, type: string"] }) });
    git(root, "commit", "-qam", "city");
    git(root, "checkout", "-q", "work");
    expect((await compatOf(root)).results).toEqual([]);
  });

  it("sees what a domain's defaults promise for its products", async () => {
    const defaults = (freshness: string) =>
      `apiVersion: datamesh.io/v1\nkind: Domain\nmetadata: { name: crm }\nspec: { owner: team-crm@scratch.example, defaults: { sla: { freshness: ${freshness} } } }\n`;
    const root = commitAll(scratchMesh({ ...files, "domains/crm/domain.yaml": defaults("1h") }));
    put(root, { "domains/crm/domain.yaml": defaults("1d") });
    const done = await compatOf(root);
    expect(done.results).toMatchObject([{ product: "crm.people", level: "major", verdict: "breaking" }]);
    expect([...new Set(done.diagnostics.map((d) => d.code))]).toEqual(["compat/sla-weakened"]);
  });

  it("says that a shallow clone does not know where its branch left", async () => {
    const root = repository();
    git(root, "checkout", "-q", "-b", "work");
    put(root, { "note.txt": "x" });
    git(root, "add", "-A");
    git(root, "commit", "-qm", "note");
    git(root, "checkout", "-q", "main");
    put(root, { "other.txt": "x" });
    git(root, "add", "-A");
    git(root, "commit", "-qm", "other");
    const clone = `${root}-clone`;
    git(root, "clone", "-q", "--depth", "1", "--no-single-branch", "-b", "work", `file://${root}`, clone);
    expect(await compatOf(clone)).toMatchObject({ exitCode: 2, problem: expect.stringContaining("fetch-depth: 0") });
    git(clone, "fetch", "-q", "--unshallow");
    expect(await compatOf(clone)).toMatchObject({ exitCode: 0 });
    rmSync(clone, { recursive: true });
  });

  it("a product that moved with its id is the same product", async () => {
    const withId = (t: string) => t.replace("metadata: {", "metadata: { id: dp-people-1,");
    const root = commitAll(scratchMesh({ ...files, [file]: withId(people()) }));
    mkdirSync(dirname(join(root, "domains/crm/persons")), { recursive: true });
    renameSync(join(root, "domains/crm/people"), join(root, "domains/crm/persons"));
    put(root, {
      "domains/crm/persons/data-product-contract.yaml": withId(
        people({ fields: [id, age] }).replace("name: people", "name: persons"),
      ),
    });
    const done = await compatOf(root);
    expect(done.results).toMatchObject([{ product: "crm.persons", level: "major" }]);
    expect(done.results[0]!.changes.map((c) => c.code)).toContain("compat/column-removed");
  });

  it("a new product promises nobody anything yet", async () => {
    const root = repository();
    put(root, product("crm.pets", { fields: [id] }, { pets: "select 1::bigint as id" }));
    expect(await compatOf(root)).toMatchObject({ exitCode: 0, results: [] });
  });

  it("a deleted product is a major change, with those who read it", async () => {
    const root = repository();
    rmSync(join(root, "domains/crm/people"), { recursive: true });
    const done = await compatOf(root);
    expect(done.exitCode).toBe(1);
    expect(done.results).toMatchObject([{ product: "crm.people", level: "major", announced: false }]);
    expect(done.results[0]!.consumers.map((c) => c.product).sort()).toEqual(["hr.ages", "sales.names"]);
    const [finding] = done.diagnostics;
    expect(finding).toMatchObject({ code: "compat/port-removed", severity: "error" });
    expect(finding!.product).toBe("crm.people");
    expect(finding!.help).toContain("deprecated");
  });

  it("a product may be deleted once the date of its deprecation is over", async () => {
    const gone = (t: string) => `${t}  deprecation: { sunset: 2026-01-01, reason: moved }\n`;
    const root = commitAll(
      scratchMesh({ ...product("crm.pets", { fields: [id] }, { pets: "select 1::bigint as id" }), ...files }),
    );
    rmSync(join(root, "domains/crm/pets"), { recursive: true });
    expect((await compatOf(root)).results).toMatchObject([{ product: "crm.pets", announced: false, consumers: [] }]);
    const retired = commitAll(
      scratchMesh({ "domains/crm/pets/data-product-contract.yaml": gone(contract("crm.pets", { fields: [id] })) }),
    );
    rmSync(join(retired, "domains/crm/pets"), { recursive: true });
    expect(await compatOf(retired)).toMatchObject({ exitCode: 0, results: [{ product: "crm.pets" }] });
  });

  it("a contract that no longer parses is an error, not a change", async () => {
    const root = repository();
    put(root, { [file]: "metadata: [\n" });
    const done = await compatOf(root);
    expect(done.exitCode).toBe(1);
    expect(done.diagnostics.map((d) => d.code)).toContain("contract/not-yaml");
  });

  it.each([
    ["no repository", scratchMesh(files), undefined, "Nothing to compare with"],
    ["a commit that is not there", repository(), "nope", 'git knows no "nope"'],
    ["an option in the place of a commit", repository(), "--output=x", 'git knows no "--output=x"'],
  ] as const)("%s is a wrong argument", async (_, root, base, problem) => {
    expect(await compatOf(root, base)).toMatchObject({ exitCode: 2, problem: expect.stringContaining(problem) });
  });
});

describe("diff", () => {
  const root = commitAll(
    scratchMesh({ "a.yaml": people(), "b.yaml": people({ fields: [id, age] }), "broken.yaml": "metadata: [\n" }),
  );
  const between = (before: string, after: string, more: { direction?: string; mode?: string } = {}) =>
    diff({ cwd: root, before, after, now, ...more });

  it("grades two files, and a file against itself at a commit", async () => {
    expect(await between("a.yaml", "b.yaml")).toMatchObject({ exitCode: 1, results: { level: "major" } });
    expect(await between("b.yaml", "a.yaml")).toMatchObject({ exitCode: 0, results: { level: "minor" } });
    put(root, { "a.yaml": people({ fields: [id, name] }) });
    expect(await between("HEAD:a.yaml", "a.yaml")).toMatchObject({ exitCode: 1, results: { level: "major" } });
    expect(await between("HEAD:a.yaml", "HEAD:a.yaml")).toMatchObject({ exitCode: 0, results: { level: "none" } });
  });

  it("turns the grades round for inputs", async () => {
    expect(await between("HEAD:a.yaml", "b.yaml", { direction: "input" })).toMatchObject({
      exitCode: 0,
      results: { level: expect.stringMatching(/minor|patch|none/) },
    });
  });

  it.each([
    ["a file that is not there", "nope.yaml", {}, "nope.yaml cannot be read"],
    ["a direction", "b.yaml", { direction: "sideways" }, 'No direction "sideways"'],
    ["a mode", "b.yaml", { mode: "keep-reader" }, "Did you mean keep-readers?"],
  ])("refuses %s that it does not know", async (_, after, more, problem) => {
    expect(await between("HEAD:a.yaml", after, more)).toMatchObject({
      exitCode: 2,
      problem: expect.stringContaining(problem),
    });
  });

  it("reports a contract that cannot be read with its place", async () => {
    const done = await between("HEAD:a.yaml", "broken.yaml");
    expect(done.exitCode).toBe(1);
    expect(done.diagnostics[0]).toMatchObject({ code: "contract/not-yaml", span: { file: "broken.yaml" } });
  });
});
