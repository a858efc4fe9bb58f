import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { lockText, majorOf } from "@meshwork/contract";
import type { DbtDomain, PortRead } from "@meshwork/formats";
import { dbtMesh, emit, typescriptZod } from "@meshwork/formats";
import { namedUpstreams, producerOf } from "./graph.ts";
import type { Product, Workspace, WorkspaceDomain } from "./workspace.ts";

/** A file that follows from contracts alone. */
export interface GeneratedFile {
  /** Relative to the workspace. */
  readonly file: string;
  readonly text: string;
}

/** The lock and the row types of one product. */
export function productFiles(product: Product): GeneratedFile[] {
  const { authored: contract, directory } = product;
  if (!contract) return [];
  return [
    { file: `${directory}/contract.lock.json`, text: lockText(contract) },
    ...emit(typescriptZod, contract).files.map((f) => ({ file: `${directory}/${f.path}`, text: f.text })),
  ];
}

/** What plain dbt needs to build a domain: the ports its products read, as sources, and a `ref` that finds them. */
export function domainFiles(workspace: Workspace, domain: WorkspaceDomain): GeneratedFile[] {
  const products = [...workspace.products.values()].filter((p) => p.domain === domain.name && p.contract);
  const reads = namedUpstreams(workspace)
    .filter((u) => u.product.domain === domain.name)
    .flatMap(({ product, reference }): { consumer: Product; read: PortRead }[] => {
      const producer = producerOf(workspace, reference);
      const contract = producer?.contract;
      if (!producer || !contract || producer === product) return [];
      const major = reference.major ?? majorOf(contract.version);
      const ports = contract.ports.filter((p) => reference.port === undefined || p.name === reference.port);
      return ports.map((p) => ({ consumer: product, read: { domain: producer.domain, port: p.name, major } }));
    });
  const described: DbtDomain = {
    name: domain.name,
    products: products.map((p) => ({
      directory: p.directory === domain.directory ? "" : p.directory.slice(domain.directory.length + 1),
      reads: reads.filter((r) => r.consumer === p).map((r) => r.read),
    })),
  };
  return dbtMesh(described).map((f) => ({ file: `${domain.directory}/${f.path}`, text: f.text }));
}

/** Every generated file of the mesh. */
export function generatedFiles(workspace: Workspace): GeneratedFile[] {
  return [
    ...[...workspace.products.values()].flatMap((p) => productFiles(p)),
    ...[...workspace.domains.values()].flatMap((d) => domainFiles(workspace, d)),
  ];
}

/** Generated files of a product that are missing or not what the contract makes of them; names within its folder. */
export function staleFiles(workspace: Workspace, product: Product): string[] {
  if (!product.contract) return [];
  return productFiles(product)
    .filter((f) => !isCurrent(workspace.root, f))
    .map((f) => f.file.slice(product.directory.length + 1));
}

export function isCurrent(root: string, { file, text }: GeneratedFile): boolean {
  try {
    // Git may have given the file another line end.
    return readFileSync(join(root, file), "utf8").replaceAll("\r\n", "\n") === text;
  } catch {
    return false;
  }
}

/** Writes whole or not at all, so that a killed process leaves the old file. */
export function writeGenerated(root: string, { file, text }: GeneratedFile): "create" | "update" {
  const path = join(root, file);
  const existed = existsSync(path);
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, text);
  renameSync(draft, path);
  return existed ? "update" : "create";
}
