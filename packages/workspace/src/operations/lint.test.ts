import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { lint, lintFile } from "../index.ts";
import { contract, mesh, product, put, scratchMesh } from "../testdata/scratch-mesh.ts";

const now = new Date("2026-11-21T00:00:00Z");
const id = "name: id, type: long, constraints: { primary_key: true, null: false }";
const people = product("crm.people", { fields: [id] }, { people: "select 1::bigint as id" });

/** `code place` of each finding, in the order in which they are reported. */
const found = (done: Awaited<ReturnType<typeof lint>>) =>
  done.diagnostics.map((d) => `${d.code} ${d.span ? `${d.span.file}:${d.span.line}` : "nowhere"}`);
const weighty = (done: Awaited<ReturnType<typeof lint>>) => done.diagnostics.filter((d) => d.severity !== "info");
const lintAt = (root: string, products?: string[], fix?: boolean) => lint({ root, now, products, fix });

const read = (root: string, file: string) => readFileSync(join(root, file), "utf8");

describe("a mesh with one of everything", () => {
  const root = scratchMesh({
    "mesh.yaml": mesh(`  policies:
    - { name: data-lineage, enforcement: required, domains: [all] }
    - { name: qualty-slo, enforcement: required, domains: [all] }
    - { name: pii-masking, enforcement: required, domains: [all] }
`),
    ...people,
    // A contract finding, with a fix.
    ...product(
      "crm.accounts",
      { fields: [id], checks: ["column: idd, assertion: not_null"] },
      { accounts: "select 1::bigint as id" },
    ),
    // Between contracts.
    ...product(
      "sales.leads",
      { fields: [id], upstream: "crm.peple" },
      { leads: "select id from {{ ref('crm', 'people') }}" },
    ),
    // A policy: personal data that leaves in the clear.
    ...product(
      "sales.calls",
      { fields: [id, "name: email, type: string, constraints: { pii: true }"] },
      { calls: "select 1::bigint as id, 'a@b.c' as email, {{ nothing_here() }} as x" },
    ),
    "domains/sales/calls/contract.lock.json": "{}\n",
    // Not YAML at all: the others are still looked at.
    "domains/hr/rooms/data-product-contract.yaml": "metadata: [\n",
  });
  let done: Awaited<ReturnType<typeof lint>>;
  beforeAll(async () => {
    done = await lintAt(root);
  });

  it("is told all findings together, each at its place", () => {
    expect(done.exitCode).toBe(1);
    expect(found(done)).toEqual(
      expect.arrayContaining([
        "policy/unknown-policy mesh.yaml:10",
        "contract/unknown-column domains/crm/accounts/data-product-contract.yaml:13",
        "contract/unknown-upstream domains/sales/leads/data-product-contract.yaml:7",
        "contract/undeclared-upstream domains/sales/leads/models/leads.sql:1",
        "sql/unknown-macro domains/sales/calls/models/calls.sql:1",
        "policy/pii-masking domains/sales/calls/data-product-contract.yaml:11",
        "contract/not-yaml domains/hr/rooms/data-product-contract.yaml:2",
      ]),
    );
    const stale = done.diagnostics.find((d) => d.code === "contract/lock-stale")!;
    expect(stale.message).toContain("contract.lock.json");
    expect(stale.product).toBe("sales.calls");
  });

  it("says nothing about a product that nothing is wrong with", () => {
    expect(weighty(done).filter((d) => d.product === "crm.people")).toEqual([]);
  });

  it("is asked about one product, one domain or a path, and answers for those only", async () => {
    const products = async (wanted: string[]) =>
      new Set(weighty(await lintAt(root, wanted)).flatMap((d) => d.product ?? []));
    expect(await products(["crm.people"])).toEqual(new Set());
    expect(await products(["crm"])).toEqual(new Set(["crm.accounts"]));
    expect(await products(["domains/sales/leads"])).toEqual(new Set(["sales.leads"]));
    expect(
      (await lintAt(root, ["crm.people"])).diagnostics.filter((d) => d.span?.file.startsWith("domains/hr")),
    ).toEqual([]);
  });

  it("names the nearest product for one that is not there", async () => {
    expect(await lintAt(root, ["crm.poeple"])).toMatchObject({
      exitCode: 2,
      problem: expect.stringContaining("Did you mean crm.people?"),
    });
  });
});

