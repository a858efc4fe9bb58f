import { describe, expect, it } from "vitest";
import type { PortQuery, ResolvePort } from "./index.ts";
import { memoryProject } from "./testdata/memory-project.ts";

const productOf = (path: string): string | undefined => {
  const product = /^models\/([a-z]+)\//.exec(path)?.[1];
  return product === undefined ? undefined : `shop.${product}`;
};
const ports: Readonly<Record<string, string>> = {
  "orders.order_events": "orders.order-events",
  "shop.daily": "shop.kpis",
};
const resolvePort: ResolvePort = ({ domain, port, version }) => {
  const product = ports[`${domain}.${port}`];
  if (product !== undefined && (version === undefined || version === "1" || version === "2")) {
    return { relation: { schema: domain, name: `${port}_v${version ?? "2"}` }, product, version: version ?? "2" };
  }
  const unknown = product !== undefined ? "version" : domain === "orders" || domain === "shop" ? "port" : "domain";
  const inDomain = Object.keys(ports).flatMap((p) => (p.startsWith(`${domain}.`) ? [p.slice(domain.length + 1)] : []));
  const candidates = unknown === "domain" ? ["orders", "shop"] : unknown === "version" ? ["2"] : inDomain;
  return { error: { unknown, candidates } };
};
const files = {
  "models/kpis/daily.sql": "select 1 as n",
  "models/kpis/kpi_steps.sql": "select 1 as n",
  "models/shared.sql": "select 1 as n",
};
const refOf = (ref: string, path = "models/reports/weekly.sql") => {
  const project = memoryProject({ ...files, [path]: `select * from {{ ${ref} }}` }, { productOf, resolvePort });
  const node = project.find(path.split("/").at(-1)!.replace(".sql", ""))!;
  return { sql: project.compile(node).sql.slice("select * from ".length), node, found: project.diagnostics };
};

