import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { complianceReport } from "./compliance-report.ts";
import { evaluatePolicies } from "./evaluate-policies.ts";
import { domain, governed, infrastructure, product, today } from "./testdata/governed.ts";

const codes = (text: string, policies: string): string[] =>
  evaluatePolicies(governed(text, policies)).map((d) => `${d.severity} ${d.code}`);
const problems = (text: string, policies: string): string[] =>
  evaluatePolicies(governed(text, policies)).map((d) => d.message);

const schema = "schema: { fields: [{ name: order_id, type: string }, { name: day, type: date }] }";
const parts = (...all: string[]): string => all.join("---\n");

describe("enforcement", () => {
  it.each([
    ["[{ name: data-lineage, enforcement: required }]", ["error policy/data-lineage"]],
    ["[{ name: data-lineage, enforcement: recommended }]", ["warning policy/data-lineage"]],
    ["[{ name: data-lineage, enforcement: optional }]", ["info policy/data-lineage"]],
    ["[{ name: data-lineage, enforcement: required, domains: [orders] }]", ["error policy/data-lineage"]],
    ["[{ name: data-lineage, enforcement: required, domains: [billing] }]", []],
    ["[{ name: data-lineage, grace_until: 2027-03-31 }]", ["warning policy/data-lineage"]],
    [`[{ name: data-lineage, grace_until: ${today} }]`, ["error policy/data-lineage"]],
    ["[{ name: data-lineage, grace_until: 2026-01-01 }]", ["error policy/data-lineage"]],
    ["[{ name: data-lineage, enforcement: optional, grace_until: 2027-03-31 }]", ["info policy/data-lineage"]],
    // Listed twice, the stricter one counts.
    [
      "[{ name: data-lineage, enforcement: optional }, { name: data-lineage, enforcement: required, domains: [orders] }]",
      ["error policy/data-lineage"],
    ],
    ["[]", []],
  ])("%s", (policies, expected) => {
    expect(codes(product(schema), policies)).toEqual(expected);
  });

  it("takes a domain's own policies for that domain only", () => {
    const text = parts(
      product(schema),
      product(schema, "bills", "billing"),
      domain("billing", "policies: [data-lineage]"),
    );
    expect(evaluatePolicies(governed(text)).map((d) => [d.code, d.product])).toEqual([
      ["policy/data-lineage", "billing.bills"],
    ]);
  });

  it("warns of what a contract names itself, where nobody asks for more", () => {
    const own = product(`${schema}, access: { policies: [data-lineage] }`);
    expect(codes(own, "[]")).toEqual(["warning policy/data-lineage"]);
    expect(codes(own, "[{ name: data-lineage, enforcement: optional }]")).toEqual(["info policy/data-lineage"]);
  });

  it("says when grace ends, and points at the place", () => {
    const [found] = evaluatePolicies(governed(product(schema), "[{ name: data-lineage, grace_until: 2027-03-31 }]"));
    expect(found).toMatchObject({
      product: "orders.facts",
      help: expect.stringContaining("an error from 2027-03-31 on") as string,
    });
    expect(found!.span).toMatchObject({ file: "0.yaml", line: 4 });
  });
});

