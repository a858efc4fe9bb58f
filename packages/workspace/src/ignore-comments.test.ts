import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allCodes, lint } from "./index.ts";
import { ignoreComments } from "./ignore-comments.ts";
import { categories, listedCodes } from "./rule-categories.ts";
import { mesh, product, put, scratchMesh } from "./testdata/scratch-mesh.ts";

const now = new Date("2026-11-21T00:00:00Z");
const id = "name: id, type: long, constraints: { primary_key: true, null: false }";
const one = (fields: string[] = [id]) => product("crm.people", { fields }, { people: "select 1::bigint as id" });
const file = "domains/crm/people/data-product-contract.yaml";
const model = "domains/crm/people/models/people.sql";

const found = async (root: string, products?: string[]) =>
  (await lint({ root, now, products })).diagnostics.map((d) => `${d.code} ${d.span?.file}:${d.span?.line}`);
const edit = (root: string, path: string, from: string | RegExp, to: string) =>
  put(root, { [path]: readFileSync(`${root}/${path}`, "utf8").replace(from, to) });

describe("a comment mesh-ignore", () => {
  it.each([
    ["a: 1 # mesh-ignore x/y: why", [["x/y"], "why", undefined, 1, 1]],
    [
      "# mesh-ignore x/y, x/z: why: this until 2027-01-01\n\na: 1\nb: 2",
      [["x/y", "x/z"], "why: this", "2027-01-01", 3, 3],
    ],
    ["# mesh-ignore x/y: why\n- a:\n    b: 1\n\n    c: 2\n- d: 1", [["x/y"], "why", undefined, 2, 5]],
    ["# mesh-ignore x/y", [["x/y"], undefined, undefined, 2, 2]],
    ["# mesh-ignore: why", [[], "why", undefined, 2, 2]],
  ])("in YAML %#", (text, wanted) => {
    const got = ignoreComments("a.yaml", text).map((c) => [c.codes, c.reason, c.until, c.from, c.to]);
    expect(got).toEqual([wanted]);
  });

  it.each([
    ["select 1 -- mesh-ignore x/y: why", 1],
    ["{# mesh-ignore x/y: why #}\nselect 1", 2],
    ["/* mesh-ignore x/y: why */\nselect 1\n  , 2", 2],
  ])("in SQL %#", (text, line) => {
    expect(ignoreComments("a.sql", text)).toMatchObject([{ codes: ["x/y"], reason: "why", from: line, to: line }]);
  });

  it("is no part of a word, and of no other text", () => {
    expect(ignoreComments("a.yaml", "a: x#mesh-ignore x/y: why\nb: mesh-ignore x/y: z")).toEqual([]);
  });

  it("accepts what is found at its line, in contracts and in SQL, and only that", async () => {
    const root = scratchMesh(one());
    edit(root, file, "owner: team-crm@scratch.example", "owner: crm");
    edit(root, model, "select", "select {{ nothing() }} as x,");
    const before = await found(root);
    expect(before).toContain(`contract/owner-email ${file}:5`);
    edit(root, file, "owner: crm", "owner: crm # mesh-ignore contract/owner-email: no address yet");
    const sql = before.find((f) => f.includes(model))!;
    edit(
      root,
      model,
      "select",
      `-- mesh-ignore ${sql.split(" ")[0]}: comes with the next release until 2026-12-31\nselect`,
    );
    const gone = new Set([`contract/owner-email ${file}:5`, sql]);
    expect(await found(root)).toEqual(before.filter((f) => !gone.has(f)));
  });

  it("says when it is over, unused, unknown or unexplained, and holds nothing back then", async () => {
    const root = scratchMesh(one());
    edit(root, file, /owner: .*/, "owner: crm # mesh-ignore contract/owner-email: moves until 2026-11-20");
    edit(
      root,
      file,
      "  schema:",
      "  # mesh-ignore contract/owner-emial: why\n  # mesh-ignore contract/bad-type: why\n  schema: # mesh-ignore contract/lock-stale",
    );
    expect((await found(root)).filter((f) => /ignore|unknown-rule|owner/.test(f)).sort()).toEqual([
      `contract/owner-email ${file}:5`,
      `mesh/ignore-expired ${file}:5`,
      `mesh/ignore-unexplained ${file}:10`,
      `mesh/ignore-unused ${file}:9`,
      `mesh/unknown-rule ${file}:8`,
    ]);
  });
});

describe("mesh.yaml", () => {
  it("grades by code, then category, then area", async () => {
    const rules = (text: string) => mesh(`  rules: { ${text} }\n`);
    const root = scratchMesh({ ...one(), "mesh.yaml": rules("ownership: error") });
    edit(root, file, "owner: team-crm@scratch.example", "owner: crm");
    const grade = async (text: string) => {
      put(root, { "mesh.yaml": rules(text) });
      return (await lint({ root, now })).diagnostics.find((d) => d.code === "contract/owner-email")?.severity;
    };
    expect(await grade("ownership: error")).toBe("error");
    expect(await grade("ownership: error, contract/*: info")).toBe("error");
    expect(await grade("ownership: error, contract/owner-email: info")).toBe("info");
    expect(await grade("ownership: off")).toBe(undefined);
    put(root, { "mesh.yaml": rules("ownreship: error") });
    expect(await found(root)).toContain("mesh/unknown-rule mesh.yaml:8");
  });

  it("is told which of its ignores accept nothing, by whoever looks at the whole mesh", async () => {
    const entry = "  ignore: [{ rule: contract/owner-email, product: crm.people, reason: none yet }]\n";
    const root = scratchMesh({ ...one(), "mesh.yaml": mesh(entry) });
    expect(await found(root)).toContain("mesh/ignore-unused mesh.yaml:8");
    expect(await found(root, ["crm.people"])).not.toContain("mesh/ignore-unused mesh.yaml:8");
    edit(root, file, "owner: team-crm@scratch.example", "owner: crm");
    expect((await found(root)).filter((f) => /ignore|owner/.test(f))).toEqual([]);
  });
});

describe("categories", () => {
  it("know only codes that there are, and each has some", async () => {
    const codes = await allCodes();
    const names = new Set(codes.map((c) => c.code));
    expect(listedCodes().filter((code) => !names.has(code))).toEqual([]);
    expect(new Set(listedCodes()).size).toBe(listedCodes().length);
    expect(new Set(codes.map((c) => c.category))).toEqual(new Set(categories));
  });
});