describe("--fix", () => {
  it("corrects what has one right answer, keeps comments, and reports what is left", async () => {
    const text = contract("crm.people", {
      fields: [id, "name: age, type: integer"],
      checks: ["column: idd, assertion: not_null", "column: zzzzzz, assertion: not_null"],
    }).replace("    checks:", "    checks: # of the team");
    const root = scratchMesh({
      "domains/crm/people/data-product-contract.yaml": text,
      "domains/crm/people/models/people.sql": "select 1::bigint as id, 2::int as age",
    });
    const before = await lintAt(root);
    expect(found(before).filter((f) => f.startsWith("contract/unknown-column"))).toHaveLength(2);
    const done = await lintAt(root, undefined, true);
    // The name, and the generated files that did not say yet what the contract says.
    expect(done.summary["fixed"]).toBe(2);
    expect(found(done).filter((f) => f.startsWith("contract/lock-stale"))).toEqual([]);
    const after = read(root, "domains/crm/people/data-product-contract.yaml");
    expect(after).toContain("column: id, assertion: not_null");
    expect(after).toContain("# of the team");
    expect(found(done).filter((f) => f.startsWith("contract/unknown-column"))).toHaveLength(1);
    // A second run has nothing to do.
    expect((await lintAt(root, undefined, true)).summary["fixed"]).toBe(0);
    expect(read(root, "domains/crm/people/data-product-contract.yaml")).toBe(after);
  });

  it("touches no product that was not asked for", async () => {
    const bad = (name: string) =>
      product(
        name,
        { fields: [id], checks: ["column: idd, assertion: not_null"] },
        { [name.split(".")[1]!]: "select 1::bigint as id" },
      );
    const root = scratchMesh({ ...bad("crm.people"), ...bad("hr.rooms") });
    await lintAt(root, ["crm.people"], true);
    expect(read(root, "domains/crm/people/data-product-contract.yaml")).not.toContain("idd");
    expect(read(root, "domains/hr/rooms/data-product-contract.yaml")).toContain("idd");
  });
});

describe("policies", () => {
  const withoutLineage = (files: Record<string, string>) =>
    Object.fromEntries(Object.entries(files).map(([k, v]) => [k, v.replace(/ {2}lineage: .*\n/, "")]));
  const policy = (line: string) => mesh(`  policies:\n    - { name: data-lineage, ${line} }\n`);
  const severities = async (files: Record<string, string>) => {
    const root = scratchMesh({ ...withoutLineage(people), ...files });
    return (await lintAt(root)).diagnostics.filter((d) => d.code === "policy/data-lineage").map((d) => d.severity);
  };

  it.each([
    ["required", "enforcement: required, domains: [all]", ["error"]],
    ["recommended", "enforcement: recommended, domains: [all]", ["warning"]],
    ["optional", "enforcement: optional, domains: [all]", ["info"]],
    ["required in other domains", "enforcement: required, domains: [sales]", []],
    ["required for this domain", "enforcement: required, domains: [crm]", ["error"]],
    ["in grace", "enforcement: required, domains: [all], grace_until: 2026-11-22", ["warning"]],
    ["out of grace", "enforcement: required, domains: [all], grace_until: 2026-11-21", ["error"]],
  ])("%s", async (_, line, expected) => {
    expect(await severities({ "mesh.yaml": policy(line) })).toEqual(expected);
  });

  it("holds a domain's own policy in that domain", async () => {
    const files = {
      "domains/crm/domain.yaml": `apiVersion: datamesh.io/v1
kind: Domain
metadata: { name: crm }
spec:
  owner: team-crm@scratch.example
  policies: [{ name: data-lineage, enforcement: required }]
`,
    };
    expect(await severities(files)).toEqual(["error"]);
    expect(await severities({})).toEqual([]);
  });
});