describe("evidence", () => {
  const prod = (settings: string): string =>
    `apiVersion: datamesh.io/v1\nkind: Mesh\nmetadata: { name: acme }\nspec: { policies: [encryption-at-rest, audit-logging], targets: { dev: { engine: duckdb }, prod: { engine: trino, production: true${settings} } } }\n`;
  it.each<[string, string, string, string[]]>([
    ["encryption-at-rest", "nothing", product(schema), ["error"]],
    ["encryption-at-rest", "contract", product(`${schema}, storage: { encryption: AES-256 }`), []],
    ["encryption-at-rest", "contract says none", product(`${schema}, storage: { encryption: none }`), ["error"]],
    [
      "encryption-at-rest",
      "infrastructure",
      parts(product(schema), infrastructure("security: { encryption_at_rest: true }")),
      [],
    ],
    [
      "encryption-at-rest",
      "infrastructure storage",
      parts(product(schema), infrastructure("storage: { encryption: AES-256 }")),
      [],
    ],
    [
      "encryption-at-rest",
      "infrastructure denies",
      parts(
        product(`${schema}, storage: { encryption: AES-256 }`),
        infrastructure("security: { encryption_at_rest: false }"),
      ),
      ["error"],
    ],
    [
      "encryption-at-rest",
      "somebody else's infrastructure",
      parts(product(schema), infrastructure("security: { encryption_at_rest: true }", "other")),
      ["error"],
    ],
    ["pii-masking", "no personal data", product(schema), []],
    [
      "pii-masking",
      "masked",
      product("schema: { fields: [{ name: k, type: string, constraints: { pii: true, masking: redact } }] }"),
      [],
    ],
    [
      "pii-masking",
      "masking none",
      product("schema: { fields: [{ name: k, type: string, constraints: { pii: true, masking: none } }] }"),
      ["error"],
    ],
    [
      "pii-masking",
      "nested",
      product(
        "schema: { fields: [{ name: who, type: struct, fields: [{ name: k, type: string, constraints: { pii: true } }] }] }",
      ),
      ["error"],
    ],
    [
      "pii-masking",
      "element's field",
      product(
        "schema: { fields: [{ name: who, type: array, items: { type: struct, fields: [{ name: k, type: string, constraints: { pii: true } }] } }] }",
      ),
      ["error"],
    ],
    [
      "pii-masking",
      "second port",
      product(
        `${schema}, ports: [{ name: people, schema: { fields: [{ name: k, type: string, constraints: { pii: true } }] } }]`,
      ),
      ["error"],
    ],
    ["data-lineage", "an input", product(`${schema}, inputs: [{ name: raw, from: raw.shop.orders }]`), []],
    ["quality-slo", "neither", product(schema), ["error", "error"]],
    ["quality-slo", "level only", product(`${schema}, sla: { availability: "99.9%" }`), ["error"]],
    [
      "quality-slo",
      "check only",
      product(`${schema}, quality: { checks: [{ name: a, assertion: row_count, value: { min: 1 } }] }`),
      ["error"],
    ],
    [
      "quality-slo",
      "check of the platform",
      parts(
        product(`${schema}, sla: { freshness: 1h }`),
        infrastructure('quality: { checks: [{ name: row_count, threshold: "> 1000" }] }'),
      ),
      [],
    ],
    ["retention-policy", "nothing", product(schema), ["error"]],
    ["retention-policy", "no column", product(`${schema}, retention: { period: 90d }`), ["error"]],
    [
      "retention-policy",
      "column that is no date",
      product(`${schema}, retention: { period: 90d, by: order_id }`),
      ["error"],
    ],
    ["retention-policy", "unknown column", product(`${schema}, retention: { period: 90d, by: at }`), ["error"]],
    ["retention-policy", "whole", product(`${schema}, retention: { period: 90d, by: day }`), []],
    [
      "retention-policy",
      "infrastructure",
      parts(product(schema), infrastructure('storage: { retention: "90 days" }')),
      [],
    ],
    ["audit-logging", "nothing", product(schema), ["error"]],
    ["audit-logging", "roles only", product(`${schema}, access: { roles: [analyst] }`), ["error"]],
    [
      "audit-logging",
      "roles and purposes",
      product(`${schema}, access: { roles: [analyst], purposes: [reporting] }`),
      [],
    ],
    [
      "audit-logging",
      "denied",
      parts(
        product(`${schema}, access: { roles: [analyst], purposes: [reporting] }`),
        infrastructure("security: { audit_logging: false }"),
      ),
      ["error"],
    ],
    ["sales-quota-alignment", "another domain", product(schema), []],
    ["sales-quota-alignment", "sales without quotas", product(schema, "bookings", "sales"), ["error"]],
    [
      "sales-quota-alignment",
      "reads quotas",
      product(`${schema}, inputs: [{ name: q, from: sales.quota-definitions@1 }]`, "bookings", "sales"),
      [],
    ],
    ["sales-quota-alignment", "defines quotas", product(schema, "quotas", "sales"), []],
    [
      "sales-quota-alignment",
      "a name that only sounds so",
      product(`${schema}, inputs: [{ name: q, from: sales.quotation }]`, "bookings", "sales"),
      ["error"],
    ],
    ["marketing-attribution", "another domain", product(schema), []],
    ["marketing-attribution", "marketing without", product(schema, "campaigns", "marketing"), ["error"]],
    [
      "marketing-attribution",
      "own column",
      product("schema: { fields: [{ name: attributed_revenue, type: long }] }", "campaigns", "marketing"),
      [],
    ],
    [
      "marketing-attribution",
      "one model's word is no choice",
      product(
        "schema: { fields: [{ name: kind, type: string, constraints: { enum: [linear, round] } }] }",
        "campaigns",
        "marketing",
      ),
      ["error"],
    ],
  ])("%s: %s", (policy, _, text, expected) => {
    expect(codes(text, `[${policy}]`)).toEqual(expected.map((severity) => `${severity} policy/${policy}`));
  });

  it("takes a statement of all production targets, not of some", () => {
    const all = parts(product(schema), prod(", storage: { encryption: AES-256 }, audit_logging: true"));
    expect(codes(all, "")).toEqual([]);
    expect(codes(parts(product(schema), prod("")), "")).toEqual([
      "error policy/encryption-at-rest",
      "error policy/audit-logging",
    ]);
  });

  it("follows lineage to a product with attribution, however many steps away, and survives a ring", () => {
    const attribution = product(
      "schema: { fields: [{ name: model, type: string, constraints: { enum: [first_touch, last_touch] } }] }, inputs: [{ name: s, from: marketing.spend@1 }]",
      "attribution",
      "marketing",
    );
    const text = parts(
      attribution,
      product(`${schema}, inputs: [{ name: c, from: marketing.campaigns@1 }]`, "spend", "marketing"),
      product(`${schema}, inputs: [{ name: s, from: marketing.spend@1 }]`, "campaigns", "marketing"),
      product(schema, "mailings", "marketing"),
    );
    expect(evaluatePolicies(governed(text, "[marketing-attribution]")).map((d) => d.product)).toEqual([
      "marketing.mailings",
    ]);
  });

  it("has options", () => {
    const retained = product(`${schema}, retention: { period: 90d, by: day }`);
    expect(problems(retained, "[{ name: retention-policy, options: { max_days: 30 } }]")).toEqual([
      'Rows of "orders.facts" are kept 90d; at most 30 days are allowed.',
    ]);
    expect(problems(retained, "[{ name: retention-policy, options: { min_days: 365 } }]")).toHaveLength(1);
    const sla = product(
      `${schema}, sla: { freshness: 1h }, quality: { checks: [{ name: a, assertion: row_count, value: { min: 1 } }] }`,
    );
    expect(
      problems(sla, "[{ name: quality-slo, options: { levels: [freshness, availability], min_checks: 2 } }]"),
    ).toEqual(['"orders.facts" promises no availability.', '"orders.facts" has 1 of at least 2 checks.']);
    const stored = product(`${schema}, storage: { encryption: DES }`);
    expect(problems(stored, "[{ name: encryption-at-rest, options: { algorithms: [AES-256] } }]")).toHaveLength(1);
    const masked = product(
      "schema: { fields: [{ name: k, type: string, constraints: { pii: true, masking: partial } }] }",
    );
    expect(problems(masked, "[{ name: pii-masking, options: { methods: hash } }]")).toHaveLength(1);
    const bookings = product(`${schema}, inputs: [{ name: q, from: sales.quotas@1 }]`, "bookings", "sales");
    expect(
      problems(bookings, "[{ name: sales-quota-alignment, options: { definition: sales.targets } }]"),
    ).toHaveLength(1);
  });
});

