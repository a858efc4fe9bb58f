import type { Contract, Mesh } from "@meshwork/contract";
import { lockText, majorOf, readContract } from "@meshwork/contract";
import type { DbtProduct, PortRead } from "@meshwork/formats";
import { dbtMesh, emit, typescriptZod } from "@meshwork/formats";
import { parse } from "yaml";
import type { Wanted } from "./file-plan.ts";
import { meshOf } from "./mesh-facts.ts";
import { isRecord } from "./template.ts";
import type { ProductEntry, WorkspaceView } from "./view.ts";
import { domainsIn, productsOf } from "./view.ts";

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
  const contracts = new Map<string, Contract | undefined>();
  const broken = new Set<string>();
  const producer = (name: string): Contract | undefined => {
    if (!contracts.has(name)) {
      const domain = known.find((d) => d.name === name.split(".")[0]);
      const product = domain && productsOf(view, domain).find((p) => p.name === name);
      const found = product && contractOf(view, product);
      if (found && "why" in found) broken.add(name);
      contracts.set(name, found && "contract" in found ? found.contract : undefined);
    }
    return contracts.get(name);
  };
  for (const domain of known) {
    if (domains && !domains.includes(domain.name)) continue;
    const products: DbtProduct[] = [];
    let whole = true;
    for (const product of productsOf(view, domain)) {
      const found = contractOf(view, product);
      const directory =
        product.directory === domain.directory ? "" : product.directory.slice(domain.directory.length + 1);
      if ("why" in found) {
        unreadable.push({ product, why: found.why });
        whole = false;
        continue;
      }
      files.push(...contractFiles(product, found.contract, naming));
      products.push({ directory, reads: readsOf(found.contract, product.name, producer) });
      whole &&= !upstreamNames(found.contract).some((name) => broken.has(name));
    }
    const settings = dbtSettings(view.read(`${domain.directory}/dbt_project.yml`));
    if (settings !== undefined) files.push(managed(`${domain.directory}/_mesh/dbt-config.json`, settings));
    // A contract that cannot be read, of the domain or of what it reads, would take sources away: the last good `_mesh` stays.
    if (whole)
      files.push(
        ...dbtMesh({ name: domain.name, products }).map((f) => managed(`${domain.directory}/${f.path}`, f.text)),
      );
  }
  return { files, unreadable };
}

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

/** Ports of the mesh that a contract names as inputs or lineage: all ports of a product where it names none. */
function readsOf(contract: Contract, self: string, producer: (name: string) => Contract | undefined): PortRead[] {
  return upstreamOf(contract).flatMap((from) => {
    const name = `${from.domain}.${from.product}`;
    const upstream = name === self ? undefined : producer(name);
    if (!upstream) return [];
    const major = from.major ?? majorOf(upstream.version);
    const ports = upstream.ports.filter((p) => from.port === undefined || p.name === from.port);
    return ports.map((p) => ({ domain: from.domain, port: p.name, major }));
  });
}