describe("two domains that claim the same data", () => {
  it("are both named, when they read one outside source or own one entity", async () => {
    const owner = (name: string) =>
      `apiVersion: datamesh.io/v1\nkind: Domain\nmetadata: { name: ${name} }\nspec: { owner: team@scratch.example, entities: [person] }\n`;
    const root = scratchMesh({
      ...product("crm.people", { fields: [id], upstream: "raw.kafka.people" }, { people: "select 1::bigint as id" }),
      ...product("hr.staff", { fields: [id], upstream: "raw.kafka.people" }, { staff: "select 1::bigint as id" }),
      "domains/crm/domain.yaml": owner("crm"),
      "domains/hr/domain.yaml": owner("hr"),
    });
    const claims = (await lintAt(root)).diagnostics.filter((d) => d.code === "policy/double-claim");
    expect(claims.map((d) => d.message).join("\n")).toMatch(
      /person[\s\S]*raw\.kafka\.people|raw\.kafka\.people[\s\S]*person/,
    );
    for (const claim of claims) expect(claim.related?.length).toBeGreaterThan(0);
  });
});

describe("settings of rules", () => {
  const bad = product(
    "crm.people",
    { fields: [id], checks: ["column: idd, assertion: not_null"] },
    { people: "select 1::bigint as id" },
  );
  const severity = async (spec: string) => {
    const done = await lintAt(scratchMesh({ ...bad, "mesh.yaml": mesh(spec) }));
    return [
      done.exitCode,
      ...done.diagnostics
        .filter((d) => d.code !== "contract/description-missing")
        .map((d) => `${d.code} ${d.severity}`),
    ];
  };

  it.each([
    ["as they are", "", [1, "contract/unknown-column error"]],
    ["a warning", "  rules: { contract/unknown-column: warning }\n", [0, "contract/unknown-column warning"]],
    ["off", "  rules: { contract/unknown-column: off }\n", [0]],
    [
      "ignored in one product until a day",
      "  ignore: [{ rule: contract/unknown-column, product: crm.people, reason: r, until: 2027-01-01 }]\n",
      [0],
    ],
    [
      "ignored elsewhere",
      "  ignore: [{ rule: contract/unknown-column, product: hr.rooms, reason: r, until: 2027-01-01 }]\n",
      [1, "contract/unknown-column error", "mesh/ignore-unused warning"],
    ],
  ])("%s", async (_, spec, expected) => {
    expect(await severity(spec)).toEqual(expected);
  });

  it("an ignore that is over no longer hides, and says so", async () => {
    const lines = await severity(
      "  ignore: [{ rule: contract/unknown-column, product: crm.people, reason: r, until: 2026-11-20 }]\n",
    );
    expect(lines).toEqual(
      expect.arrayContaining([1, "contract/unknown-column error", expect.stringContaining("mesh/ignore-expired")]),
    );
  });

  it("a rule that does not exist is named with the one that was meant", async () => {
    const done = await lintAt(
      scratchMesh({ ...people, "mesh.yaml": mesh("  rules: { contract/unknown-colum: off }\n") }),
    );
    const finding = done.diagnostics.find((d) => d.span?.file === "mesh.yaml")!;
    expect(`${finding.message} ${finding.help}`).toContain("contract/unknown-column");
  });
});

