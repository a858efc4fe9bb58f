import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { WorkspaceFiles } from "./workspace-files.ts";
import { diskFiles } from "./workspace-files.ts";

/** Where a domain lies. Paths are relative to the workspace, with `/`. */
export interface DomainPlace {
  readonly name: string;
  readonly directory: string;
  readonly file: string;
}

/** Where a data product lies: the folder that holds a contract. */
export interface ProductPlace {
  /** `<domain>.<product>`: the name everywhere, from the path. An older live version is `<domain>.<product>@1`. */
  readonly name: string;
  /** `<domain>.<product>`, the same for all live versions of a product. */
  readonly base: string;
  readonly domain: string;
  readonly product: string;
  /** Of an older live version the folder below `versions/`, `v1`; of the newest nothing. */
  readonly versionFolder?: string | undefined;
  readonly directory: string;
  readonly contractFile: string;
}

export interface Places {
  /** Absolute. */
  readonly root: string;
  /** `mesh.yaml`, where there is one. */
  readonly meshFile: string | undefined;
  readonly domains: readonly DomainPlace[];
  readonly products: readonly ProductPlace[];
}

const contractName = /^(data-product-contract\.ya?ml|.+\.od[cp]s\.ya?ml)$/;
const notProducts = new Set(["node_modules", "apps", "_mesh", "target", "dist", "logs", "dbt_packages", "versions"]);

/** The contract file of a folder, or nothing. The canonical name wins over others. */
export function contractIn(names: readonly string[]): string | undefined {
  const found = names.filter((n) => contractName.test(n)).sort();
  return found.find((n) => n.startsWith("data-product-contract.")) ?? found[0];
}

/** Whether a path ends in the name of a contract. */
export const isContractFile = (file: string): boolean => contractName.test(file.slice(file.lastIndexOf("/") + 1));

/** The workspace that holds `from`: the nearest folder upwards with a `mesh.yaml`. */
export function findRoot(from: string): string | undefined {
  for (let at = resolve(from); ; at = dirname(at)) {
    if (existsSync(join(at, "mesh.yaml"))) return at;
    if (dirname(at) === at) return undefined;
  }
}

/**
 * Finds domains and products by looking at folders only: no file is parsed.
 * `patterns` are mesh.yaml's `domains`; `*` stands for one folder name.
 */
export function discover(
  root: string,
  patterns: readonly string[] = ["domains/*"],
  files: WorkspaceFiles = diskFiles(root),
): Places {
  const domains: DomainPlace[] = [];
  const products: ProductPlace[] = [];
  for (const directory of new Set(patterns.flatMap((p) => expand(files, p)))) {
    const entries = files.list(directory) ?? [];
    const names = namesIn(files, directory);
    const domain = basename(directory);
    const file = names.find((n) => n === "domain.yaml" || n === "domain.yml");
    if (!file) continue;
    domains.push({ name: domain, directory, file: `${directory}/${file}` });
    const own = contractIn(names);
    if (own) products.push(place(domain, domain, directory, own), ...olderVersions(files, domain, domain, directory));
    for (const { name, file: isFile } of entries) {
      if (isFile || name.startsWith(".") || notProducts.has(name)) continue;
      const folder = `${directory}/${name}`;
      const contract = contractIn(namesIn(files, folder));
      if (!contract) continue;
      products.push(place(domain, name, folder, contract), ...olderVersions(files, domain, name, folder));
    }
  }
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const meshFile = files.hash("mesh.yaml") === undefined ? undefined : "mesh.yaml";
  return { root, meshFile, domains: domains.sort(byName), products: products.sort(byName) };
}

function place(
  domain: string,
  product: string,
  directory: string,
  contract: string,
  versionFolder?: string,
): ProductPlace {
  const base = `${domain}.${product}`;
  const name = versionFolder === undefined ? base : `${base}@${versionFolder.replace(/^v(?=\d)/, "")}`;
  const contractFile = `${directory}/${contract}`;
  return { name, base, domain, product, directory, contractFile, ...(versionFolder ? { versionFolder } : {}) };
}

/** The older major versions that a product keeps alive: folders below `versions/` that hold a contract. */
function olderVersions(files: WorkspaceFiles, domain: string, product: string, directory: string): ProductPlace[] {
  return namesIn(files, `${directory}/versions`).flatMap((folder) => {
    const at = `${directory}/versions/${folder}`;
    const contract = folder.startsWith(".") ? undefined : contractIn(namesIn(files, at));
    return contract ? [place(domain, product, at, contract, folder)] : [];
  });
}

/** The product that a contract file makes, whether or not it is there: its folder lies in the domain's, or is that. */
export function placeOfContract(file: string, domains: readonly DomainPlace[]): ProductPlace {
  const segments = file.split("/");
  const contract = segments.pop()!;
  const directory = segments.join("/");
  if (segments.at(-2) === "versions" && segments.length > 3) {
    const { domain, product } = placeOfContract(`${segments.slice(0, -2).join("/")}/${contract}`, domains);
    return place(domain, product, directory, contract, segments.at(-1));
  }
  const own = domains.find((d) => d.directory === directory);
  if (own) return place(own.name, own.name, directory, contract);
  return place(segments.at(-2) ?? "", segments.at(-1) ?? "", directory, contract);
}

const namesIn = (files: WorkspaceFiles, folder: string): string[] => (files.list(folder) ?? []).map((e) => e.name);

function expand(files: WorkspaceFiles, pattern: string): string[] {
  let found = [""];
  for (const segment of pattern.split("/").filter((s) => s !== "" && s !== ".")) {
    if (segment === "..") return [];
    const wanted = new RegExp(
      `^${segment
        .split("*")
        .map((s) => s.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
        .join("[^/]*")}$`,
    );
    found = found.flatMap((at) => {
      const listed = (): string[] => namesIn(files, at).filter((n) => !n.startsWith("."));
      const names = segment.includes("*") ? listed() : [segment];
      return names.filter((n) => wanted.test(n)).map((n) => (at === "" ? n : `${at}/${n}`));
    });
  }
  return found.filter((at) => files.list(at) !== undefined);
}

/** Reads a file of the workspace; absent and unreadable files are `undefined`. */
export function readText(root: string, file: string): string | undefined {
  try {
    return readFileSync(join(root, file), "utf8");
  } catch {
    return undefined;
  }
}
