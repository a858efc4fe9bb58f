import type { Product, SearchHit, SearchPage } from "@meshwork/catalog-api";
import { Layout, SearchForm } from "./layout.tsx";
import { Pager } from "./home-page.tsx";
import type { Links } from "./links.ts";
import { ProductEntry } from "./product-list.tsx";

const kinds: Readonly<Record<SearchHit["matches"][number]["kind"], string>> = {
  name: "name",
  column: "column",
  tag: "tag",
  owner: "owner",
  description: "text",
};
const matchesShown = 6;

/** A text with the parts marked that the query asked for. */
export const Marked = ({ text, query }: { text: string; query: string }) => {
  const words = query.split(/[\s_./-]+/).filter((word) => word !== "");
  if (words.length === 0) return <>{text}</>;
  const pattern = new RegExp(`(${words.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|")})`, "giu");
  // Split by one group: texts and matches take turns.
  return <>{text.split(pattern).map((part, at) => (at % 2 === 1 ? <mark>{part}</mark> : part))}</>;
};

/** The address of a column on its product's page. */
export const columnAnchor = (port: string, path: string): string =>
  `column-${port}-${path}`.replace(/[^\p{L}\p{N}_.-]/gu, "_");

const excerpt = (text: string, query: string): string => {
  if (text.length <= 160) return text;
  const at = text.toLowerCase().indexOf(query.toLowerCase().split(/[\s_./-]+/)[0] ?? "");
  const start = Math.max(0, at - 60);
  return `${start > 0 ? "…" : ""}${text.slice(start, start + 160)}…`;
};

const Matches = ({ hit, query, links }: { hit: SearchHit; query: string; links: Links }) => (
  <ul class="matches">
    {hit.matches.slice(0, matchesShown).map(({ kind, text, port }) => (
      <li>
        <span class="kind">{kinds[kind]}</span>{" "}
        {kind === "column" && port !== undefined ? (
          <a href={`${links.product(hit.product.domain, hit.product.product)}#${columnAnchor(port, text)}`}>
            <code>
              <Marked text={text} query={query} />
            </code>
          </a>
        ) : (
          <span>
            <Marked text={excerpt(text, query)} query={query} />
          </span>
        )}
      </li>
    ))}
  </ul>
);

export const SearchResults = ({ page, links, now }: { page: SearchPage; links: Links; now: Date }) => (
  <Layout
    title={page.query === "" ? "Search · Meshwork catalog" : `${page.query} · Meshwork catalog`}
    links={links}
    hasSearch={false}
  >
    <h1>Search</h1>
    <SearchForm links={links} query={page.query} id="page-search" />
    {page.query.trim() === "" ? (
      <p class="lead">Type a product, a column, an owner or a tag.</p>
    ) : (
      <>
        <p class="lead" role="status">
          {page.total === 0
            ? `Nothing matches “${page.query}”.`
            : `${page.total} ${page.total === 1 ? "product matches" : "products match"} “${page.query}”.`}
        </p>
        {page.total === 0 ? (
          <p>
            Fewer or shorter words find more: <code>customer</code> finds <code>customer_id</code>.
          </p>
        ) : (
          <>
            <h2 class="visually-hidden">Results</h2>
            <ul class="entries">
              {page.items.map((hit) => (
                <ProductEntry product={hit.product} links={links} now={now}>
                  <Matches hit={hit} query={page.query} links={links} />
                </ProductEntry>
              ))}
            </ul>
            <Pager
              page={page}
              link={(offset) =>
                links.list(0) === undefined ? undefined : `${links.search(page.query)}&offset=${offset}`
              }
            />
          </>
        )}
      </>
    )}
  </Layout>
);

/** An export has no server to ask: every product and column stands on the page, and the script narrows the list. */
export const ExportedSearch = ({ products, links }: { products: readonly Product[]; links: Links }) => (
  <Layout title="Search · Meshwork catalog" links={links} hasSearch={false}>
    <h1>Search</h1>
    <SearchForm links={links} id="page-search" />
    <p class="lead" role="status" data-search-status="">
      Every product and its columns, from A to Z.
    </p>
    <ul class="entries" data-search-list="">
      {products.map(({ summary, record }) => (
        <li class="entry" data-search-entry="">
          <h2 class="entry-title">
            <a href={links.product(summary.domain, summary.product)}>{summary.title ?? summary.name}</a>
          </h2>
          <p class="entry-facts">
            <code>{summary.name}</code> <span>{summary.version}</span> <span>{summary.owner ?? "no owner"}</span>{" "}
            <span>{summary.tags.join(", ")}</span>
          </p>
          {summary.description !== undefined && <p class="entry-text">{summary.description}</p>}
          <ul class="matches">
            {record.ports.flatMap((port) =>
              port.columns.map((column) => (
                <li data-search-column="">
                  <span class="kind">column</span>{" "}
                  <a href={`${links.product(summary.domain, summary.product)}#${columnAnchor(port.name, column.name)}`}>
                    <code>{column.name}</code>
                  </a>
                </li>
              )),
            )}
          </ul>
        </li>
      ))}
    </ul>
  </Layout>
);
