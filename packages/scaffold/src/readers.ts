import { contractOf } from "./generated-files.ts";
import { snake } from "./names.ts";
import type { ProductEntry, WorkspaceView } from "./view.ts";

/**
 * Who reads a product: by inputs and lineage of contracts and by `ref` in SQL. A text that does not mention the
 * product is not parsed.
 */
export function readersOf(view: WorkspaceView, product: ProductEntry, products: readonly ProductEntry[]): string[] {
  const words = [product.product, snake(product.product)];
  const found: string[] = [];
  for (const other of products) {
    if (other.name === product.name) continue;
    const text = view.read(other.contractFile) ?? "";
    if (words.some((w) => text.includes(w)) && named(view, other, product)) found.push(other.name);
    else if (sqlMentions(view, `${other.directory}/models`, product, other.domain === product.domain, 0))
      found.push(other.name);
  }
  return found.sort();
}

function named(view: WorkspaceView, reader: ProductEntry, product: ProductEntry): boolean {
  const read = contractOf(view, reader);
  if (!("contract" in read)) return false;
  const { inputs, lineage } = read.contract;
  return [...inputs.map((i) => i.from), ...lineage.upstream].some(
    (u) => u.domain === product.domain && u.product === product.product,
  );
}

function sqlMentions(
  view: WorkspaceView,
  folder: string,
  product: ProductEntry,
  sameDomain: boolean,
  depth: number,
): boolean {
  const port = snake(product.product);
  return view.list(folder).some((name) => {
    const path = `${folder}/${name}`;
    if (!name.endsWith(".sql"))
      return depth < 6 && !name.includes(".") && sqlMentions(view, path, product, sameDomain, depth + 1);
    const refs = (view.read(path) ?? "").matchAll(/\bref\s*\(\s*(["'])([^"']+)\1\s*(?:,\s*(["'])([^"']+)\3)?/g);
    return [...refs].some(([, , first, , second]) =>
      second === undefined ? sameDomain && first === port : first === snake(product.domain) && second === port,
    );
  });
}
