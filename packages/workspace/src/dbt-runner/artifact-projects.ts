import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DomainDbt, Target } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import type { Catalog, Manifest, ProductModels } from "@meshwork/engine-dbt";
import { ArtifactProject, dbtArea, ownersOf, readCatalog, readManifest, selects } from "@meshwork/engine-dbt";
import type { Project, ResolvePort } from "@meshwork/models";
import { dialects } from "@meshwork/sql";
import { boundEngines } from "../binders.ts";
import type { WorkspaceDomain } from "../workspace.ts";

/** dbt's name of an engine, by the dialect that speaks the same SQL; what none speaks is read as the embedded engine's. */
const dialectOf = (adapter: string) =>
  adapter === "postgres" || adapter === "redshift"
    ? dialects.postgres
    : adapter === "trino" || adapter === "athena"
      ? dialects.trino
      : dialects.duckdb;

/** Adapters whose SQL a binder knows as its own: what it complains about is wrong. */
const bound = new Set(boundEngines);

/** Whether a binder's complaint about this project's SQL counts, or may be about another dialect's words. */
export const speaksForeignSql = (project: Project): boolean =>
  project instanceof ArtifactProject && !bound.has(project.manifest.adapter);

/** Where dbt writes its artifacts: `target/` of the project, or what the environment's `artifacts` names. */
export function artifactFolder(dbt: DomainDbt, target: Target): string {
  const named = target.settings["artifacts"];
  const folder = typeof named === "string" && isInside(named) ? named.replace(/\/+$/, "") : "target";
  return dbt.project === "" ? folder : `${dbt.project}/${folder}`;
}

const isInside = (path: string): boolean => !/^([/\\]|[A-Za-z]:)/.test(path) && !path.split(/[/\\]/).includes("..");

/** What several domains read of one dbt project, parsed once. */
interface Artifacts {
  readonly manifest: Manifest | undefined;
  readonly catalog: Catalog | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** The dbt projects that domains hand over to dbt, read from what dbt wrote. */
export class ArtifactProjects {
  readonly #root: string;
  readonly #target: Target;
  readonly #domains: readonly WorkspaceDomain[];
  readonly #resolvePort: ResolvePort;
  readonly #read = new Map<string, ArtifactProject | { readonly diagnostics: readonly Diagnostic[] }>();

  constructor(root: string, target: Target, domains: Iterable<WorkspaceDomain>, resolvePort: ResolvePort) {
    this.#root = root;
    this.#target = target;
    this.#domains = [...domains].filter((d) => d.value?.dbt !== undefined);
    this.#resolvePort = resolvePort;
  }

  /** The project of a domain, shared with the other domains that name it; or why there is none. */
  of(domain: WorkspaceDomain): ArtifactProject | { readonly diagnostics: readonly Diagnostic[] } {
    const dbt = domain.value!.dbt!;
    let known = this.#read.get(dbt.project);
    if (known === undefined) {
      known = this.#load(dbt);
      this.#read.set(dbt.project, known);
    }
    return known;
  }

