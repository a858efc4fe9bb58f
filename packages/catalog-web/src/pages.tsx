import type { CatalogReader } from "@meshwork/catalog-api";
import type { Asset } from "./assets.ts";
import { assets } from "./assets.ts";
import { DomainPage, HomePage, MessagePage } from "./home-page.tsx";
import { liveLinks } from "./links.ts";
import { ProductPage } from "./product-page.tsx";
import { SearchResults } from "./search-page.tsx";

export interface Page {
  readonly status: 200 | 404;
  readonly html: string;
}

/** The catalog's pages: each a function of what the reader answers and of the time. */
export interface CatalogPages {
  home(offset?: number): Promise<Page>;
  search(query: string, offset?: number): Promise<Page>;
  domain(domain: string): Promise<Page>;
  product(domain: string, product: string, version?: string): Promise<Page>;
  notFound(path: string): Page;
  asset(name: string): Asset | undefined;
}

const perPage = 50;
const perDomain = 200;

/** Text for the browser. Everything in it was escaped by the renderer. */
export const document = (page: unknown): string => `<!doctype html>${String(page)}`;

const whole = (offset: number | undefined): number =>
  offset === undefined || !Number.isInteger(offset) || offset < 0 || offset > 100_000 ? 0 : offset;

/** Pages that are made when they are asked for. */
export function livePages(reader: CatalogReader, { now }: { now: () => Date }): CatalogPages {
  const { style, script } = assets();
  const links = liveLinks(style.name, script.name);
  const notFound = (path: string): Page => ({
    status: 404,
    html: document(
      <MessagePage
        title="Nothing here"
        text={`No page, product or domain is at ${path.slice(0, 200)}.`}
        links={links}
      />,
    ),
  });
  return {
    notFound,
    asset: (name) => [style, script].find((asset) => asset.name === name),

    async home(offset) {
      const [domains, page] = await Promise.all([
        reader.domains(),
        reader.products({ offset: whole(offset), limit: perPage }),
      ]);
      return { status: 200, html: document(<HomePage domains={domains} page={page} links={links} now={now()} />) };
    },

    async search(query, offset) {
      const page = await reader.search(query, { offset: whole(offset), limit: perPage });
      return { status: 200, html: document(<SearchResults page={page} links={links} now={now()} />) };
    },

    async domain(name) {
      const [domains, page] = await Promise.all([
        reader.domains(),
        reader.products({ domain: name, limit: perDomain }),
      ]);
      const domain = domains.find((d) => d.name === name);
      if (domain === undefined) return notFound(`/domains/${name}`);
      return { status: 200, html: document(<DomainPage domain={domain} page={page} links={links} now={now()} />) };
    },

    async product(domain, name, version) {
      const product = await reader.product(domain, name, version);
      if (product === undefined)
        return notFound(`/products/${domain}/${name}${version === undefined ? "" : `/versions/${version}`}`);
      const isCurrent = product.revision.current;
      const [versions, quality, lineage] = await Promise.all([
        reader.versions(domain, name),
        isCurrent ? reader.quality(domain, name) : undefined,
        isCurrent ? reader.lineage(domain, name, 1) : undefined,
      ]);
      return {
        status: 200,
        html: document(
          <ProductPage
            product={product}
            versions={versions ?? []}
            quality={quality}
            lineage={lineage}
            links={links}
            now={now()}
          />,
        ),
      };
    },
  };
}
