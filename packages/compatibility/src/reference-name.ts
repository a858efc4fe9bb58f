import type { UpstreamReference } from "@meshwork/contract";

/** A reference in one spelling, whatever joined its words: `content.page-catalog.pages@1`. */
export function referenceName({ domain, product, port, major }: UpstreamReference): string {
  return `${domain}.${product}${port === undefined ? "" : `.${port}`}${major === undefined ? "" : `@${major}`}`;
}