  #load(dbt: DomainDbt): ArtifactProject | { readonly diagnostics: readonly Diagnostic[] } {
    const sharing = this.#domains.filter((d) => d.value!.dbt!.project === dbt.project);
    const { manifest, catalog, diagnostics } = readArtifacts(this.#root, dbt, this.#target, sharing[0]!);
    if (manifest === undefined) return { diagnostics };
    const lists: ProductModels[] = sharing.flatMap((d) =>
      Object.entries(d.value!.dbt!.products).map(([name, models]) => ({ product: `${d.name}.${name}`, models })),
    );
    return new ArtifactProject({
      root: join(this.#root, dbt.project),
      displayPath: dbt.project,
      manifest,
      catalog,
      dialect: dialectOf(manifest.adapter),
      target: { name: this.#target.name, schema: "", type: manifest.adapter },
      owners: ownersOf(manifest, lists),
      resolvePort: this.#resolvePort,
      place: () => sharing[0]!.read.source.spanOf([...dbt.at, "project"]),
      artifacts: artifactFolder({ ...dbt, project: "" }, this.#target),
      read: (path) => (isInside(path) ? readIfThere(join(this.#root, dbt.project, path)) : undefined),
      diagnostics: [...diagnostics, ...unknownModels(manifest, sharing)],
    });
  }
}

/** Reads what dbt wrote; everything that is wrong with it stands at the domain's `dbt.project`. */
export function readArtifacts(root: string, dbt: DomainDbt, target: Target, domain: WorkspaceDomain): Artifacts {
  const diagnostics: Diagnostic[] = [];
  const at = { span: () => domain.read.source.spanOf([...dbt.at, "project"]) };
  const folder = artifactFolder(dbt, target);
  const project = dbt.project === "" ? "." : dbt.project;
  const text = readIfThere(join(root, folder, "manifest.json"));
  if (text === undefined) {
    diagnostics.push(dbtArea.create("no-artifacts", { project, file: `${folder}/manifest.json` }, at));
    return { manifest: undefined, catalog: undefined, diagnostics };
  }
  const manifest = readManifest(text);
  if ("problem" in manifest) {
    const params = { file: `${folder}/manifest.json`, problem: manifest.problem };
    diagnostics.push(dbtArea.create("bad-artifact", params, at));
    return { manifest: undefined, catalog: undefined, diagnostics };
  }
  const catalogText = readIfThere(join(root, folder, "catalog.json"));
  const catalog = catalogText === undefined ? undefined : readCatalog(catalogText);
  if (catalog === undefined) diagnostics.push(dbtArea.create("no-catalog", { project }, at));
  else if ("problem" in catalog) {
    const params = { file: `${folder}/catalog.json`, problem: catalog.problem };
    diagnostics.push(dbtArea.create("bad-artifact", params, at));
  }
  const stale = staleFiles(join(root, dbt.project), manifest.value);
  if (stale.length > 0)
    diagnostics.push(dbtArea.create("stale-artifacts", { count: stale.length, first: stale[0]! }, at));
  return {
    manifest: manifest.value,
    catalog: catalog !== undefined && "value" in catalog ? catalog.value : undefined,
    diagnostics,
  };
}

/** Model files whose text is another than the one the manifest speaks of: dbt keeps it, less the space at its ends. */
function staleFiles(root: string, manifest: Manifest): string[] {
  const out: string[] = [];
  for (const node of manifest.nodes.values()) {
    if (node.resourceType !== "model" || node.package !== manifest.project || !node.file.endsWith(".sql")) continue;
    // Fusion may leave the text out.
    if (!isInside(node.file) || node.rawCode === "" || node.rawCode.startsWith("--placeholder--")) continue;
    const text = readIfThere(join(root, node.file));
    // Artifacts may have been fetched without the project's files.
    if (text !== undefined && plain(text) !== plain(node.rawCode)) out.push(node.file);
  }
  return out.sort();
}

const plain = (text: string): string => text.replaceAll("\r\n", "\n").trim();

function unknownModels(manifest: Manifest, domains: readonly WorkspaceDomain[]): Diagnostic[] {
  const nodes = [...manifest.nodes.values()].filter((n) => n.resourceType !== "test");
  return domains.flatMap((domain) => {
    const dbt = domain.value!.dbt!;
    return Object.entries(dbt.products).flatMap(([name, models]) =>
      models.flatMap((selector, i) => {
        if (nodes.some((n) => selects(selector, n))) return [];
        const product = `${domain.name}.${name}`;
        const candidates = [...new Set(nodes.flatMap((n) => [n.name, n.file.replace(/\/[^/]*$/, "")]))];
        const span = () => domain.read.source.spanOf([...dbt.at, "products", name, i]);
        return [dbtArea.create("unknown-models", { product, selector, candidates }, { product, span })];
      }),
    );
  });
}

/** Artifacts of the largest projects are some hundred megabytes; what is larger is none. */
const largest = 1024 * 1024 * 1024;

function readIfThere(path: string): string | undefined {
  try {
    if (statSync(path).size > largest) return undefined;
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
