import type { Child } from "hono/jsx";
import type { Links } from "./links.ts";

interface LayoutProps {
  readonly title: string;
  readonly links: Links;
  readonly query?: string | undefined;
  /** The home page has a search of its own. */
  readonly hasSearch?: boolean | undefined;
  readonly children?: Child;
}

export const SearchForm = ({ links, query, id }: { links: Links; query?: string | undefined; id: string }) => (
  <form class="search" action={links.searchForm} method="get" role="search">
    <label class="visually-hidden" for={id}>
      Search products, columns, owners
    </label>
    <input
      id={id}
      type="search"
      name="q"
      value={query ?? ""}
      placeholder="Product, column, owner or tag"
      maxlength={200}
      autocomplete="off"
    />
    <button type="submit">Search</button>
  </form>
);

/** The frame of every page: skip link, masthead, content, foot. */
export const Layout = ({ title, links, query, hasSearch = true, children }: LayoutProps) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{title}</title>
      <link rel="icon" href="data:," />
      <link rel="stylesheet" href={links.style} />
      <script src={links.script} defer></script>
    </head>
    <body>
      <a class="skip" href="#content">
        Skip to content
      </a>
      <header class="masthead">
        <div class="wide">
          <a class="wordmark" href={links.home}>
            <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" focusable="false">
              <path
                d="M5 6 12 12 19 6M5 18 12 12 19 18M5 6V18M19 6V18"
                fill="none"
                stroke="currentColor"
                stroke-width="1.6"
              />
              <circle cx="5" cy="6" r="2.4" />
              <circle cx="19" cy="6" r="2.4" />
              <circle cx="5" cy="18" r="2.4" />
              <circle cx="19" cy="18" r="2.4" />
              <circle cx="12" cy="12" r="2.4" />
            </svg>
            Meshwork catalog
          </a>
          {hasSearch && <SearchForm links={links} query={query} id="masthead-search" />}
        </div>
      </header>
      <main id="content" class="wide" tabindex={-1}>
        {children}
      </main>
      <footer class="wide foot">
        <p>
          What is not known says so; it is never shown as good.
          {links.json("/openapi.json") !== undefined && (
            <>
              {" "}
              <a href={links.json("/openapi.json")}>HTTP interface</a>
            </>
          )}
        </p>
      </footer>
    </body>
  </html>
);

/** A table that scrolls sideways on its own where the window is narrow, by keyboard too. */
export const TableRegion = ({ label, children }: { label: string; children?: Child }) => (
  <div class="table-region" role="region" aria-label={label} tabindex={0}>
    {children}
  </div>
);
