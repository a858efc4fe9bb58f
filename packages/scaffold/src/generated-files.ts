import type { Contract, Mesh } from "@meshwork/contract";
import { lockText, majorOf, majorsNamed, readContract, readDomain, snakeName, withMajor } from "@meshwork/contract";
import type { DbtProduct, PortRead } from "@meshwork/formats";
import { dbtMesh, emit, typescriptZod } from "@meshwork/formats";
import { parse } from "yaml";
import type { Wanted } from "./file-plan.ts";
import { meshOf } from "./mesh-facts.ts";
import { isRecord } from "./template.ts";
import type { DomainEntry, ProductEntry, WorkspaceView } from "./view.ts";
import { domainsIn, olderVersionsOf, productsOf, versionsIn } from "./view.ts";
import { filesBelow, resourceNames } from "./product-resources.ts";
import { versionExports } from "./version-exports.ts";

export interface Generated {
  readonly files: readonly Wanted[];
  /** Products whose contract cannot be read, with the reason: their files stay as they are. */
  readonly unreadable: readonly { readonly product: ProductEntry; readonly why: string }[];
}

const managed = (path: string, content: string): Wanted => ({ path, content, ownership: "managed" });

/** A contract as it stands in the workspace, or the first thing that is wrong with it. */
export function contractOf(view: WorkspaceView, product: ProductEntry): { contract: Contract } | { why: string } {
  const text = view.read(product.contractFile);
  if (text === undefined) return { why: "the file is gone" };
  const read = readContract({ file: product.contractFile, text }, { domain: product.domain, product: product.product });
  const error = read.diagnostics.find((d) => d.severity === "error");
  if (read.value === undefined) return { why: error?.message ?? "it says nothing" };
  return { contract: read.value };
}

/** What is kept beside one contract: its normal form and its types, with relations as the mesh names them. */
export function contractFiles(product: ProductEntry, contract: Contract, naming: Mesh["naming"]): Wanted[] {
  return [
    managed(`${product.directory}/contract.lock.json`, lockText(contract, { naming })),
    ...emit(typescriptZod, contract, { naming }).files.map((f) => managed(`${product.directory}/${f.path}`, f.text)),
  ];
}

/**
 * All generated files of some domains (all where absent): lock and types beside each contract, and each domain's `_mesh`.
 * A pure function of the contracts: run twice, it gives the same bytes.
 */
export function generatedFiles(view: WorkspaceView, domains?: readonly string[]): Generated {
  const files: Wanted[] = [];
  const unreadable: { product: ProductEntry; why: string }[] = [];
  const known = domainsIn(view);
  const { naming } = meshOf(view);
  const contracts = new Map<string, readonly Contract[]>();
  const broken = new Set<string>();
  const producer: Producer = (name) => {
    const cached = contracts.get(name);
    if (cached) return cached;
    const domain = known.find((d) => d.name === name.split(".")[0]);
    const product = domain && productsOf(view, domain).find((p) => p.name === name);
    const live = (product ? [product, ...olderVersionsOf(view, product)] : []).flatMap((version) => {
      const found = contractOf(view, version);
      if ("why" in found) broken.add(name);
      return "contract" in found ? [found.contract] : [];
    });
    contracts.set(name, live);
    return live;
  };
  for (const domain of known) {
    if (domains && !domains.includes(domain.name)) continue;
    const products: DbtProduct[] = [];
    const further: PortRead[] = [];
    const versions = versionsIn(view, domain);
    let whole = true;
    for (const product of versions) {
      const found = contractOf(view, product);
      const directory =
        product.directory === domain.directory ? "" : product.directory.slice(domain.directory.length + 1);
      if ("why" in found) {
        unreadable.push({ product, why: found.why });
        whole = false;
        continue;
      }
      files.push(...contractFiles(product, found.contract, naming));
      const reads = readsOf(found.contract, product, producer);
      const several = versions.some((v) => v.versionFolder !== undefined);
      const tests = several ? filesBelow(view, `${product.directory}/tests`) : [];
      const resources = several
        ? [...resourceNames(view, product.directory), ...tests.flatMap((f) => /([^/]+)\.sql$/.exec(f)?.[1] ?? [])]
        : undefined;
      products.push({ directory, reads: reads.named, resources });
      further.push(...reads.further);
      whole &&= !upstreamNames(found.contract).some((name) => broken.has(name));
    }
    // A dbt project that dbt runs has its own sources, and is not written to.
    if (runByDbt(view, domain)) continue;
    const settings = dbtSettings(view.read(`${domain.directory}/dbt_project.yml`));
    if (settings !== undefined) files.push(managed(`${domain.directory}/_mesh/dbt-config.json`, settings));
    // A contract that cannot be read, of the domain or of what it reads, would take sources away: the last good `_mesh` stays.
    if (whole)
      files.push(
        ...dbtMesh({ name: domain.name, products, further, models: versionModels(view, versions) }).map((f) =>
          managed(`${domain.directory}/${f.path}`, f.text),
        ),
      );
    const manifest = versionExports(view, domain, versions);
    if (manifest) files.push(manifest);
  }
  return { files, unreadable };
}

