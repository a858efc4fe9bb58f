import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compat } from "../index.ts";
import { commitAll, git } from "../testdata/git.ts";
import type { ProductText } from "../testdata/scratch-mesh.ts";
import { contract, product, put, scratchMesh } from "../testdata/scratch-mesh.ts";

const now = new Date("2026-11-21T00:00:00Z");
const id = "name: id, type: long, constraints: { primary_key: true, null: false }";
const name = "name: name, type: string";
const age = "name: age, type: integer";
const nick = "name: nick, type: string";

const people = (text: Partial<ProductText> = {}) => contract("crm.people", { fields: [id, name, age], ...text });
const peopleFile = "domains/crm/people/data-product-contract.yaml";
const peopleModel = "domains/crm/people/models/people.sql";
const sql = {
  people: "select 1::bigint as id, 'Ann' as name, 7::int as age",
  names: "select\n  name\nfrom {{ ref('crm', 'people') }}",
  initials: "select left(name, 1) as initial from {{ ref('sales', 'names') }}",
  ages: "select age from {{ ref('crm', 'people') }}",
};
const files = {
  ...product("crm.people", { fields: [id, name, age] }, { people: sql.people }),
  ...product("sales.names", { upstream: "crm.people", fields: [name] }, { names: sql.names }),
  ...product("hr.ages", { upstream: "crm.people", fields: [age] }, { ages: sql.ages }),
};
const repository = (more: Record<string, string> = {}) => commitAll(scratchMesh({ ...files, ...more }));
/** `name` becomes `nick`, in the product alone. */
const renamed = {
  [peopleFile]: people({ fields: [id, nick, age] }),
  [peopleModel]: "select 1::bigint as id, 'Ann' as nick, 7::int as age",
};
const namesModel = "domains/sales/names/models/names.sql";
const moved = { [namesModel]: "select\n  nick as name\nfrom {{ ref('crm', 'people') }}" };

async function verdictOf(root: string) {
  const done = await compat({ root, now });
  const [result] = done.results;
  return {
    exitCode: done.exitCode,
    verdict: result!.verdict,
    moved: result!.coordination?.moved.map((m) => [m.product, m.owner, ...m.files]),
    hindrances: result!.coordination?.hindrances,
    deployment: result!.coordination?.deployment.map(
      (s) => `${s.order} ${s.phase} ${s.product}: ${s.action} [${s.after.join(" ")}]`,
    ),
    severities: done.diagnostics.map((d) => d.severity),
  };
}

