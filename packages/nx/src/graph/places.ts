import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Finding products for the graph: folder names only. Nx asks with every command, so nothing that parses contracts or
 * opens engines may be loaded on this path; `@meshwork/workspace` follows the same rules with more to tell.
 */
export interface DomainFolder {
  readonly name: string;
  /** Relative to the workspace, with `/`. */
  readonly directory: string;
  readonly file: string;
  readonly products: readonly ProductFolder[];
}

export interface ProductFolder {
  /** `<domain>.<product>`: the Nx project's name. */
  readonly name: string;
  readonly domain: string;
  readonly product: string;
  readonly directory: string;
  readonly contractFile: string;
  /** Older live versions, in folders below `versions/`: parts of the same project, named `<domain>.<product>@1`. */
  readonly versions: readonly Omit<ProductFolder, "versions">[];
}

const contractName = /^(data-product-contract\.ya?ml|.+\.od[cp]s\.ya?ml)$/;
const notProducts = new Set(["node_modules", "apps", "_mesh", "target", "dist", "logs", "dbt_packages", "versions"]);

/** The domain that a `domain.yaml` belongs to, with the products below it. */
export function domainFolder(root: string, file: string): DomainFolder {
  const directory = dirname(file).replaceAll("\\", "/");
  const name = basename(directory);
  const products: ProductFolder[] = [];
  const entries = namesIn(join(root, directory));
  const add = (product: string, at: string, contract: string | undefined): void => {
    if (contract)
      products.push({
        name: `${name}.${product}`,
        domain: name,
        product,
        directory: at,
        contractFile: `${at}/${contract}`,
        versions: versionsIn(root, { name: `${name}.${product}`, domain: name, product, directory: at }),
      });
  };
  add(name, directory, contractIn(entries));
  for (const entry of entries) {
    if (entry.startsWith(".") || notProducts.has(entry)) continue;
    add(entry, `${directory}/${entry}`, contractIn(namesIn(join(root, directory, entry))));
  }
  return { name, directory, file, products };
}

function versionsIn(
  root: string,
  product: Pick<ProductFolder, "name" | "domain" | "product" | "directory">,
): ProductFolder["versions"] {
  return namesIn(join(root, product.directory, "versions")).flatMap((folder) => {
    const directory = `${product.directory}/versions/${folder}`;
    const contract = folder.startsWith(".") ? undefined : contractIn(namesIn(join(root, directory)));
    if (contract === undefined) return [];
    const name = `${product.name}@${folder.replace(/^v(?=\d)/, "")}`;
    return [{ ...product, name, directory, contractFile: `${directory}/${contract}` }];
  });
}

function contractIn(names: readonly string[]): string | undefined {
  const found = names.filter((n) => contractName.test(n));
  return found.find((n) => n.startsWith("data-product-contract.")) ?? found[0];
}

export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

/** The text of a file, or nothing. */
export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Names as SQL and dbt write them. */
export const snake = (name: string): string => name.replaceAll("-", "_");
