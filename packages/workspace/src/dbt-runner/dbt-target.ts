import { join } from "node:path";
import type { DomainDbt, SettingValue, Target } from "@meshwork/contract";
import { ArtifactProject } from "@meshwork/engine-dbt";
import type { LoadedMesh } from "../load-mesh.ts";
import { Refusal } from "../operation.ts";
import { brokenMesh } from "../operations/list-products.ts";
import type { Projects } from "../projects.ts";
import type { Product } from "../workspace.ts";
import { ArtifactProjects } from "./artifact-projects.ts";

/** Whether dbt builds and tests on a target, in place of Meshwork. */
export const runsOnDbt = (target: Target): boolean => target.settings["runner"] === "dbt";

/** The products of one dbt project, with what to select of it. */
export interface DbtBatch {
  readonly dbt: DomainDbt;
  readonly products: readonly Product[];
  readonly select: readonly string[];
}

/** How dbt is started on a target. */
export interface DbtSettings {
  readonly command: string;
  readonly profilesDir: string | undefined;
  /** The output of `profiles.yml`. */
  readonly target: string | undefined;
}

export function dbtSettings(mesh: LoadedMesh): DbtSettings {
  const { meshRead, root } = mesh.workspace;
  if (meshRead?.diagnostics.some((d) => d.severity === "error")) throw new Refusal(brokenMesh(meshRead));
  const text = (key: string): string | undefined => {
    const value = mesh.target.settings[key] as SettingValue | undefined;
    if (typeof value === "string") return value;
    if (typeof value === "object" && value !== null && "env" in value) return mesh.env[value.env];
    return undefined;
  };
  const profiles = text("profiles_dir");
  return {
    command: text("command") ?? "dbt",
    profilesDir: profiles === undefined ? undefined : join(root, profiles),
    target: text("dbt_target"),
  };
}

/** The dbt project of a product: what its domain hands over to dbt, or else the domain's own folder. */
export function dbtOf(mesh: LoadedMesh, product: Product): DomainDbt {
  const domain = mesh.workspace.domains.get(product.domain);
  return domain?.value?.dbt ?? { project: domain?.directory ?? product.directory, products: {}, at: [] };
}

/** The project of a product as dbt's artifacts tell it; `undefined` where there are none. */
export function artifactProjectOf(
  mesh: LoadedMesh,
  product: Product,
  projects: Projects = mesh.projects,
): ArtifactProject | undefined {
  const domain = mesh.workspace.domains.get(product.domain);
  if (domain?.value?.dbt !== undefined) {
    const project = projects.of(product);
    return project instanceof ArtifactProject ? project : undefined;
  }
  if (domain?.value === undefined) return undefined;
  // A domain of the mesh's own layout: its products are the folders of its dbt project.
  const dbt = dbtOf(mesh, product);
  const own = [...mesh.workspace.products.values()].filter((p) => p.domain === product.domain);
  const products = Object.fromEntries(own.map((p) => [p.product, [folderOf(p, dbt)]]));
  const handed = { ...domain, value: { ...domain.value, dbt: { ...dbt, products } } };
  const read = new ArtifactProjects(mesh.workspace.root, mesh.target, [handed], projects.resolvePort).of(handed);
  return read instanceof ArtifactProject ? read : undefined;
}

/** The chosen products by the dbt project that holds them, in the order in which projects read each other. */
export function dbtBatches(mesh: LoadedMesh): DbtBatch[] {
  const batches = new Map<string, { dbt: DomainDbt; products: Product[]; select: Set<string> }>();
  for (const product of mesh.inOrder()) {
    const domain = mesh.workspace.domains.get(product.domain);
    const own = domain?.value?.dbt;
    const dbt = dbtOf(mesh, product);
    let batch = batches.get(dbt.project);
    if (batch === undefined) {
      batch = { dbt, products: [], select: new Set() };
      batches.set(dbt.project, batch);
    }
    batch.products.push(product);
    for (const selector of own === undefined ? [folderOf(product, dbt)] : (own.products[product.product] ?? []))
      batch.select.add(selectorOf(selector));
  }
  return [...batches.values()].map((b) => ({ ...b, select: [...b.select].sort() }));
}

const folderOf = (product: Product, dbt: DomainDbt): string =>
  product.directory === dbt.project ? "." : product.directory.slice(dbt.project.length + 1);

/** A product's entry as dbt's `--select` writes it. */
const selectorOf = (selector: string): string =>
  selector.startsWith("group:") ? selector : selector.includes("/") ? `path:${selector}` : selector;
