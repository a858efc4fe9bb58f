import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { emptyMesh, lintDomain, lintMesh, readContract, readDomain, readMesh, withDomainDefaults } from "./index.ts";

const testdata = (file: string) => readFileSync(new URL(`testdata/example-mesh/${file}`, import.meta.url), "utf8");
const today = "2026-11-21";
const mesh = (spec: string) =>
  readMesh({
    file: "mesh.yaml",
    text: `apiVersion: datamesh.io/v1\nkind: Mesh\nmetadata: { name: acme }\nspec:\n${spec}`,
  });
const codes = (spec: string) =>
  lintMesh(mesh(spec), { today }).map((d) => `${d.code} ${d.span!.line}:${d.span!.column}`);

it("reads every key of the example mesh", () => {
  const read = readMesh({ file: "mesh.yaml", text: testdata("mesh.yaml") });
  expect(lintMesh(read, { today })).toEqual([]);
  expect(read.value).toEqual({
    kind: "Mesh",
    name: "acme",
    npmScope: "@acme",
    domains: ["domains/*"],
    naming: { relation: "{port}_v{major}", schema: "{domain}" },
    defaultTarget: "dev",
    targets: [
      {
        name: "dev",
        engine: "duckdb",
        path: ".mesh/lake/dev",
        production: false,
        writeFrom: [],
        settings: {},
        at: ["spec", "targets", "dev"],
      },
      {
        name: "prod",
        engine: "trino",
        production: true,
        writeFrom: ["refs/heads/main"],
        settings: {
          url: { env: "MESH_TRINO_URL" },
          catalog: "lake",
          identity: { user: { env: "MESH_{DOMAIN}_USER" }, password: { env: "MESH_{DOMAIN}_PASSWORD" } },
          storage: { format: "iceberg" },
        },
        at: ["spec", "targets", "prod"],
      },
    ],
    policies: expect.toSatisfy(
      (all: { name: string; enforcement: string; domains: string[]; graceUntil?: string }[]) => {
        const [retention] = all.filter((p) => p.name === "retention-policy");
        return (
          all.length === 6 &&
          all.every((p) => p.domains[0] === "all") &&
          retention!.graceUntil === "2027-03-31" &&
          retention!.enforcement === "recommended"
        );
      },
    ),
    rules: { "contract/description-missing": "warning" },
    ignore: [
      {
        rule: "contract/description-missing",
        product: "orders.legacy-orders",
        reason: "moves in Q1",
        until: "2027-03-31",
        at: ["spec", "ignore", 0],
      },
    ],
    publish: [
      { name: "local", kind: "meshwork", url: "embedded", settings: {}, at: ["spec", "publish", "local"] },
      {
        name: "lineage",
        kind: "openlineage",
        url: { env: "OPENLINEAGE_URL" },
        key: { env: "OPENLINEAGE_KEY" },
        settings: {},
        at: ["spec", "publish", "lineage"],
      },
    ],
    compatibility: {
      mode: "keep-readers",
      transitive: true,
      strict: false,
      positional: false,
      levels: {},
      approvals: [],
    },
  });
});

it("fills what a mesh leaves out as in a workspace without one", () => {
  expect(mesh("  rules: {}\n").value).toEqual(emptyMesh("acme"));
  expect(
    readMesh({ file: "mesh.yaml", text: "apiVersion: datamesh.io/v1\nkind: Mesh\nmetadata: { name: acme }\n" }).value,
  ).toEqual(emptyMesh("acme"));
});

it("reads every key of a domain, and gives its defaults to products that say nothing", () => {
  const read = readDomain({ file: "domain.yaml", text: testdata("domains/orders/domain.yaml") }, { domain: "orders" });
  expect(lintDomain(read)).toEqual([]);
  expect(read.value).toMatchObject({
    name: "orders",
    title: "Orders",
    owner: "team-orders@acme.example",
    channel: "#orders-data",
    capabilities: ["order_management", "fulfillment"],
    boundedContext: expect.stringContaining("billing"),
    entities: ["order", "order_line"],
    policies: [{ name: "sales-quota-alignment", enforcement: "optional", domains: ["orders"] }],
  });
  const text =
    "apiVersion: datamesh.io/v1\nkind: DataProduct\nmetadata: { name: facts, domain: orders, version: 1.0.0 }\nspec: { sla: { freshness: 1h }, schema: { fields: [{ name: id, type: string }] } }";
  const contract = withDomainDefaults(readContract({ file: "f", text }).value!, read.value!);
  expect(contract).toMatchObject({
    sensitivity: "internal",
    sla: { freshness: { seconds: 3600 }, availability: { value: 0.995 } },
    ports: [{ sla: { freshness: { seconds: 3600 }, availability: { value: 0.995 } } }],
  });
});

describe("lintMesh", () => {
  it.each([
    [
      "a default that is no target",
      "  default_target: prdo\n  targets: { prod: { engine: trino } }\n",
      ["mesh/unknown-target 5:19"],
    ],
    [
      "a password",
      "  targets:\n    dev: { engine: postgres, identity: { password: x } }\n",
      ["mesh/secret-in-file 6:52"],
    ],
    [
      "a password in an address",
      '  targets:\n    dev: { engine: postgres, url: "postgres://me:secret@db/x" }\n',
      ["mesh/secret-in-file 6:35"],
    ],
    ["an API key", "  publish:\n    local: { kind: meshwork, key: abc }\n", ["mesh/secret-in-file 6:35"]],
    ["a relation without its major", '  naming: { relation: "{port}" }\n', ["mesh/bad-naming 5:23"]],
    ["an unknown placeholder", '  naming: { schema: "{team}" }\n', ["mesh/bad-naming 5:21"]],
    [
      "an ignore entry that is over",
      "  ignore:\n    - { rule: contract/a, reason: r, until: 2026-11-20 }\n",
      ["mesh/ignore-expired 6:45"],
    ],
    [
      "a policy twice",
      "  policies: [pii-masking, { name: pii-masking, domains: [all] }]\n",
      ["mesh/duplicate-policy 5:35"],
    ],
    ["an engine that is missing", "  targets:\n    dev: { path: x }\n", ["contract/missing-key 6:5"]],
    ["a grade that is none", "  rules: { contract/a: eror }\n", ["contract/unknown-value 5:24"]],
    ["an ignore entry without a reason", "  ignore:\n    - { rule: contract/a }\n", ["contract/missing-key 6:9"]],
    ["an unknown key", "  polices: []\n", ["contract/unknown-key 5:3"]],
  ])("finds %s", (_, spec, expected) => expect(codes(spec)).toEqual(expected));

  it("knows which rules there are, where its caller does", () => {
    const read = mesh("  rules: { contract/owner-mail: off, sql/*: off, nothing/*: off }\n");
    const found = lintMesh(read, { today, codes: new Set(["contract/owner-email", "sql/unknown-ref"]) });
    expect(found.map((d) => d.message)).toEqual([
      '"contract/owner-mail" is no code of a rule. Did you mean "contract/owner-email"?',
      '"nothing/*" is no code of a rule.',
    ]);
  });

  it("takes an ignore entry whose end cannot be read for none, so that it does not hold for ever", () => {
    expect(mesh("  ignore:\n    - { rule: contract/a, reason: r, until: someday }\n").value?.ignore).toEqual([]);
  });
});
