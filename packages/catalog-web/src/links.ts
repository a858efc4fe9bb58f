/** Where pages lead to: absolute paths on a server, relative ones in an exported folder. */
export interface Links {
  readonly home: string;
  readonly style: string;
  readonly script: string;
  /** Where the search form goes, with `q`. */
  readonly searchForm: string;
  search(query: string): string;
  domain(domain: string): string;
  product(domain: string, product: string): string;
  version(domain: string, product: string, version: string): string;
  /** The JSON behind a page; nothing in an export. */
  json(path: string): string | undefined;
  /** Page `offset` of the list of products; nothing in an export, which has them all on one. */
  list(offset: number): string | undefined;
}

const segment = encodeURIComponent;

export const liveLinks = (style: string, script: string): Links => ({
  home: "/",
  style: `/assets/${style}`,
  script: `/assets/${script}`,
  searchForm: "/search",
  search: (query) => `/search?q=${segment(query)}`,
  domain: (domain) => `/domains/${segment(domain)}`,
  product: (domain, product) => `/products/${segment(domain)}/${segment(product)}`,
  version: (domain, product, version) =>
    `/products/${segment(domain)}/${segment(product)}/versions/${segment(version)}`,
  json: (path) => path,
  list: (offset) => (offset === 0 ? "/" : `/?offset=${offset}`),
});

/** Links of an exported page that lies `depth` folders below the export's root; they work from file:// too. */
export function exportedLinks(depth: number, style: string, script: string): Links {
  const root = depth === 0 ? "./" : "../".repeat(depth);
  return {
    home: `${root}index.html`,
    style: `${root}assets/${style}`,
    script: `${root}assets/${script}`,
    searchForm: `${root}search.html`,
    search: (query) => `${root}search.html?q=${segment(query)}`,
    domain: (domain) => `${root}domains/${segment(domain)}.html`,
    product: (domain, product) => `${root}products/${segment(domain)}/${segment(product)}/index.html`,
    version: (domain, product, version) =>
      `${root}products/${segment(domain)}/${segment(product)}/${segment(version)}.html`,
    json: () => undefined,
    list: () => undefined,
  };
}
