import { majorsNamed, readContract } from "@meshwork/contract";
import type { Path } from "@meshwork/diagnostics";
import { snake } from "./names.ts";
import type { ProductEntry, WorkspaceView } from "./view.ts";

export interface Pinned {
  /** Contracts with the old major written in, by file. */
  readonly texts: ReadonlyMap<string, string>;
  /** Products that read the old major by name, those of `texts` included. */
  readonly readers: readonly ProductEntry[];
  /** Readers whose contract could not be edited, or names the product nowhere. */
  readonly left: readonly string[];
}

/** Writes `@1` into every contract that names the product without a version; those that name one stay as they are. */
export function pinReaders(
  view: WorkspaceView,
  product: ProductEntry,
  all: readonly ProductEntry[],
  major: number,
): Pinned {
  const texts = new Map<string, string>();
  const readers: ProductEntry[] = [];
  const left: string[] = [];
  const words = [product.product, snake(product.product)];
  for (const reader of all) {
    if (reader.domain === product.domain && reader.product === product.product) continue;
    const text = view.read(reader.contractFile) ?? "";
    if (!words.some((word) => text.includes(word))) continue;
    const read = readContract({ file: reader.contractFile, text }, { domain: reader.domain, product: reader.product });
    const contract = read.value;
    if (contract === undefined) continue;
    const named: { text: string; path: Path }[] = [
      ...contract.inputs.map((i) => ({ ...i.from, path: [...i.at, "from"] as Path })),
      ...contract.lineage.upstream.map((u, i) => ({ ...u, path: ["spec", "lineage", "upstream", i] as Path })),
    ].filter((u) => u.domain === product.domain && u.product === product.product);
    if (named.length === 0) continue;
    readers.push(reader);
    if (majorsNamed(contract, product).length > 0) continue;
    const edited = withMajors(text, reader.contractFile, named, read.source, major);
    if (edited === undefined) left.push(reader.name);
    else texts.set(reader.contractFile, edited);
  }
  return { texts, readers, left };
}

/** The text with the major behind each reference. Nothing where one of them does not stand at its place as it reads. */
function withMajors(
  text: string,
  file: string,
  named: readonly { readonly text: string; readonly path: Path }[],
  source: ReturnType<typeof readContract>["source"],
  major: number,
): string | undefined {
  const lines = text.split("\n");
  const places = named.map(({ text: reference, path }) => ({ reference, span: source.spanOf(path) }));
  // From the end to the beginning, so that columns stay right.
  places.sort((a, b) => (b.span?.line ?? 0) - (a.span?.line ?? 0) || (b.span?.column ?? 0) - (a.span?.column ?? 0));
  for (const { reference, span } of places) {
    const line = span?.file === file && span.line === span.endLine ? lines[span.line - 1] : undefined;
    if (span === undefined || line === undefined) return undefined;
    const [from, to] = [span.column - 1, span.endColumn - 1];
    const value = line.slice(from, to);
    if (!value.includes(reference)) return undefined;
    lines[span.line - 1] = line.slice(0, from) + value.replace(reference, `${reference}@${major}`) + line.slice(to);
  }
  return lines.join("\n");
}
