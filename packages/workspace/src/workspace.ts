import type { Contract, Domain, Mesh, OutputPort, Read } from "@meshwork/contract";
import {
  emptyMesh,
  majorOf,
  readContract,
  readDomain,
  readMesh,
  relationOf,
  withDomainDefaults,
} from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import { diagnostic, nearest } from "@meshwork/diagnostics";
import type { DomainPlace, Places, ProductPlace } from "./places.ts";
import { discover, isContractFile, placeOfContract, readText } from "./places.ts";
import type { Relation } from "@meshwork/sql";
import type { WorkspaceFiles } from "./workspace-files.ts";
import { diskFiles } from "./workspace-files.ts";

/** A data product of the workspace: where it lies and what its contract says. */
export interface Product extends ProductPlace {
  readonly read: Read<Contract>;
  /** With what its domain gives it. Absent when the file could not be read as a contract; `read.diagnostics` say why. */
  readonly contract: Contract | undefined;
  /** As its author wrote it, which is what is locked. */
  readonly authored: Contract | undefined;
}

export interface WorkspaceDomain extends DomainPlace {
  readonly read: Read<Domain>;
  readonly value: Domain | undefined;
}

/** A mesh as it lies on disk: everything that is known without running anything. */
export interface Workspace {
  /** Absolute. */
  readonly root: string;
  readonly files: WorkspaceFiles;
  readonly places: Places;
  readonly mesh: Mesh;
  readonly meshRead: Read<Mesh> | undefined;
  readonly domains: ReadonlyMap<string, WorkspaceDomain>;
  /** By name; each live version of a product is an entry of its own. */
  readonly products: ReadonlyMap<string, Product>;
  /** What reading found, of all files: mesh.yaml first. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Files as they were at another time, by path; `undefined` for those that were not there. What it lacks is as on disk. */
export type FormerTexts = ReadonlyMap<string, string | undefined>;

/**
 * Reads mesh.yaml, every domain and every contract. Never throws for what a file says.
 * `texts` stand in for contracts and domain.yaml files; contracts that are gone are there again.
 */
export function loadWorkspace(
  root: string,
  texts: FormerTexts = new Map(),
  { files = diskFiles(root), product: readOne = productOf }: WorkspaceReading = {},
): Workspace {
  const meshText = files.read("mesh.yaml");
  const meshRead = meshText === undefined ? undefined : readMesh({ file: "mesh.yaml", text: meshText });
  const mesh = meshRead?.value ?? emptyMesh();
  const places = discover(root, mesh.domains, files);
  const diagnostics: Diagnostic[] = [...(meshRead?.diagnostics ?? [])];

  const domains = new Map<string, WorkspaceDomain>();
  for (const place of places.domains) {
    const text = texts.get(place.file) ?? files.read(place.file) ?? "";
    const read = readDomain({ file: place.file, text }, { domain: place.name });
    diagnostics.push(...read.diagnostics);
    domains.set(place.name, { ...place, read, value: read.value });
  }
  const products = new Map<string, Product>();
  const there = new Set(places.products.map((p) => p.contractFile));
  const again = [...texts.keys()].filter(
    (file) => !there.has(file) && isContractFile(file) && texts.get(file) !== undefined,
  );
  for (const place of [...places.products, ...again.map((file) => placeOfContract(file, places.domains))]) {
    if (texts.has(place.contractFile) && texts.get(place.contractFile) === undefined) continue;
    const text = texts.get(place.contractFile) ?? files.read(place.contractFile) ?? "";
    const product = readOne(place, domains.get(place.domain)?.value, text);
    diagnostics.push(...product.read.diagnostics);
    products.set(place.name, product);
  }
  return { root, files, places, mesh, meshRead, domains, products, diagnostics };
}

/** Where a workspace is read from, when not simply from disk, and who makes products of contracts. */
export interface WorkspaceReading {
  readonly files?: WorkspaceFiles | undefined;
  readonly product?: ((place: ProductPlace, domain: Domain | undefined, text: string) => Product) | undefined;
}

/** Reads one product's contract from disk. */
export function readProduct(
  root: string,
  place: ProductPlace,
  domain?: Domain,
  text: string = readText(root, place.contractFile) ?? "",
): Product {
  return productOf(place, domain, text);
}

/** A product as the text of its contract says. */
export function productOf(place: ProductPlace, domain: Domain | undefined, text: string): Product {
  const found = readContract({ file: place.contractFile, text }, { domain: place.domain, product: place.product });
  const read = { ...found, diagnostics: ofVersion(place, found.diagnostics) };
  const contract = read.value && domain ? withDomainDefaults(read.value, domain) : read.value;
  return { ...place, read: { ...read, value: contract }, contract, authored: read.value };
}

/** Findings of a contract alone name the product; those of an older version are that version's. */
export const ofVersion = (place: ProductPlace, found: readonly Diagnostic[]): readonly Diagnostic[] =>
  place.versionFolder === undefined
    ? found
    : found.map((d) => (d.product === place.name ? d : diagnostic({ ...d, span: () => d.span, product: place.name })));

/** What `[products]` of a command names. */
export interface Chosen {
  readonly products: readonly Product[];
  /** Arguments that name nothing, with what they may have meant. */
  readonly unknown: readonly { readonly argument: string; readonly candidates: readonly string[] }[];
}

/** The live versions of a product by its name without a version, the newest first. */
export function liveVersions({ products }: Pick<Workspace, "products">, base: string): Product[] {
  const newest = products.get(base);
  const older = olderIn(products).get(base) ?? [];
  return [...(newest ? [newest] : []), ...[...older].sort((a, b) => majorIn(b) - majorIn(a))];
}

const olderVersions = new WeakMap<Workspace["products"], ReadonlyMap<string, readonly Product[]>>();

/** The versions below the newest, by their product's name: who asks about one product asks about thousands. */
function olderIn(products: Workspace["products"]): ReadonlyMap<string, readonly Product[]> {
  const known = olderVersions.get(products);
  if (known) return known;
  const older = new Map<string, Product[]>();
  for (const product of products.values()) {
    if (product === products.get(product.base)) continue;
    const others = older.get(product.base);
    if (others) others.push(product);
    else older.set(product.base, [product]);
  }
  olderVersions.set(products, older);
  return older;
}

/** The live version of a product with a major; the newest where none is asked for. */
export function liveVersion(
  workspace: Pick<Workspace, "products">,
  base: string,
  major: number | undefined,
): Product | undefined {
  const newest = workspace.products.get(base);
  if (major === undefined || (newest?.contract && majorIn(newest) === major)) return newest;
  const older = workspace.products.get(`${base}@${major}`);
  return older?.contract && majorIn(older) !== major ? undefined : older;
}

const majorIn = (product: Product): number => (product.contract ? majorOf(product.contract.version) : 0);

/**
 * Resolves `domain.product` (all its live versions), `domain.product@1`, a domain, or a path. `undefined` chooses
 * everything, an empty list nothing.
 */
export function chooseProducts(workspace: Workspace, wanted: readonly string[] | undefined): Chosen {
  const domains = new Set(workspace.domains.keys());
  // The newest version bears no number in its name, and may be asked for by it all the same.
  const named = wanted?.map((argument) => {
    const [, base, major] = /^(.+)@v?(\d+)$/.exec(argument.replace("/", ".")) ?? [];
    const newest = base === undefined ? undefined : workspace.products.get(base);
    return newest?.contract && majorIn(newest) === Number(major) ? newest.contractFile : argument;
  });
  const { places, unknown } = choosePlaces([...workspace.products.values()], domains, named);
  return { products: places, unknown };
}

/** The same from places alone, without reading a contract. */
export function choosePlaces<P extends ProductPlace>(
  all: readonly P[],
  domains: ReadonlySet<string>,
  wanted: readonly string[] | undefined,
): { places: readonly P[]; unknown: Chosen["unknown"] } {
  if (!wanted) return { places: all, unknown: [] };
  const chosen = new Set<P>();
  const unknown: { argument: string; candidates: string[] }[] = [];
  for (const argument of wanted) {
    const path = argument.replace(/^\.\//, "").replace(/\/+$/, "");
    const dotted = argument.includes("/") && !path.startsWith("domains/") ? argument.replace("/", ".") : argument;
    const found = all.filter(
      (p) =>
        p.name === dotted ||
        p.base === dotted ||
        p.domain === argument ||
        p.directory === path ||
        p.contractFile === path ||
        p.directory.startsWith(`${path}/`),
    );
    for (const product of found) chosen.add(product);
    if (found.length === 0 && !domains.has(argument))
      unknown.push({ argument, candidates: nearest(argument, [...all.map((p) => p.name), ...domains]) });
  }
  return { places: all.filter((p) => chosen.has(p)), unknown };
}

/** The relation of a port at its contract's major version, by the mesh's naming. */
export const portRelation = (workspace: Pick<Workspace, "mesh">, contract: Contract, port: OutputPort): Relation =>
  relationOf(contract, port, majorOf(contract.version), workspace.mesh.naming);
