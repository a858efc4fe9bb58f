import { majorOf, withMajor } from "@meshwork/contract";
import { contractOf } from "./generated-files.ts";
import { snake } from "./names.ts";
import { filesBelow } from "./product-resources.ts";
import type { ProductEntry, WorkspaceView } from "./view.ts";

/**
 * Who reads a product: by inputs and lineage of contracts and by `ref` in SQL. A text that does not mention the
 * product is not parsed. Of an older version, who names its major: in the contract, or with `v=`.
 */
export function readersOf(view: WorkspaceView, product: ProductEntry, products: readonly ProductEntry[]): string[] {
  const words = [product.product, snake(product.product)];
  const major = majorAt(view, product);
  const found: string[] = [];
  for (const other of products) {
    if (other.domain === product.domain && other.product === product.product) {
      // Its other versions are no readers, unless they are built from it.
      if (other.name === product.name || product.versionFolder === undefined) continue;
    }
    const text = view.read(other.contractFile) ?? "";
    if (words.some((w) => text.includes(w)) && named(view, other, product, major)) found.push(other.name);
    else if (sqlMentions(view, other, product, major)) found.push(other.name);
  }
  return found.sort();
}

/** Of an older version its number; the newest is meant by every name without one too. */
function majorAt(view: WorkspaceView, product: ProductEntry): number | undefined {
  if (product.versionFolder === undefined) return undefined;
  const found = contractOf(view, product);
  return "contract" in found ? majorOf(found.contract.version) : Number(product.versionFolder.slice(1));
}

function named(view: WorkspaceView, reader: ProductEntry, product: ProductEntry, major: number | undefined): boolean {
  const read = contractOf(view, reader);
  if (!("contract" in read)) return false;
  const { inputs, lineage } = read.contract;
  return [...inputs.map((i) => i.from), ...lineage.upstream].some(
    (u) =>
      u.domain === product.domain &&
      u.product === product.product &&
      (major === undefined || withMajor(read.contract, u).major === major),
  );
}

function sqlMentions(
  view: WorkspaceView,
  reader: ProductEntry,
  product: ProductEntry,
  major: number | undefined,
): boolean {
  const port = snake(product.product);
  const sameDomain = reader.domain === product.domain;
  const folder = `${reader.directory}/models`;
  return filesBelow(view, folder).some((file) => {
    if (!file.endsWith(".sql")) return false;
    const refs = (view.read(`${folder}/${file}`) ?? "").matchAll(
      /\bref\s*\(\s*(["'])([^"']+)\1\s*(?:,\s*(["'])([^"']+)\3)?\s*(?:,\s*v(?:ersion)?\s*=\s*["']?v?(\d+))?/g,
    );
    return [...refs].some(([, , first, , second, version]) => {
      if (major !== undefined && Number(version) !== major) return false;
      return second === undefined ? sameDomain && first === port : first === snake(product.domain) && second === port;
    });
  });
}
