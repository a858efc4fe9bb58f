import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Models of one folder, with one properties file. */
const perFolder = 20;

/**
 * A dbt project of `size` models with three tests each, as projects look: a quarter staging views, then layers that join
 * two models before them, loops and macros in every second model. Written so that dbt Core 1.12 and dbt 2 take it alike.
 * The same size gives the same files.
 */
export function sampleDbtProject(size: number): { root: string; copy(): string; remove(): void } {
  const made: string[] = [];
  const write = (): string => {
    const root = mkdtempSync(join(tmpdir(), `meshwork-dbt-${size}-`));
    made.push(root);
    for (const [path, text] of filesOf(size)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return root;
  };
  return { root: write(), copy: write, remove: () => made.forEach((m) => rmSync(m, { recursive: true, force: true })) };
}

function* filesOf(size: number): Generator<[string, string]> {
  yield [
    "dbt_project.yml",
    `name: bench\nversion: "1.0.0"\nprofile: bench\nmodels:\n  bench:\n    +materialized: table\n    staging:\n      +materialized: view\n`,
  ];
  yield [
    "profiles.yml",
    `bench:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: bench.duckdb, threads: 2 }\n`,
  ];
  yield [
    "macros/cents.sql",
    "{% macro euros(column, digits=2) %}round({{ column }} / 100.0, {{ digits }}){% endmacro %}\n\n" +
      "{% macro states() %}{{ return(['placed', 'shipped', 'returned']) }}{% endmacro %}\n",
  ];
  const staged = Math.max(1, Math.floor(size / 4));
  const names = Array.from({ length: size }, (_, n) => (n < staged ? `stg_${n}` : `model_${n}`));
  for (let n = 0; n < size; n++) {
    yield [`${folderOf(n, size, staged)}/${names[n]}.sql`, n < staged ? stagingModel(n) : joiningModel(n, names)];
  }
  for (const [folder, members] of byFolder(size, staged, names)) yield [`${folder}/schema.yml`, properties(members)];
}

const folderOf = (n: number, size: number, staged: number): string =>
  `models/${n < staged ? "staging" : `layer_${Math.floor((4 * n) / size)}`}/part_${Math.floor(n / perFolder)}`;

function byFolder(size: number, staged: number, names: readonly string[]): Map<string, string[]> {
  const folders = new Map<string, string[]>();
  for (let n = 0; n < size; n++) {
    const folder = folderOf(n, size, staged);
    folders.set(folder, [...(folders.get(folder) ?? []), names[n]!]);
  }
  return folders;
}

const stagingModel = (n: number): string =>
  `select\n    ${n}::bigint as id,\n    ${n % 7}::bigint as customer_id,\n    'placed' as state,\n    ${100 + n}::bigint as cents\n`;

function joiningModel(n: number, names: readonly string[]): string {
  const [a, b] = [Math.floor(n / 2), Math.floor(n / 3)];
  if (n % 2 === 0)
    return `with base as (
    select * from {{ ref('${names[a]}') }}
),
other as (
    select customer_id, sum(cents) as spent from {{ ref('${names[b]}') }} group by 1
)
select
    base.id + ${n} as id,
    base.customer_id,
    base.state,
    {{ euros('base.cents') }} as euros,
    {% for s in states() -%}
    sum(case when base.state = '{{ s }}' then base.cents else 0 end) over (partition by base.customer_id) as {{ s }}_cents,
    {% endfor -%}
    base.cents + coalesce(other.spent, 0) as cents
from base
left join other on other.customer_id = base.customer_id
`;
  return `{{ config(tags=['daily']) }}
select
    id + ${n} as id,
    customer_id,
    state,
    cents
from {{ ref('${names[a]}') }}
where cents > 0
{% if var('only_placed', false) %}and state = 'placed'{% endif %}
`;
}

const properties = (models: readonly string[]): string =>
  `version: 2\nmodels:\n${models
    .map(
      (name) => `  - name: ${name}
    description: Model ${name} of the sample.
    columns:
      - name: id
        description: The key.
        data_tests:
          - not_null
          - unique
      - name: state
        data_tests:
          - accepted_values:
              arguments: { values: [placed, shipped, returned] }
`,
    )
    .join("")}`;
