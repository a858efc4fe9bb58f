import type {
  DomainSummary,
  LineageGraph,
  Metadata,
  Product,
  ProductPage,
  ProductStatus,
  QualityReport,
  SchemaReport,
  SearchPage,
  VersionSummary,
} from "./record.ts";
import type { Problem, PublicationInput, PublishReceipt, RunReport } from "./report.ts";

export interface ProductFilter {
  readonly domain?: string | undefined;
  readonly status?: ProductStatus | undefined;
  readonly tag?: string | undefined;
  readonly owner?: string | undefined;
  readonly offset?: number | undefined;
  /** 1 to 200; 50 where absent. */
  readonly limit?: number | undefined;
}

export interface Paging {
  readonly offset?: number | undefined;
  readonly limit?: number | undefined;
}

/** What can be asked of a catalog. The store, the HTTP client and the static export answer alike. */
export interface CatalogReader {
  domains(): Promise<DomainSummary[]>;
  products(filter?: ProductFilter): Promise<ProductPage>;
  /** The current version where none is named; undefined where there is none. */
  product(domain: string, product: string, version?: string): Promise<Product | undefined>;
  versions(domain: string, product: string): Promise<VersionSummary[] | undefined>;
  schema(domain: string, product: string): Promise<SchemaReport | undefined>;
  quality(domain: string, product: string): Promise<QualityReport | undefined>;
  /** `depth` hops each way, 1 to 10. */
  lineage(domain: string, product: string, depth?: number): Promise<LineageGraph | undefined>;
  metadata(domain: string, product: string): Promise<Metadata | undefined>;
  search(query: string, paging?: Paging): Promise<SearchPage>;
}

/** An accepted request, or why it was refused. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: number; readonly problem: Problem };

export interface CatalogWriter {
  publish(publication: PublicationInput): Promise<Answer<PublishReceipt>>;
  report(domain: string, product: string, report: RunReport): Promise<Answer<{ run: "stored" | "unchanged" }>>;
  /** An OpenLineage 2-0-2 event, as received. */
  event(event: Record<string, unknown>): Promise<Answer<{ stored: boolean }>>;
}

export interface CatalogStore extends CatalogReader, CatalogWriter {
  close(): Promise<void>;
}