describe("the samples of the source documents", () => {
  const sample = (name: string) =>
    readFileSync(new URL(`../testdata/source-documents/${name}`, import.meta.url), "utf8");
  const samples = {
    "mesh.yaml": mesh(`  policies:
    - { name: encryption-at-rest, enforcement: required, domains: [all] }
    - { name: pii-masking, enforcement: required, domains: [all] }
    - { name: data-lineage, enforcement: required, domains: [all] }
`),
    "domains/orders/data-product-contract.yaml": sample("data-product-contract.yaml"),
    "domains/orders/models/order_events.sql": sample("order_events.sql"),
    "domains/orders/models/sources.yml":
      "version: 2\nsources:\n  - name: raw_kafka\n    tables:\n      - name: order_events\n",
    "domains/marketing/campaign/data-product-contract.yaml": contract("marketing.campaign", { fields: [id] }),
    "domains/marketing/campaign/models/campaign.sql": "select 1::bigint as id",
    "domains/marketing/campaign/infrastructure.yaml": sample("infrastructure.yaml"),
  };

  it("are accepted as they stand, in the folders where they say they are", async () => {
    const done = await lintAt(scratchMesh(samples), ["orders"]);
    expect(done.diagnostics.filter((d) => d.severity === "error").map((d) => `${d.code} ${d.message}`)).toEqual([
      // The sample names no storage, and this mesh requires encryption.
      expect.stringContaining("policy/encryption-at-rest"),
    ]);
    expect(found(done).map((f) => f.split(" ")[0])).toEqual(
      expect.arrayContaining(["policy/policy-alias", "contract/date-in-the-past", "contract/redundant-check"]),
    );
  });

  it("take an infrastructure file as evidence for policies", async () => {
    const errors = async (files: Record<string, string>) =>
      (await lintAt(scratchMesh(files), ["marketing"])).diagnostics
        .filter((d) => d.severity === "error")
        .map((d) => d.code);
    expect(await errors(samples)).toEqual([]);
    const { "domains/marketing/campaign/infrastructure.yaml": _, ...without } = samples;
    expect(await errors(without)).toEqual(["policy/encryption-at-rest"]);
  });
});

describe("files by themselves", () => {
  it("are linted outside any workspace, with paths as they were given", async () => {
    const root = scratchMesh({
      "x/c.yaml": contract("crm.people", { fields: [id], checks: ["column: idd, assertion: not_null"] }),
    });
    const done = await lintFile({ cwd: join(root, "x"), files: ["c.yaml"], now });
    expect(done.exitCode).toBe(1);
    expect(done.diagnostics.map((d) => [d.code, d.span?.file])).toContainEqual(["contract/unknown-column", "c.yaml"]);
  });

  it("may be a mesh or a domain", async () => {
    const root = scratchMesh({ ...people, "mesh.yaml": mesh("  default_target: prdo\n") });
    const done = await lintFile({ cwd: root, files: ["mesh.yaml", "domains/crm/domain.yaml"], now });
    expect(done.diagnostics.map((d) => d.code)).toEqual(["mesh/unknown-target"]);
  });

  it.each([
    ["no file", [], "No mesh here"],
    ["a file that is not there", ["nope.yaml"], "nope.yaml cannot be read"],
    ["a folder", ["x"], "x is a folder"],
  ])("%s is a wrong argument", async (_, files, problem) => {
    const root = scratchMesh({ "x/c.yaml": "" });
    expect(await lintFile({ cwd: root, files, now })).toMatchObject({
      exitCode: 2,
      problem: expect.stringContaining(problem),
    });
  });

  it("that are no text are reported, not thrown at", async () => {
    const root = scratchMesh({});
    put(root, { "empty.yaml": "", "odd.yaml": "\u0000\u0001", "list.yaml": "- 1\n" });
    const done = await lintFile({ cwd: root, files: ["empty.yaml", "odd.yaml", "list.yaml"], now });
    expect(new Set(done.diagnostics.map((d) => d.span?.file))).toEqual(
      new Set(["empty.yaml", "odd.yaml", "list.yaml"]),
    );
  });
});
