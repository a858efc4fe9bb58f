import type { DomainSummary, ProductPage, Verdict } from "@meshwork/catalog-api";
import { Layout, SearchForm } from "./layout.tsx";
import type { Links } from "./links.ts";
import { ProductList } from "./product-list.tsx";
import { VerdictBadge } from "./verdict.tsx";

interface HomeProps {
  readonly domains: readonly DomainSummary[];
  readonly page: ProductPage;
  readonly links: Links;
  readonly now: Date;
}

const order: readonly Verdict[] = ["failing", "error", "warning", "partial", "stale", "not-run", "passing"];

export const VerdictCounts = ({ verdicts }: { verdicts: DomainSummary["verdicts"] }) => (
  <ul class="counts">
    {order.map((verdict) => {
      const count = verdicts[verdict] ?? 0;
      return count === 0 ? null : (
        <li>
          <strong>{count}</strong> <VerdictBadge verdict={verdict} />
        </li>
      );
    })}
  </ul>
);

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

export const HomePage = ({ domains, page, links, now }: HomeProps) => (
  <Layout title="Meshwork catalog" links={links} hasSearch={false}>
    <div class="hero">
      <h1>Find data you can rely on</h1>
      <p class="lead">
        {page.total === 0
          ? "Nothing is published yet."
          : `${counted(page.total, "data product")} in ${counted(domains.length, "domain")}.`}
      </p>
      <SearchForm links={links} id="home-search" />
    </div>
    {page.total === 0 ? (
      <p>
        Publish a product with <code>mesh publish</code>, and it appears here.
      </p>
    ) : (
      <>
        <section aria-labelledby="domains">
          <h2 id="domains">Domains</h2>
          <ul class="cards">
            {domains.map((domain) => (
              <li class="card">
                <h3>
                  <a href={links.domain(domain.name)}>{domain.name}</a>
                </h3>
                <p class="muted">{counted(domain.products, "product")}</p>
                <VerdictCounts verdicts={domain.verdicts} />
              </li>
            ))}
          </ul>
        </section>
        <section aria-labelledby="products">
          <h2 id="products">Products</h2>
          <ProductList products={page.items} links={links} now={now} />
          <Pager page={page} link={links.list} />
        </section>
      </>
    )}
  </Layout>
);

interface PagerProps {
  readonly page: {
    readonly total: number;
    readonly offset: number;
    readonly limit: number;
    readonly items: readonly unknown[];
  };
  readonly link: (offset: number) => string | undefined;
}

export const Pager = ({ page, link }: PagerProps) => {
  const { total, offset, limit, items } = page;
  const previous = offset > 0 ? link(Math.max(0, offset - limit)) : undefined;
  const next = offset + items.length < total ? link(offset + limit) : undefined;
  if (previous === undefined && next === undefined) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {previous !== undefined && (
        <a rel="prev" href={previous}>
          Previous
        </a>
      )}
      <span>
        {offset + 1} to {offset + items.length} of {total}
      </span>
      {next !== undefined && (
        <a rel="next" href={next}>
          Next
        </a>
      )}
    </nav>
  );
};

export const DomainPage = ({
  domain,
  page,
  links,
  now,
}: {
  domain: DomainSummary;
  page: ProductPage;
  links: Links;
  now: Date;
}) => (
  <Layout title={`${domain.name} · Meshwork catalog`} links={links}>
    <p class="crumbs">
      <a href={links.home}>Catalog</a> <span aria-hidden="true">/</span> <span>{domain.name}</span>
    </p>
    <h1>{domain.name}</h1>
    <p class="lead">
      {counted(domain.products, "data product")}
      {domain.owners.length > 0 && ` by ${domain.owners.join(", ")}`}
    </p>
    <VerdictCounts verdicts={domain.verdicts} />
    <section aria-labelledby="products">
      <h2 id="products">Products</h2>
      <ProductList products={page.items} links={links} now={now} />
    </section>
  </Layout>
);

export const MessagePage = ({ title, text, links }: { title: string; text: string; links: Links }) => (
  <Layout title={`${title} · Meshwork catalog`} links={links}>
    <h1>{title}</h1>
    <p class="lead">{text}</p>
    <p>
      <a href={links.home}>All domains and products</a>
    </p>
  </Layout>
);
