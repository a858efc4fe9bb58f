import { readFileSync } from "node:fs";
import type { Diagnostic } from "@meshwork/diagnostics";
import { describe, expect, it } from "vitest";
import { runNodes } from "./index.ts";
import { memoryProject, onDuckdb } from "./testdata/memory-project.ts";

/** The project that both dbts were given the same thirteen mistakes in. */
const base: Readonly<Record<string, string>> = {
  "models/customers.sql": "select 1 as customer_id\n",
  "models/orders.sql": "select 1 as order_id, 1 as customer_id, 10 as amount\n",
  "models/schema.yml":
    "version: 2\nmodels:\n  - name: customers\n    columns:\n      - name: customer_id\n        data_tests: [not_null]\n",
};

const mistakes: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  [
    "missing ref, twice",
    {
      "models/rev.sql": "select *\nfrom {{ ref('ordrs') }} o\njoin {{ ref('custmers') }} c using (customer_id)\n",
    },
  ],
  [
    "cycle of three models",
    {
      "models/stg_a.sql": "select * from {{ ref('fct_b') }}\n",
      "models/fct_b.sql": "select * from {{ ref('int_c') }}\n",
      "models/int_c.sql": "select * from {{ ref('stg_a') }}\n",
    },
  ],
  ["bad YAML", { "models/schema.yml": base["models/schema.yml"]!.replace("        data_tests", "       data_tests") }],
  ["misspelt YAML key", { "models/schema.yml": base["models/schema.yml"]!.replace("columns", "colums") }],
  [
    "unclosed if",
    {
      "models/rev.sql":
        "select\n    order_id,\n    {% if target.name == 'dev' %}\n    amount\nfrom {{ ref('orders') }}\n",
    },
  ],
  [
    "undefined macro, inside another",
    {
      "macros/money.sql":
        "{% macro cents_to_dollars(c) %}{{ c }} / 100{% endmacro %}\n{% macro usd(c) %}{{ cents_to_dollar(c) }}{% endmacro %}\n",
      "models/rev.sql": "select\n    order_id,\n    {{ usd('amount') }} as usd\nfrom {{ ref('orders') }}\n",
    },
  ],
  [
    "SQL: misspelt column",
    { "models/rev.sql": "select\n    order_id,\n    amnt * 2 as twice\nfrom {{ ref('orders') }}\n" },
  ],
  ["SQL: syntax", { "models/rev.sql": "select\n    order_id,\n    amount\nform {{ ref('orders') }}\n" }],
  [
    "contract: column type",
    {
      "models/rev.sql": "select order_id, 'x' as amount from {{ ref('orders') }}\n",
      "models/rev.yml":
        "models:\n  - name: rev\n    config: {materialized: table, contract: {enforced: true}}\n    columns:\n      - {name: order_id, data_type: integer}\n      - {name: amount, data_type: 'decimal(10,2)'}\n",
    },
  ],
  ["duplicate model name", { "models/stg/orders.sql": "select 2 as order_id\n" }],
  ["failing generic test", { "models/customers.sql": "select 1 as customer_id union all select null\n" }],
  [
    "missing source",
    {
      "models/sources.yml": "sources: [{name: raw, tables: [{name: payment}]}]\n",
      "models/rev.sql": "select * from {{ source('raw', 'payments') }}\n",
    },
  ],
  ["missing variable", { "models/rev.sql": "select '{{ var('start_date') }}' as d\n" }],
];

const place = (d: Pick<Diagnostic, "span">): string => `${d.span?.file}:${d.span?.line}:${d.span?.column}`;

function printed(found: readonly Diagnostic[]): string {
  return found
    .map((d) =>
      [
        `${place(d)}: ${d.severity}: ${d.message} [${d.code}]`,
        ...(d.details ?? []).map((line) => `    ${line}`),
        ...(d.related ?? []).map((r) => `    ${place(r)} ${r.message}`),
        ...(d.help === undefined ? [] : [`    help: ${d.help.length > 100 ? `${d.help.slice(0, 100)}…` : d.help}`]),
      ].join("\n"),
    )
    .join("\n");
}

/** What loading finds; where it finds nothing, what a build finds. */
async function answerTo(files: Readonly<Record<string, string>>): Promise<string> {
  const project = memoryProject({ ...base, ...files });
  if (project.diagnostics.some((d) => d.severity === "error")) return printed(project.diagnostics);
  return onDuckdb(async (session) => {
    const nodes = project.order(project.nodes.values());
    const outcome = await runNodes(project, session, { nodes, now: () => new Date(0) });
    return printed(outcome.results.flatMap((r) => r.diagnostics));
  });
}

describe("the thirteen mistakes", () => {
  it("there are thirteen", () => expect(mistakes).toHaveLength(13));

  it("are answered as the page on errors shows", async () => {
    const parts: string[] = [];
    for (const [name, files] of mistakes) parts.push(`# ${name}\n${await answerTo(files)}\n`);
    await expect(parts.join("\n")).toMatchFileSnapshot("./testdata/mistakes.txt");
  });

  it("the page on errors shows them as they are", () => {
    const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
    const page = read("../../../docs/dbt-errors.md");
    for (const part of read("./testdata/mistakes.txt")
      .split(/^# .*\n/m)
      .slice(1))
      expect(page).toContain(part.trim());
  });

  it("each names a line and a column of the author's file, and nothing of a stack", () => {
    const text = readFileSync(new URL("./testdata/mistakes.txt", import.meta.url), "utf8");
    for (const part of text.split(/^# /m).slice(1))
      expect(part).toMatch(/^(?:models|macros)\/[\w/.]+:\d+:\d+: error: /m);
    expect(text).not.toMatch(/\bat .*\.(?:ts|js):\d|undefined:|> in macro/);
  });
});