describe("names of policies", () => {
  it("knows aliases, in any case and with either joint, and offers the name", () => {
    const text = product(`${schema}, access: { policies: [PII-RED-ACT] }`);
    const [found] = evaluatePolicies(governed(text));
    expect(found).toMatchObject({
      code: "policy/policy-alias",
      severity: "warning",
      product: "orders.facts",
      path: ["spec", "access", "policies", 0],
    });
    expect(found!.fixes).toEqual([
      {
        title: 'replace it with "pii-masking"',
        edits: [expect.objectContaining({ line: 4, text: "pii-masking" }) as object],
        safe: true,
      },
    ]);
    expect(codes("" + product(schema), "[{ name: Data_Lineage }]")).toEqual([
      "warning policy/policy-alias",
      "error policy/data-lineage",
    ]);
  });

  it("is strict where the mesh lists a name, and mild where a contract does", () => {
    expect(codes(product(`${schema}, access: { policies: [house-rule] }`), "[]")).toEqual([
      "warning policy/unknown-policy",
    ]);
    const found = evaluatePolicies(governed(product(schema), "[{ name: quality-slos-x }, { name: retention-polcy }]"));
    expect(found.map((d) => [d.severity, d.code])).toEqual([
      ["error", "policy/unknown-policy"],
      ["error", "policy/unknown-policy"],
    ]);
    expect(found[1]!.message).toContain('Did you mean "retention-policy"?');
    expect(codes(parts(product(schema), domain("orders", "policies: [constructor]")), "[]")).toEqual([
      "error policy/unknown-policy",
    ]);
  });
});

