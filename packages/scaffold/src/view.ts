/**
 * The workspace as a plan sees it: reading only, so that the same plan serves a folder on disk, Nx's tree and a test.
 * Paths are relative to the workspace, with `/`.
 */
export interface WorkspaceView {
  /** The text of a file, or nothing. */
  read(path: string): string | undefined;
  /** Names in a folder, sorted; none where there is no such folder. */
  list(path: string): readonly string[];
}

/** Where a domain lies. */
export interface DomainEntry {
  readonly name: string;
  readonly directory: string;
  readonly file: string;
}

/** Where a product lies. */
export interface ProductEntry {
  /** `<domain>.<product>`. */
  readonly name: string;
  readonly domain: string;
  readonly product: string;
  /** Of an older live version the folder below `versions/`, `v1`; of the newest nothing. */
  readonly versionFolder?: string | undefined;
  readonly directory: string;
  readonly contractFile: string;
}

const contractName = /^(data-product-contract\.ya?ml|.+\.od[cp]s\.ya?ml)$/;
const notProducts = new Set(["node_modules", "apps", "_mesh", "target", "dist", "logs", "dbt_packages", "versions"]);

export function contractFileOf(names: readonly string[]): string | undefined {
  const found = names.filter((n) => contractName.test(n)).sort();
  return found.find((n) => n.startsWith("data-product-contract.")) ?? found[0];
}

/** The domains below `domains/`, by folder names alone. */
export function domainsIn(view: WorkspaceView): DomainEntry[] {
  const found: DomainEntry[] = [];
  for (const name of view.list("domains")) {
    const directory = `domains/${name}`;
    const file = view.list(directory).find((n) => n === "domain.yaml" || n === "domain.yml");
    if (file) found.push({ name, directory, file: `${directory}/${file}` });
  }
  return found;
}

/** The products of one domain in their newest version, by folder names alone. */
export function productsOf(view: WorkspaceView, domain: DomainEntry): ProductEntry[] {
  const found: ProductEntry[] = [];
  const names = view.list(domain.directory);
  const entry = (product: string, directory: string, contract: string): ProductEntry => ({
    name: `${domain.name}.${product}`,
    domain: domain.name,
    product,
    directory,
    contractFile: `${directory}/${contract}`,
  });
  const own = contractFileOf(names);
  if (own) found.push(entry(domain.name, domain.directory, own));
  for (const name of names) {
    if (name.startsWith(".") || notProducts.has(name)) continue;
    const contract = contractFileOf(view.list(`${domain.directory}/${name}`));
    if (contract) found.push(entry(name, `${domain.directory}/${name}`, contract));
  }
  return found;
}

/** The older live versions of a product: folders below `versions/` that hold a contract. */
export function olderVersionsOf(view: WorkspaceView, product: ProductEntry): ProductEntry[] {
  return view.list(`${product.directory}/versions`).flatMap((folder): ProductEntry[] => {
    const directory = `${product.directory}/versions/${folder}`;
    const contract = folder.startsWith(".") ? undefined : contractFileOf(view.list(directory));
    if (contract === undefined) return [];
    const name = `${product.name}@${folder.replace(/^v(?=\d)/, "")}`;
    return [{ ...product, name, versionFolder: folder, directory, contractFile: `${directory}/${contract}` }];
  });
}

/** Every live version of every product of a domain, the newest of each first. */
export const versionsIn = (view: WorkspaceView, domain: DomainEntry): ProductEntry[] =>
  productsOf(view, domain).flatMap((product) => [product, ...olderVersionsOf(view, product)]);
