import { describe, expect, it } from "vitest";
import { ruleMesh, typechecked } from "../testdata/rule-mesh.ts";

const up = "{{ ref('a', 'up') }}";
const mesh = (options: {
  upstream: string;
  own: string;
  sql: string;
  upstreamSpec?: string | undefined;
  spec?: string | undefined;
  masked?: boolean | undefined;
}) =>
  ruleMesh(
    {
      "a.up": { spec: options.upstreamSpec ?? "", fields: [options.upstream], sql: "select 'a@b.example' as email" },
      "b.down": {
        spec: `lineage: { upstream: [a.up] }\n${options.spec ?? ""}`,
        fields: [options.own],
        sql: options.sql,
      },
    },
    options.masked
      ? {
          "domains/b/down/models/schema.yml":
            "version: 2\nmodels:\n  - name: down\n    columns:\n      - name: contact\n        meta: { masked: true }\n",
        }
      : {},
  );

describe("personal data", () => {
  const pii = "name: email, type: string, constraints: { pii: true }";
  const plain = "name: contact, type: string";
  const as = (expression: string) => `select ${expression} as contact from ${up}`;
  it.each<[string, Partial<Parameters<typeof mesh>[0]>, number]>([
    ["as it is", { sql: as("email") }, 1],
    ["changed", { sql: as("split_part(lower(email), '@', 1)") }, 1],
    ["counted", { sql: as("count(email)"), own: "name: contact, type: long" }, 0],
    ["as yes or no", { sql: as("email is not null"), own: "name: contact, type: boolean" }, 0],
    [
      "as one of a few words",
      {
        sql: as("case when email like '%@acme.example' then 'own' else 'other' end"),
        own: "name: contact, type: string, constraints: { enum: [own, other] }",
      },
      0,
    ],
    [
      "as it is, in a column with an enum",
      { sql: as("email"), own: "name: contact, type: string, constraints: { enum: [a] }" },
      1,
    ],
    ["declared", { own: "name: contact, type: string, constraints: { pii: true }" }, 0],
    ["masked by the contract", { own: "name: contact, type: string, constraints: { masking: hash }" }, 0],
    ["masking: none", { own: "name: contact, type: string, constraints: { masking: none }" }, 1],
    ["masked by the SQL, as its model says", { sql: as("sha256(email)"), masked: true }, 0],
    ["masked by the upstream", { upstream: "name: email, type: string, constraints: { pii: true, masking: hash }" }, 0],
    ["of which nobody says so", { upstream: "name: email, type: string" }, 0],
  ])("%s", async (_, given, count) => {
    const found = await typechecked(
      "contract/pii-passed-on",
      mesh({ upstream: pii, own: plain, sql: as("email"), ...given }),
    );
    expect(found).toHaveLength(count);
    for (const each of found) expect(each).toMatchObject({ severity: "error", product: "b.down" });
  });
});

describe("classification", () => {
  const classified = (level?: string, name = "contact") =>
    `name: ${name}, type: string${level ? `, constraints: { classification: ${level} }` : ""}`;
  it.each<[string, string | undefined, string | undefined, string, string | undefined]>([
    ["kept", "confidential", "confidential", "", undefined],
    ["raised", "confidential", "restricted", "", undefined],
    ["lowered", "restricted", "confidential", "", '"contact" is confidential'],
    ["given by the product", "confidential", undefined, "sensitivity: restricted", undefined],
    ["too low by the product", "confidential", undefined, "sensitivity: internal", '"contact" is internal'],
    ["not given", "internal", undefined, "", '"contact" is not classified'],
    ["of public values", "public", undefined, "", undefined],
    ["of an upstream that gives none", undefined, "public", "", undefined],
  ])("%s", async (_, upstream, own, spec, expected) => {
    const root = mesh({
      upstream: classified(upstream, "email"),
      own: classified(own),
      spec,
      sql: `select email as contact from ${up}`,
    });
    const messages = (await typechecked("contract/classification-lowered", root)).map((f) => f.message);
    expect(messages).toEqual(expected === undefined ? [] : [expect.stringContaining(expected)]);
  });
});

describe("retention", () => {
  it.each<[string, string, string, string, string, number]>([
    ["longer", "sensitivity: confidential\nretention: 90d", "91d", "", "email", 1],
    ["as long, in other words", "sensitivity: restricted\nretention: 3 months", "90d", "", "email", 0],
    ["longer than harmless values", "sensitivity: internal\nretention: 90d", "365d", "", "email", 0],
    [
      "longer than a sensitive column",
      "sensitivity: internal\nretention: 90d",
      "365d",
      ", constraints: { classification: restricted }",
      "email",
      1,
    ],
    [
      "longer than a harmless column",
      "sensitivity: restricted\nretention: 90d",
      "365d",
      ", constraints: { classification: public }",
      "email",
      0,
    ],
    ["longer, added up", "sensitivity: restricted\nretention: 90d", "365d", "", "max(email)", 0],
  ])("%s", async (_, upstreamSpec, period, constraints, expression, count) => {
    const root = mesh({
      upstream: `name: email, type: string${constraints}`,
      own: "name: contact, type: string",
      upstreamSpec,
      spec: `retention: ${period}`,
      sql: `select ${expression} as contact from ${up}`,
    });
    const found = await typechecked("contract/retention-exceeds-source", root);
    expect(found).toHaveLength(count);
    for (const each of found)
      expect(each).toMatchObject({
        message: expect.stringContaining('behind "contact" for 90d'),
        at: "domains/b/down/data-product-contract.yaml:7",
      });
  });
});