describe("undeclared personal data", () => {
  const named = (name: string, rest = "type: string"): string[] =>
    codes(product(`schema: { fields: [{ name: ${name}, ${rest} }] }`), "[pii-masking]");
  it.each([
    "email",
    "customer_email",
    "e_mail_address",
    "emailAddress",
    "phone_number",
    "ssn",
    "first_name",
    "surname",
    "date_of_birth",
    "ip_address",
    "iban",
  ])("%s", (name) => {
    expect(named(name)).toEqual(["warning policy/undeclared-pii"]);
  });
  it.each([
    "email_count",
    "has_email",
    "email_hash",
    "product_name",
    "name",
    "ip_count",
    "phone_model",
    "zip",
    "description",
    "mailing_id",
  ])("not %s", (name) => {
    expect(named(name)).toEqual([]);
  });
  it("asks nothing of a flag, of what is public, or where the policy does not hold", () => {
    expect(named("email", "type: boolean")).toEqual([]);
    expect(named("phone", "type: string, constraints: { classification: public }")).toEqual([]);
    expect(codes(product("schema: { fields: [{ name: email, type: string }] }"), "[]")).toEqual([]);
  });
});

describe("double claims", () => {
  it("names both places of an entity and of a source, once", () => {
    const text = parts(
      product(
        `${schema}, lineage: { upstream: [raw.crm.people] }, inputs: [{ name: p, from: raw.crm.people }]`,
        "people",
        "crm",
      ),
      product(`${schema}, lineage: { upstream: [raw.crm.people] }`, "contacts", "marketing"),
      product(`${schema}, lineage: { upstream: [raw.crm.people, crm.people] }`, "joined", "growth"),
      domain("crm", "entities: [person, account]"),
      domain("marketing", "entities: [campaign, Person]"),
      domain("growth", "entities: []"),
    );
    const found = evaluatePolicies(governed(text));
    expect(found.map((d) => d.message)).toEqual([
      'The entity "Person" is claimed by two domains: crm and marketing.',
      'The source "raw.crm.people" is claimed by two domains: crm.people and marketing.contacts.',
    ]);
    expect(found[0]).toMatchObject({ severity: "warning", path: ["spec", "entities", 1] });
    expect([found[0]!.span!.file, found[0]!.related![0]!.span.file]).toEqual(["4.yaml", "3.yaml"]);
    expect([found[1]!.product, found[1]!.span!.file, found[1]!.related![0]!.span.file]).toEqual([
      "marketing.contacts",
      "1.yaml",
      "0.yaml",
    ]);
  });
  it("lets one domain read a source twice", () => {
    const text = parts(
      product(`${schema}, lineage: { upstream: [raw.crm.people] }`, "a", "crm"),
      product(`${schema}, lineage: { upstream: [raw.crm.people] }`, "b", "crm"),
    );
    expect(codes(text, "[]")).toEqual([]);
  });
});

it("tells of each policy and product where it stands", () => {
  const mesh = (until: string) => `apiVersion: datamesh.io/v1
kind: Mesh
metadata: { name: acme }
spec:
  policies: [data-lineage, pii-masking, { name: retention-policy, grace_until: 2027-03-31 }, { name: audit-logging, enforcement: optional }]
  ignore: [{ rule: policy/data-lineage, product: orders.facts, reason: moves soon, until: ${until} }]
`;
  const status = (until: string) =>
    Object.fromEntries(
      complianceReport(governed(parts(product(schema), mesh(until)))).map((e) => [
        e.policy,
        [e.status, e.enforcement, e.graceUntil, ...e.details],
      ]),
    );
  expect(status("2027-01-01")).toMatchObject({
    "data-lineage": ["waived", "required", undefined, "moves soon (until 2027-01-01)"],
    "pii-masking": ["not-applicable", "required", undefined, "no column is declared as personal data"],
    "retention-policy": [
      "violated",
      "required",
      "2027-03-31",
      '"orders.facts" does not say how long its rows are kept.',
    ],
    "audit-logging": ["violated", "optional", undefined, 'Nothing says that reading "orders.facts" is logged.'],
    "quality-slo": ["not-applicable", undefined, undefined, "no policy of the mesh or domain"],
  });
  expect(status("2026-01-01")["data-lineage"]![0]).toBe("violated");
  expect(Object.keys(status("2027-01-01"))).toHaveLength(8);
});

it("takes the documents that fix the format as they stand", () => {
  const read = (name: string) => readFileSync(join(import.meta.dirname, "testdata", name), "utf8");
  const found = evaluatePolicies(governed(parts(read("data-product-contract.yaml"), read("infrastructure.yaml"))));
  expect(found.map((d) => [d.severity, d.code])).toEqual([["warning", "policy/policy-alias"]]);
});
