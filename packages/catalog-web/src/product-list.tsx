import type { ProductSummary } from "@meshwork/catalog-api";
import type { Child } from "hono/jsx";
import type { Links } from "./links.ts";
import { LifeBadge, VerdictLine } from "./verdict.tsx";

interface EntryProps {
  readonly product: ProductSummary;
  readonly links: Links;
  readonly now: Date;
  readonly children?: Child;
}

/** A product in a list: what it is, whose, and how it does. */
export const ProductEntry = ({ product, links, now, children }: EntryProps) => (
  <li class="entry">
    <div class="entry-head">
      <h3>
        <a href={links.product(product.domain, product.product)}>{product.title ?? product.name}</a>
      </h3>
      <VerdictLine quality={product.quality} now={now} />
    </div>
    <p class="entry-facts">
      <code>{product.name}</code> <span>{product.version}</span>
      {product.status !== "active" && <LifeBadge status={product.status} />}
      <span>{product.owner ?? "no owner"}</span>
    </p>
    {product.description !== undefined && <p class="entry-text">{product.description}</p>}
    {children}
  </li>
);

export const ProductList = ({
  products,
  links,
  now,
}: {
  products: readonly ProductSummary[];
  links: Links;
  now: Date;
}) => (
  <ul class="entries">
    {products.map((product) => (
      <ProductEntry product={product} links={links} now={now} />
    ))}
  </ul>
);