describe("what a ref means", () => {
  it.each([
    ["a shared model", "ref('shared')", `"shop_private"."shared"`],
    ["another product's port, not its model of that name", "ref('daily')", `"shop"."daily_v2"`],
    ["the same with the domain named", "ref('shop', 'daily')", `"shop"."daily_v2"`],
    ["a port of another domain", "ref('orders', 'order_events')", `"orders"."order_events_v2"`],
    ["an older version of it", "ref('orders', 'order_events', v=1)", `"orders"."order_events_v1"`],
    ["version= is v=", "ref('orders', 'order_events', version='1')", `"orders"."order_events_v1"`],
    ["builtins.ref", "builtins.ref('shared')", `"shop_private"."shared"`],
  ])("%s", (_, ref, relation) => {
    expect(refOf(ref)).toMatchObject({ sql: relation, found: [] });
  });

  it("inside a product its own model comes first", () => {
    expect(refOf("ref('daily')", "models/kpis/report.sql")).toMatchObject({ sql: `"shop_private"."daily"`, found: [] });
  });

  it("says who asks", () => {
    const asked: PortQuery[] = [];
    const spy: ResolvePort = (query) => {
      asked.push(query);
      return resolvePort(query);
    };
    memoryProject(
      { "models/reports/a.sql": "{{ ref('orders', 'order_events', v=2) }}" },
      { productOf, resolvePort: spy },
    );
    expect(asked).toEqual([{ domain: "orders", port: "order_events", version: "2", from: "shop.reports" }]);
  });

  it("keeps ports, models and places as dependencies", () => {
    const { node } = refOf("ref('orders', 'order_events')");
    expect(node.dependencies).toEqual([
      {
        kind: "port",
        domain: "orders",
        port: "order_events",
        product: "orders.order-events",
        version: "2",
        relation: { schema: "orders", name: "order_events_v2" },
        place: { file: "models/reports/weekly.sql", line: 1, column: 18, endLine: 1, endColumn: 47 },
      },
    ]);
  });

  it.each([
    [
      "a misspelt model",
      "ref('shard')",
      'No model or seed is named "shard". Did you mean "shared"?',
      "write ref('shared')",
    ],
    [
      "a misspelt port",
      "ref('orders', 'order_event')",
      'Domain "orders" has no port "order_event". Did you mean "order_events"?',
      "write ref('orders', 'order_events')",
    ],
    [
      "a misspelt domain",
      "ref('ordrs', 'order_events')",
      'No domain or package is named "ordrs". Did you mean "orders"?',
      "write ref('orders', 'order_events')",
    ],
    [
      "a version that is not there",
      "ref('orders', 'order_events', v=7)",
      '"orders.order_events" has no version 7. There is 2.',
      "write ref('orders', 'order_events', v=2)",
    ],
    [
      "a private model",
      "ref('kpi_steps')",
      '"kpi_steps" is private to shop.kpis; shop.reports may read its ports only.',
      "read a port in its place: ref('daily')",
    ],
  ])("%s", (_, ref, message, help) => {
    const { found } = refOf(ref);
    expect(found.map((d) => [d.message, d.help])).toEqual([[message, help]]);
    const named = ref.slice(ref.lastIndexOf("'", ref.lastIndexOf("'") - 1), ref.lastIndexOf("'") + 1);
    const column = 18 + ref.lastIndexOf(named);
    expect(found[0]!.span).toMatchObject({ line: 1, column, endColumn: column + named.length });
  });

  it("a misspelt name comes with an edit that mends it", () => {
    const [found] = refOf("ref('shard')").found;
    expect(found!.fixes).toEqual([
      {
        title: 'replace "shard" with "shared"',
        safe: true,
        edits: [{ line: 1, column: 22, endLine: 1, endColumn: 29, text: "'shared'" }],
      },
    ]);
  });

  it("sees refs in both branches of is_incremental, and in macros", () => {
    const project = memoryProject({
      "macros/m.sql": "{% macro last(name) %}(select max(n) from {{ ref(name) }}){% endmacro %}",
      "models/a.sql": "select 1 as n",
      "models/b.sql": "select 1 as n",
      "models/c.sql":
        "{{ config(materialized='incremental') }}select * from {{ ref('a') }} {% if is_incremental() %} where n > {{ last('b') }}{% endif %}",
      "models/d.sql": "select 1 as n {% if false %}{{ ref('nix') }}{% endif %}",
    });
    expect(project.diagnostics).toEqual([]);
    expect(project.parents("model.shop.c")).toEqual(["model.shop.a", "model.shop.b"]);
    expect(project.children("model.shop.a")).toEqual(["model.shop.c"]);
  });

  it("a loop over names gets the place of the call", () => {
    const project = memoryProject({ "models/a.sql": "{% for m in ['xx', 'yy'] %}\n{{ ref(m) }}\n{% endfor %}" });
    expect(project.diagnostics.map((d) => [d.message, d.span?.line, d.span?.column])).toEqual([
      ['No model or seed is named "xx".', 2, 8],
      ['No model or seed is named "yy".', 2, 8],
    ]);
  });
});

describe("rings", () => {
  it("are shown whole, each edge with its place, and the likeliest cut", () => {
    const project = memoryProject({
      "models/stg_orders.sql": "select *\nfrom {{ ref('fct_orders') }}",
      "models/int_orders.sql": "select * from {{ ref('stg_orders') }}",
      "models/fct_orders.sql": "select * from {{ ref('int_orders') }}",
      "models/self.sql": "select * from {{ ref('self') }}",
      "models/fine.sql": "select 1",
    });
    const [ring, self] = project.diagnostics;
    expect(ring!.message).toBe(
      "These models read each other in a ring: fct_orders -> int_orders -> stg_orders -> fct_orders.",
    );
    expect([ring!.span, ...ring!.related!.map((r) => r.span)].map((s) => `${s!.file}:${s!.line}:${s!.column}`)).toEqual(
      ["models/fct_orders.sql:1:18", "models/int_orders.sql:1:18", "models/stg_orders.sql:2:9"],
    );
    expect(ring!.help).toBe(
      "the likeliest to take out: stg_orders reads fct_orders, which usually comes after it (models/stg_orders.sql:2:9)",
    );
    expect(self!.message).toBe('"self" reads itself.');
    const errors = [...project.nodes.values()]
      .filter((n) => project.compile(n).diagnostics.length > 0)
      .map((n) => n.name);
    expect(errors).toEqual(["fct_orders", "int_orders", "self", "stg_orders"]);
  });
});