describe("a major change whose readers move in the same change", () => {
  it("is breaking as long as one does not", async () => {
    const root = repository();
    put(root, renamed);
    expect(await verdictOf(root)).toMatchObject({
      exitCode: 1,
      verdict: "breaking",
      moved: [],
      deployment: [],
      hindrances: [expect.stringContaining("sales.names does not typecheck: domains/sales/names/models/names.sql:2:")],
    });
  });

  it("is coordinated when all have, and says in which order to deploy", async () => {
    const root = repository();
    put(root, { ...renamed, ...moved });
    expect(await verdictOf(root)).toEqual({
      exitCode: 0,
      verdict: "coordinated",
      moved: [["sales.names", "team-sales@scratch.example", namesModel]],
      hindrances: [],
      deployment: [
        '1 expand crm.people: add "nick", keep "name" []',
        "2 migrate sales.names: deploy as it is in this change [1]",
        '3 contract crm.people: deploy as it is in this change: column "name" is gone [1 2]',
      ],
      severities: ["info"],
    });
  });

  it("needs no expansion where nothing new takes the place of what goes", async () => {
    const root = repository();
    put(root, {
      [peopleFile]: people({ fields: [id, age] }),
      [peopleModel]: "select 1::bigint as id, 7::int as age",
      [namesModel]: "select 'nobody' as name from {{ ref('crm', 'people') }}",
    });
    expect((await verdictOf(root)).deployment).toEqual([
      "1 migrate sales.names: deploy as it is in this change []",
      '2 contract crm.people: deploy as it is in this change: column "name" is gone [1]',
    ]);
  });

  it("is coordinated when nobody reads what goes", async () => {
    const root = repository();
    put(root, { [namesModel]: "select 'nobody' as name from {{ ref('crm', 'people') }}" });
    git(root, "commit", "-qam", "names without names");
    put(root, {
      [peopleFile]: people({ fields: [id, age] }),
      [peopleModel]: "select 1::bigint as id, 7::int as age",
    });
    expect(await verdictOf(root)).toMatchObject({ exitCode: 0, verdict: "coordinated", moved: [] });
  });

  it("asks readers of a column in another form to have looked at it", async () => {
    const root = repository();
    const other = {
      [peopleFile]: people({ fields: [id, name, "name: age, type: string"] }),
      [peopleModel]: "select 1::bigint as id, 'Ann' as name, '7' as age",
    };
    put(root, other);
    const ages = "domains/hr/ages/data-product-contract.yaml";
    // What it yields is no longer what it promises.
    expect(await verdictOf(root)).toMatchObject({
      verdict: "breaking",
      hindrances: [expect.stringMatching(/^hr\.ages does not typecheck: .*"age"/)],
    });
    put(root, { [ages]: contract("hr.ages", { upstream: "crm.people", fields: ["name: age, type: string"] }) });
    expect(await verdictOf(root)).toMatchObject({
      verdict: "breaking",
      hindrances: ["hr.ages reads age at domains/hr/ages/models/ages.sql:1 as before."],
    });
    put(root, {
      [ages]: contract("hr.ages", { upstream: "crm.people", fields: [age] }),
      "domains/hr/ages/models/ages.sql": "select age::int as age from {{ ref('crm', 'people') }}",
    });
    expect((await verdictOf(root)).deployment).toEqual([
      '1 expand crm.people: serve both forms of "age" []',
      "2 migrate hr.ages: deploy as it is in this change [1]",
      expect.stringMatching(/^3 contract crm\.people: .* \[1 2\]$/),
    ]);
  });

  it("is not coordinated where the contract lets others read", async () => {
    const open = (text: string) => text.replace("  lineage:", "  access: { roles: [analyst] }\n  lineage:");
    const root = repository({ [peopleFile]: open(people()) });
    put(root, { ...renamed, [peopleFile]: open(people({ fields: [id, nick, age] })), ...moved });
    expect(await verdictOf(root)).toMatchObject({
      exitCode: 1,
      verdict: "breaking",
      moved: [["sales.names", "team-sales@scratch.example", namesModel]],
      hindrances: [expect.stringContaining("analyst")],
    });
  });

  it("sets a new major beside the former one", async () => {
    const root = repository();
    put(root, { ...renamed, [peopleFile]: people({ fields: [id, nick, age], version: "2.0.0" }) });
    expect(await verdictOf(root)).toMatchObject({ exitCode: 0, verdict: "announced" });
    put(root, moved);
    expect(await verdictOf(root)).toMatchObject({
      verdict: "coordinated",
      deployment: [
        "1 expand crm.people: build 2.0.0 beside 1.0.0: crm.people_v2 []",
        "2 migrate sales.names: read 2.0.0 [1]",
        "3 contract crm.people: drop crm.people_v1 [1 2]",
      ],
    });
  });

  it("asks all readers to have looked at what holds for the whole product", async () => {
    const root = repository();
    put(root, { [peopleFile]: people().replace("99%", "95%") });
    expect((await verdictOf(root)).hindrances).toEqual([
      "hr.ages reads it, and nothing of hr.ages changed: availability is 95%, it was 99%.",
      "sales.names reads it, and nothing of sales.names changed: availability is 95%, it was 99%.",
    ]);
  });

  it("moves readers of readers after what they read", async () => {
    const chain = {
      ...product(
        "sales.initials",
        { upstream: "sales.names", fields: ["name: initial, type: string"] },
        { initials: sql.initials },
      ),
      ...product(
        "ads.reach",
        { upstream: "sales.names", fields: [nick] },
        {
          reach:
            "select p.name as nick from {{ ref('crm', 'people') }} p join {{ ref('sales', 'names') }} n on n.name = p.name",
        },
      ),
    };
    const root = repository(chain);
    put(root, {
      ...renamed,
      ...moved,
      "domains/ads/reach/models/reach.sql":
        "select p.nick from {{ ref('crm', 'people') }} p join {{ ref('sales', 'names') }} n on n.name = p.nick",
    });
    expect((await verdictOf(root)).deployment?.slice(1, 3)).toEqual([
      "2 migrate sales.names: deploy as it is in this change [1]",
      "3 migrate ads.reach: deploy as it is in this change [1 2]",
    ]);
  });

  it("waits for TypeScript that names what goes, and for rows that are taken whole", async () => {
    const app = "domains/hr/apps/board";
    const code = (body: string) => ({
      [`${app}/src/board.ts`]: `import type { People } from "@scratch/crm/people";\n${body}\n`,
    });
    const root = repository({
      [`${app}/package.json`]: '{ "name": "@scratch/board" }',
      ...code("export const line = (p: People) => p.name;"),
    });
    put(root, { ...renamed, ...moved });
    expect((await verdictOf(root)).hindrances).toEqual([`@scratch/board still reads name at ${app}/src/board.ts:2.`]);
    put(root, code("export const line = (p: People) => p.nick;"));
    expect(await verdictOf(root)).toMatchObject({
      verdict: "coordinated",
      moved: [
        ["@scratch/board", "team-hr@scratch.example", `${app}/src/board.ts`],
        [expect.stringContaining("sales.names"), expect.anything(), namesModel],
      ],
    });
    const whole = repository({
      [`${app}/package.json`]: '{ "name": "@scratch/board" }',
      ...code("export const line = (p: People) => JSON.stringify(p);"),
    });
    put(whole, { ...renamed, ...moved });
    expect((await verdictOf(whole)).hindrances).toEqual([
      `It is not known which columns ${app}/src/board.ts:2 (JSON.stringify) of @scratch/board reads.`,
    ]);
  });

  it("lets a reader go with what it read", async () => {
    const root = repository();
    put(root, renamed);
    rmSync(join(root, "domains/sales/names"), { recursive: true });
    expect(await verdictOf(root)).toMatchObject({ verdict: "coordinated", moved: [["sales.names", null]] });
  });
});
