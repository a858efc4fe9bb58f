import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { sync } from "@meshwork/workspace";

/** Columns of every product where nobody asks for more. */
const columns = 20;
const perDomain = 25;

/**
 * A mesh of `size` products in domains of 25, each a staging model and a port; two of three read a product before them,
 * over domain boundaries too. The same size gives the same files.
 */
export async function sampleMesh(
  size: number,
  options: {
    fields?: number;
    /** Each column on lines of its own, five of them, as large contracts are usually written. */
    block?: boolean;
  } = {},
): Promise<{ root: string; remove(): void }> {
  const root = mkdtempSync(join(tmpdir(), `meshwork-bench-${size}-`));
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  put(
    "mesh.yaml",
    `apiVersion: datamesh.io/v1
kind: Mesh
metadata: { name: bench }
spec:
  npm_scope: "@bench"
  default_target: dev
  targets: { dev: { engine: duckdb, path: .mesh/lake/dev } }
  policies:
    - { name: data-lineage, enforcement: required, domains: [all] }
    - { name: quality-slo, enforcement: required, domains: [all] }
`,
  );
  for (let n = 0; n < size; n++) {
    const domain = domainOf(n);
    const name = `p${n}`;
    const folder = `domains/${domain}/${name}`;
    if (n % perDomain === 0) {
      put(
        `domains/${domain}/domain.yaml`,
        `apiVersion: datamesh.io/v1\nkind: Domain\nmetadata: { name: ${domain} }\nspec: { owner: team-${domain}@bench.example }\n`,
      );
      put(
        `domains/${domain}/package.json`,
        `${JSON.stringify({ name: `@bench/${domain}`, private: true, type: "module", nx: { name: domain } }, null, 2)}\n`,
      );
    }
    const up = n % 3 === 0 || n === 0 ? undefined : n - 1 - (n % 7 === 0 ? Math.min(n - 1, 30) : 0);
    put(
      `${folder}/data-product-contract.yaml`,
      contractOf(domain, name, up, options.fields ?? columns, options.block === true),
    );
    const list = names(options.fields ?? columns);
    const from = up === undefined ? "{{ ref('stg_" + name + "') }}" : `{{ ref('${domainOf(up)}', 'p${up}') }}`;
    put(
      `${folder}/models/stg_${name}.sql`,
      `{{ config(materialized='view') }}\nselect\n  1::bigint as id,\n${list.map((c, i) => `  'v${i}' as ${c}`).join(",\n")}\n`,
    );
    put(
      `${folder}/models/${name}.sql`,
      `{{ config(materialized='table') }}\n{% set columns = [${list.map((c) => `'${c}'`).join(", ")}] %}\nselect\n  id,\n  {% for c in columns %}{{ c }}{{ "," if not loop.last }}\n  {% endfor %}\nfrom ${from}\n`,
    );
    put(
      `${folder}/models/schema.yml`,
      `version: 2\nmodels:\n  - name: ${name}\n    columns:\n      - name: id\n        data_tests: [not_null, unique]\n`,
    );
  }
  await sync({ root });
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

const domainOf = (n: number): string => `d${Math.floor(n / perDomain)}`;
const names = (n: number): string[] => Array.from({ length: n - 1 }, (_, i) => `column_${i}`);

function contractOf(domain: string, name: string, up: number | undefined, fields: number, block: boolean): string {
  return `apiVersion: datamesh.io/v1
kind: DataProduct
metadata:
  name: ${domain}.${name}
  domain: ${domain}
  version: 1.0.0
  description: Product ${name} of the sample mesh.
spec:
  owner: team-${domain}@bench.example
  sla: { availability: "99.9%", freshness: 24h }
  schema:
    fields:
      - { name: id, type: long, description: Key, constraints: { primary_key: true, null: false } }
${names(fields)
  .map((c) =>
    block
      ? `      - name: ${c}\n        type: string\n        description: A value\n        constraints:\n          max_length: 36`
      : `      - { name: ${c}, type: string, description: A value, constraints: { max_length: 36 } }`,
  )
  .join("\n")}
  quality:
    checks:
      - { name: some_rows, assertion: row_count, value: { min: 1 } }
  lineage:
    upstream: [${up === undefined ? `raw.files.${name}` : `${domainOf(up)}.p${up}`}]
`;
}