const runByDbt = (view: WorkspaceView, domain: DomainEntry): boolean =>
  readDomain({ file: domain.file, text: view.read(domain.file) ?? "" }, { domain: domain.name }).value?.dbt !==
  undefined;

/**
 * What a domain's dbt project sets, without its lists of folders, sorted. Nx takes this as the input of the domain's
 * products: a new product adds its folders to the lists, and is nothing to its neighbours.
 */
function dbtSettings(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  let project: unknown;
  try {
    project = parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(project)) return undefined;
  const kept = Object.entries(project).filter(([key]) => !key.endsWith("-paths"));
  return `${JSON.stringify(sorted(Object.fromEntries(kept)), null, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}

const upstreamOf = (contract: Contract) => [...contract.inputs.map((i) => i.from), ...contract.lineage.upstream];
const upstreamNames = (contract: Contract): string[] => upstreamOf(contract).map((u) => `${u.domain}.${u.product}`);

/** The contracts of a product's live versions, the newest first. */
type Producer = (name: string) => readonly Contract[];

/**
 * Ports of the mesh that a contract names as inputs or lineage: all ports of a product where it names none. `further`
 * are the same ports in the live versions that it does not name.
 */
function readsOf(
  contract: Contract,
  self: ProductEntry,
  producer: Producer,
): { readonly named: PortRead[]; readonly further: PortRead[] } {
  const named: PortRead[] = [];
  const further: PortRead[] = [];
  for (const from of upstreamOf(contract)) {
    const name = `${from.domain}.${from.product}`;
    const live = name === self.name ? [] : producer(name);
    const newest = live[0];
    if (newest === undefined) continue;
    const meant = withMajor(contract, from).major ?? majorOf(newest.version);
    for (const version of live) {
      const major = majorOf(version.version);
      // A version that is not live has the ports of the newest, as far as anybody can say.
      const ports = (major === meant || version !== newest ? version : newest).ports;
      const read = ports.filter((p) => from.port === undefined || p.name === from.port);
      const at = (n: number) => read.map((p) => ({ domain: from.domain, port: p.name, major: n }));
      if (major === meant) named.push(...at(meant));
      else if (!majorsNamed(contract, from).includes(major)) further.push(...at(major));
      if (version === newest && !live.some((v) => majorOf(v.version) === meant)) named.push(...at(meant));
    }
  }
  return { named, further };
}

/** Of ports with several live versions, the model that builds each: in plain dbt a port of the own domain is a model. */
function versionModels(
  view: WorkspaceView,
  versions: readonly ProductEntry[],
): ReadonlyMap<string, ReadonlyMap<number, string>> {
  const out = new Map<string, Map<number, string>>();
  const several = new Set(versions.flatMap((v) => (v.versionFolder === undefined ? [] : [`${v.domain}.${v.product}`])));
  for (const version of versions) {
    if (!several.has(`${version.domain}.${version.product}`)) continue;
    const found = contractOf(view, version);
    if ("why" in found) continue;
    const { contract } = found;
    const there = resourceNames(view, version.directory);
    for (const port of contract.ports) {
      const major = majorOf(contract.version);
      const names = [port.name, `${port.name}_v${major}`];
      if (version.versionFolder !== undefined) names.reverse();
      if (port.default) names.push(snakeName(contract.name.split(".").at(-1)!));
      const model = names.find((name) => there.has(name));
      if (model !== undefined) out.set(port.name, (out.get(port.name) ?? new Map<number, string>()).set(major, model));
    }
  }
  return out;
}
