import type { Contract, OutputPort } from "@meshwork/contract";
import { snakeName } from "@meshwork/contract";
import { isMap, isScalar, isSeq, parseDocument } from "yaml";
import { filesBelow, resourceFolders } from "./product-resources.ts";
import type { ProductEntry, WorkspaceView } from "./view.ts";

/** A product's SQL, seeds and tests under the names of one major version; paths are below the product's folder. */
export interface VersionCopy {
  readonly files: readonly { readonly path: string; readonly content: string }[];
  /** New names of models, seeds and snapshots, by their old ones. */
  readonly names: ReadonlyMap<string, string>;
  readonly snapshots: readonly string[];
}

const resource = /^(.*\/)?([^/]+)\.(sql|csv)$/;

/**
 * The names that resources of a product get in a major version. dbt's names are unique in a domain, so the older
 * version's bear its number: the model of a port `<port>_v1`, which is what builds a port of that version, every other
 * one its name and `_v1`.
 */
export function versionNames(
  view: WorkspaceView,
  product: ProductEntry,
  contract: Contract,
  major: number,
): Map<string, string> {
  const found = resourceFolders.flatMap((kind) =>
    filesBelow(view, `${product.directory}/${kind}`).flatMap((file) => resource.exec(file)?.[2] ?? []),
  );
  const port = (stem: string): OutputPort | undefined =>
    contract.ports.find((p) => p.name === stem || (p.default && snakeName(contract.name.split(".").at(-1)!) === stem));
  const suffix = `_v${major}`;
  return new Map(
    found.flatMap((stem): [string, string][] =>
      stem.endsWith(suffix) ? [] : [[stem, `${port(stem)?.name ?? stem}${suffix}`]],
    ),
  );
}

/** Names that bear the old number already stay with the old version; the newest's then bear the new one. */
export const renumbered = (view: WorkspaceView, product: ProductEntry, from: number, to: number): Map<string, string> =>
  new Map(
    resourceFolders
      .flatMap((kind) => filesBelow(view, `${product.directory}/${kind}`))
      .flatMap((file): [string, string][] => {
        const stem = resource.exec(file)?.[2];
        return stem?.endsWith(`_v${from}`) ? [[stem, `${stem.slice(0, -`_v${from}`.length)}_v${to}`]] : [];
      }),
  );

/** Every file that dbt reads of a product, renamed, with its refs and properties renamed too. */
export function renamedCopy(
  view: WorkspaceView,
  product: ProductEntry,
  names: ReadonlyMap<string, string>,
  suffix: string,
): VersionCopy {
  const files: { path: string; content: string }[] = [];
  const snapshots: string[] = [];
  const project = snakeName(product.domain);
  for (const kind of [...resourceFolders, "tests"] as const) {
    for (const file of filesBelow(view, `${product.directory}/${kind}`)) {
      // Generic tests are macros, and macros are everybody's in a domain: a second one of a name would be an error.
      if (kind === "tests" && file.startsWith("generic/")) continue;
      const text = view.read(`${product.directory}/${kind}/${file}`)!;
      const [, folder = "", stem = "", extension] = resource.exec(file) ?? [];
      if (extension === "csv") files.push({ path: `${kind}/${folder}${names.get(stem) ?? stem}.csv`, content: text });
      else if (extension === "sql") {
        const renamed = kind === "tests" ? `${stem}${suffix}` : (names.get(stem) ?? stem);
        if (kind === "snapshots") snapshots.push(stem);
        files.push({ path: `${kind}/${folder}${renamed}.sql`, content: renamedSql(text, names, project, suffix) });
      } else if (/\.ya?ml$/.test(file)) {
        const content = renamedProperties(renamedRefs(text, names, project), names, suffix);
        if (content !== undefined) files.push({ path: `${kind}/${file}`, content });
      }
    }
  }
  return { files, names, snapshots };
}

/** `ref('stg_parcels')`, and with the own project's name before it. A ref with `v=` names a port, and stays. */
const renamedRefs = (text: string, names: ReadonlyMap<string, string>, project: string): string =>
  text.replace(
    /(\bref\s*\(\s*(?:(["'])(\w+)\2\s*,\s*)?)(["'])(\w+)\4(?=\s*\))/g,
    (whole, before: string, _, of: string | undefined, quote: string, name: string) => {
      const other = of === undefined || of === project ? names.get(name) : undefined;
      return other === undefined ? whole : `${before}${quote}${other}${quote}`;
    },
  );

function renamedSql(text: string, names: ReadonlyMap<string, string>, project: string, suffix: string): string {
  return renamedRefs(text, names, project)
    .replace(/(\{%-?\s*snapshot\s+)(\w+)/g, (_, before: string, name: string) => before + (names.get(name) ?? name))
    .replace(
      /(\bconfig\s*\([^)]*?\balias\s*=\s*)(["'])(\w+)\2/g,
      (whole, before: string, quote: string, name: string) =>
        name.endsWith(suffix) ? whole : `${before}${quote}${name}${suffix}${quote}`,
    );
}

/** Sections whose entries are of the product's own resources; all others are the project's, and there already. */
const ownSections = new Set(["models", "seeds", "snapshots", "unit_tests"]);

/** A properties file with its entries renamed; nothing where it has none of the product's resources. */
function renamedProperties(text: string, names: ReadonlyMap<string, string>, suffix: string): string | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined;
  const splices: { from: number; to: number; with: string }[] = [];
  const replace = (node: unknown, next: string | undefined): void => {
    if (!isScalar(node) || !node.range || next === undefined || next === node.value) return;
    splices.push({ from: node.range[0], to: node.range[1], with: next });
  };
  let own = 0;
  const items = document.contents.items;
  for (const [i, { key, value }] of items.entries()) {
    const section = isScalar(key) ? String(key.value) : "";
    if (section === "version") continue;
    if (!ownSections.has(section)) {
      // Renamed in place, a file keeps what is not the product's own.
      if (suffix === "") continue;
      const start = isScalar(key) && key.range ? key.range[0] : undefined;
      const next = items[i + 1]?.key;
      const end = isScalar(next) && next.range ? next.range[0] : text.length;
      if (start !== undefined) splices.push({ from: start, to: end, with: "" });
      continue;
    }
    for (const entry of isSeq(value) ? value.items : []) {
      if (!isMap(entry)) continue;
      own++;
      const name = entry.get("name", true);
      const text = isScalar(name) ? String(name.value) : "";
      replace(name, section === "unit_tests" ? `${text}${suffix}` : names.get(text));
      const model = entry.get("model", true);
      if (section === "unit_tests" && isScalar(model)) replace(model, names.get(String(model.value)));
      const config = entry.get("config", true);
      const alias = isMap(config) ? config.get("alias", true) : undefined;
      if (isScalar(alias)) replace(alias, `${String(alias.value)}${suffix}`);
    }
  }
  if (own === 0) return suffix === "" ? text : undefined;
  let out = text;
  for (const s of splices.sort((a, b) => b.from - a.from)) out = out.slice(0, s.from) + s.with + out.slice(s.to);
  return out;
}
