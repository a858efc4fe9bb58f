import type { CatalogReader, LineageGraph, Product, ProductSummary, QualityReport, Verdict } from "@meshwork/catalog-api";

export const now = new Date("2026-11-21T03:12:00.000Z");

/** A catalog in memory, of the products given; what is not said has sober values. */
export interface Sample {
  readonly domain: string;
  readonly product: string;
  readonly text?: string | undefined;
  readonly columns?: readonly string[] | undefined;
  readonly verdict?: Verdict | undefined;
  readonly builtAt?: string | undefined;
}

const summaryOf = ({ domain, product, text, columns = [], verdict = "not-run" }: Sample): ProductSummary => ({
  id: `${domain}.${product}`,
  domain,
  product,
  name: `${domain}.${product}`,
  title: text,
  description: text,
  status: "active",
  version: "1.2.0",
  owner: text ?? "team@acme.example",
  tags: text === undefined ? [] : [text],
  columns: columns.length,
  quality: { verdict, checkedAt: verdict === "not-run" ? undefined : "2026-11-21T03:00:00.000Z", passed: verdict === "passing" ? 1 : 0, failed: 0, notRun: verdict === "passing" ? 0 : 1, total: 1 },
  publishedAt: "2026-11-21T02:00:00.000Z",
});

function productOf(sample: Sample): Product {
  const { domain, product, text, columns = ["order_id"], builtAt } = sample;
  const port = product.replaceAll("-", "_");
  const name = `${domain}.${product}`;
  return {
    summary: summaryOf(sample),
    record: {
      id: name,
      domain,
      product,
      name,
      writtenName: name,
      version: "1.2.0",
      dialect: "datamesh.io/v1",
      status: "active",
      title: text,
      description: text,
      useCases: text === undefined ? [] : [text],
      limitations: text,
      tags: text === undefined ? [] : [text],
      documentationUrl: text === undefined ? undefined : "javascript:alert(1)",
      previousVersions: ["1.0.0"],
      owner: text ?? "team@acme.example",
      ownership: [{ role: "Steward", value: text ?? "steward@acme.example" }],
      channel: text ?? "#orders",
      sla: { freshness: { text: "15m", seconds: 900 } },
      ports: [
        {
          name: port,
          default: true,
          relation: `${domain}.${port}_v1`,
          columns: columns.map((column) => ({ name: column, type: "string", nullable: false, primaryKey: false, description: text, tags: [], pii: true, masking: "hash", constraints: text === undefined ? [] : [text] })),
          checks: [],
          sla: {},
        },
      ],
      inputs: [],
      upstream: [],
      declaredDownstream: [{ name: "billing.totals", text: "billing.totals" }],
      access: { roles: [], policies: [], purposes: [], rowFilter: text },
    },
    revision: { version: "1.2.0", revision: 1, status: "active", publishedAt: "2026-11-21T02:00:00.000Z", contentHash: "0".repeat(64), changedPromises: false, current: true },
    contract: { text: text ?? "kind: DataProduct", file: "domains/x/data-product-contract.yaml", contentHash: "0".repeat(64) },
    observed: builtAt === undefined ? [] : [{ port, relation: `${domain}.${port}_v1`, location: "/lake/it's/current", rows: 1204, builtAt }],
    compliance: [],
    consumers: [],
    typescript: { module: `@acme/${domain}/${product}`, type: "Row" },
  };
}

const qualityOf = (sample: Sample): QualityReport => ({
  name: `${sample.domain}.${sample.product}`,
  version: "1.2.0",
  summary: summaryOf(sample).quality,
  checks: [
    {
      port: sample.product,
      check: sample.text ?? "not_null.order_id",
      assertion: "not_null",
      severity: "error",
      expectation: "never null",
      promised: true,
      status: sample.verdict === "passing" ? "passed" : undefined,
      runs: sample.verdict === "passing" ? [{ runId: "r", at: "2026-11-21T03:00:00.000Z", status: "passed" }] : [],
    },
  ],
});

export function sampleReader(samples: readonly Sample[]): CatalogReader {
  const find = (domain: string, product: string) => samples.find((s) => s.domain === domain && s.product === product);
  const known = <T>(domain: string, product: string, make: (sample: Sample) => T) => {
    const sample = find(domain, product);
    return Promise.resolve(sample === undefined ? undefined : make(sample));
  };
  const names = samples.map((s) => `${s.domain}.${s.product}`);
  return {
    domains: () =>
      Promise.resolve(
        [...new Set(samples.map((s) => s.domain))].map((name) => {
          const mine = samples.filter((s) => s.domain === name);
          return { name, products: mine.length, owners: [], verdicts: { [mine[0]?.verdict ?? "not-run"]: mine.length } };
        }),
      ),
    products: ({ domain, offset = 0, limit = 50 } = {}) => {
      const all = samples.filter((s) => domain === undefined || s.domain === domain);
      return Promise.resolve({ items: all.slice(offset, offset + limit).map(summaryOf), total: all.length, offset, limit });
    },
    product: (domain, product, version) => known(domain, product, productOf).then((p) => (version === undefined || version === "1.2.0" ? p : undefined)),
    versions: (domain, product) => known(domain, product, (s) => [productOf(s).revision]),
    schema: () => Promise.resolve(undefined),
    quality: (domain, product) => known(domain, product, qualityOf),
    lineage: (domain, product) =>
      known(
        domain,
        product,
        (): LineageGraph => ({
          root: `${domain}.${product}`,
          depth: 1,
          nodes: [
            { name: "raw.kafka.clicks", kind: "external", distance: -1 },
            { name: `${domain}.${product}`, kind: "product", distance: 0 },
            ...names.filter((name) => name !== `${domain}.${product}`).map((name) => ({ name, kind: "product" as const, distance: 1, verdict: "passing" as const })),
          ],
          edges: [],
          columns: [],
          truncated: false,
        }),
      ),
    metadata: () => Promise.resolve(undefined),
    search: (query, { offset = 0, limit = 50 } = {}) => {
      const hits = samples.filter((s) => query !== "" && JSON.stringify(s).includes(query));
      return Promise.resolve({
        items: hits.map((s) => ({ product: summaryOf(s), score: 1, matches: [{ kind: "column" as const, text: s.columns?.[0] ?? "", port: s.product.replaceAll("-", "_") }] })),
        total: hits.length,
        offset,
        limit,
        query,
      });
    },
  };
}
