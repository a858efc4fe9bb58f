import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CatalogReader, Product, ProductSummary } from "@meshwork/catalog-api";
import { assets } from "./assets.ts";
import { DomainPage, HomePage } from "./home-page.tsx";
import { exportedLinks } from "./links.ts";
import { document } from "./pages.tsx";
import { ProductPage } from "./product-page.tsx";
import { ExportedSearch } from "./search-page.tsx";

export interface Exported {
  /** Paths below the folder, in order. */
  readonly files: readonly string[];
  /** Products whose names cannot be file names: left out. */
  readonly skipped: readonly string[];
}

/** A name that is one file or folder on every system and never leads out of the export. */
const safe = /^[\p{L}\p{N}][\p{L}\p{N}_.+-]{0,199}$/u;

/**
 * Writes the whole catalog as a folder of HTML that needs no server: it opens from disk and from any web host. The
 * reader may be a store or a catalog far away; the same answers and `now` give the same bytes.
 */
export async function exportCatalog(reader: CatalogReader, dir: string, { now }: { now: Date }): Promise<Exported> {
  const { style, script } = assets();
  const files: string[] = [];
  const skipped: string[] = [];
  const write = async (path: string, text: string) => {
    const target = join(dir, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
    files.push(path);
  };
  const links = (depth: number) => exportedLinks(depth, style.name, script.name);

  await write(`assets/${style.name}`, style.text);
  await write(`assets/${script.name}`, script.text);

  const summaries = (await everyProduct(reader)).filter((summary) => {
    const isSafe = safe.test(summary.domain) && safe.test(summary.product);
    if (!isSafe) skipped.push(summary.name);
    return isSafe;
  });
  const known = new Set(summaries.map((summary) => summary.domain));
  const domains = (await reader.domains()).filter((domain) => known.has(domain.name));
  const page = (items: readonly ProductSummary[]) => ({
    items: [...items],
    total: items.length,
    offset: 0,
    limit: items.length,
  });

  await write("index.html", document(<HomePage domains={domains} page={page(summaries)} links={links(0)} now={now} />));
  for (const domain of domains) {
    const items = summaries.filter((summary) => summary.domain === domain.name);
    await write(
      `domains/${domain.name}.html`,
      document(<DomainPage domain={domain} page={page(items)} links={links(1)} now={now} />),
    );
  }

  const products: Product[] = [];
  for (const { domain, product: name } of summaries) {
    const [product, quality, lineage] = await Promise.all([
      reader.product(domain, name),
      reader.quality(domain, name),
      reader.lineage(domain, name, 1),
    ]);
    if (product === undefined) continue;
    products.push(product);
    const versions = ((await reader.versions(domain, name)) ?? []).filter((v) => safe.test(v.version));
    const at = `products/${domain}/${name}`;
    const shown = { versions, links: links(3), now };
    await write(
      `${at}/index.html`,
      document(<ProductPage product={product} quality={quality} lineage={lineage} {...shown} />),
    );
    for (const { version, current } of versions) {
      const older = current ? undefined : await reader.product(domain, name, version);
      if (older !== undefined)
        await write(
          `${at}/${version}.html`,
          document(<ProductPage product={older} quality={undefined} lineage={undefined} {...shown} />),
        );
    }
  }
  await write("search.html", document(<ExportedSearch products={products} links={links(0)} />));
  return { files: files.sort(), skipped };
}

async function everyProduct(reader: CatalogReader): Promise<ProductSummary[]> {
  const found: ProductSummary[] = [];
  for (;;) {
    const { items, total } = await reader.products({ offset: found.length, limit: 200 });
    found.push(...items);
    if (items.length === 0 || found.length >= total) return found;
  }
}
