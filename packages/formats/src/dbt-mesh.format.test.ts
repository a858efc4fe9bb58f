import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import type { DbtDomain } from "./dbt/dbt-domain.ts";
import { dbtMesh, dbtProject } from "./dbt-mesh.format.ts";

const read = (domain: string, port: string, major: number) => ({ domain, port, major });
const growth: DbtDomain = {
  name: "growth-team",
  products: [
    { directory: "kpis", reads: [read("orders", "order_events", 2), read("growth-team", "visits", 1)] },
    { directory: "legacy", reads: [read("orders", "order_events", 1), read("web-site", "hits", 3)] },
  ],
};
const text = (domain: DbtDomain, path: string): string => dbtMesh(domain).find((file) => file.path === path)!.text;
const macro = (domain: DbtDomain): string => text(domain, "_mesh/macros/ref.sql");
interface Sources {
  sources: {
    name: string;
    schema: string;
    tables: { name: string; config: { meta: { external_location: string } } }[];
  }[];
}
const sources = (domain: DbtDomain): Sources["sources"] =>
  (load(text(domain, "_mesh/models/sources.yml")) as Sources).sources;

describe("dbt mesh", () => {
  it("declares a source for each foreign port and major, none for the domain's own", () => {
    const found = sources(growth).flatMap((s) => s.tables.map((t) => `${s.schema}.${t.name}`));
    expect(found).toEqual(["orders.order_events_v1", "orders.order_events_v2", "web_site.hits_v3"]);
    expect(sources(growth)[0]!.tables[1]!.config.meta.external_location).toBe(
      `read_parquet('{{ env_var("MESH_LAKE") }}/orders/order_events_v2/current/*.parquet')`,
    );
    expect(sources(growth)[1]!.tables[0]!.config.meta.external_location).toContain("/web-site/hits_v3/");
  });

  it("sends each consumer to the major that it names, the newest elsewhere", () => {
    const template = macro(growth);
    const shared = template.indexOf("{%- set majors = {'orders': {'order_events': 2}, 'web_site': {'hits': 3}} -%}");
    const legacy = template.indexOf("{%- if path.startswith('legacy/') -%}");
    const pinned = template.indexOf("{%- set majors = {'orders': {'order_events': 1}, 'web_site': {'hits': 3}} -%}");
    expect([shared > 0, legacy > shared, pinned > legacy]).toEqual([true, true, true]);
    expect(template).not.toContain("visits");
    expect(template).not.toContain("startswith('kpis/')");
  });

  it("asks no path where all consumers agree, and asks the inner folder first", () => {
    const agreed = {
      ...growth,
      products: growth.products.map((p) => ({ ...p, reads: [read("orders", "order_events", 2)] })),
    };
    expect(macro(agreed)).not.toContain("path");
    const nested = macro({
      name: "a",
      products: [
        { directory: "", reads: [read("o", "p", 1)] },
        { directory: "in", reads: [read("o", "p", 2)] },
        { directory: "in/ner", reads: [read("o", "p", 3)] },
      ],
    });
    const order = [
      "{%- if path.startswith('in/ner/') -%}",
      "{%- elif path.startswith('in/') -%}",
      "{%- elif path.startswith('') -%}",
    ].map((t) => nested.indexOf(t));
    expect(order[0]).toBeGreaterThan(0);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it("keeps a product's own majors inside the folder of another that differs", () => {
    const template = macro({
      name: "a",
      products: [
        { directory: "", reads: [read("o", "p", 1)] },
        { directory: "in", reads: [read("o", "p", 2)] },
      ],
    });
    const inner = template.indexOf("path.startswith('in/') -%}\n    {%- set majors = {'o': {'p': 2}} -%}");
    expect(inner).toBeGreaterThan(0);
    expect(template.indexOf("path.startswith('') -%}\n    {%- set majors = {'o': {'p': 1}} -%}")).toBeGreaterThan(
      inner,
    );
  });

  it("lets nothing out of a contract or a path into a template", () => {
    const evil: DbtDomain = {
      name: "g",
      products: [
        {
          directory: "a'{{ 1 }}\"%}",
          reads: [read("o'); drop", "p", 1), read("o", "p{{x}}", 1), read("o", "p", NaN), read("ok", "port", 1)],
        },
        { directory: "b", reads: [read("ok", "port", 2)] },
      ],
    };
    expect(sources(evil).flatMap((s) => s.tables.map((t) => t.name))).toEqual(["p_x_v1", "port_v1", "port_v2"]);
    expect(macro(evil)).toContain(String.raw`path.startswith('a\u0027\u007b\u007b 1 \u007d\u007d\u0022\u0025\u007d/')`);
    const project = load(dbtProject(evil)) as { "model-paths": string[] };
    expect(project["model-paths"]).toEqual(["a'{{ '{' }}{ 1 }}\"%}/models", "b/models", "_mesh/models"]);
  });

  it("keeps the order and the text whatever the order of the products", () => {
    const turned = { ...growth, products: [...growth.products].reverse() };
    expect(dbtMesh(turned)).toEqual(dbtMesh(growth));
    expect(dbtProject(turned)).toBe(dbtProject(growth));
  });

  it("writes a project and a profile that dbt reads", () => {
    const project = load(
      dbtProject(
        {
          name: "growth-team",
          products: [
            { directory: "", reads: [] },
            { directory: "kpis", reads: [] },
          ],
        },
        { vars: { as_of: "2024-01-01" } },
      ),
    );
    expect(project).toMatchObject({
      name: "growth_team",
      profile: "mesh",
      "model-paths": ["models", "kpis/models", "_mesh/models"],
      "macro-paths": ["macros", "kpis/macros", "_mesh/macros"],
      vars: { as_of: "2024-01-01" },
    });
    expect(load(text(growth, "_mesh/profiles.yml"))).toMatchObject({
      mesh: {
        target: "dev",
        outputs: { dev: { type: "duckdb", path: "{{ env_var('MESH_DBT_DUCKDB', 'target/growth_team.duckdb') }}" } },
      },
    });
    expect(sources({ name: "solo", products: [] })).toEqual([]);
  });
});

describe("a port of the own domain with several live versions", () => {
  const domain = {
    name: "shipping",
    models: new Map([
      [
        "parcels",
        new Map([
          [1, "parcels_v1"],
          [2, "parcels"],
        ]),
      ],
    ]),
    further: [{ domain: "orders", port: "facts", major: 1 }],
    products: [
      { directory: "parcels", reads: [{ domain: "orders", port: "facts", major: 2 }] },
      { directory: "parcels/versions/v1", reads: [] },
      { directory: "late", reads: [{ domain: "shipping", port: "parcels", major: 1 }], resources: ["late", "bad' }}"] },
    ],
  };
  const macro = dbtMesh(domain).find((f) => f.path.endsWith("ref.sql"))!.text;

  it("is the model of the major that the reader's contract names, by its path or, while dbt 2 parses, its name", () => {
    expect(macro).toContain("{%- set own = {'parcels': {'1': 'parcels_v1', '2': 'parcels'}} -%}");
    expect(macro).toContain(
      "path.startswith('late/') -%}\n    {%- set majors = {'orders': {'facts': 2}} -%}\n    {%- set pins = {'parcels': '1'} -%}",
    );
    expect(macro).toContain("{%- set named = {'late': {'parcels': '1'}} -%}");
    expect(macro).not.toContain("bad");
  });

  it("sources of ports are there for every live version that v= may ask for", () => {
    const sources = dbtMesh(domain).find((f) => f.path.endsWith("sources.yml"))!.text;
    expect(sources).toContain("- name: facts_v1");
    expect(sources).toContain("- name: facts_v2");
    expect(macro).toContain("{%- set majors = {'orders': {'facts': 2}} -%}");
  });

  it("without several versions the macro says nothing of them", () => {
    const { models: _, ...plain } = domain;
    expect(dbtMesh(plain).find((f) => f.path.endsWith("ref.sql"))!.text).not.toMatch(/pins|own|named/);
  });
});
