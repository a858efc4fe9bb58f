import { existsSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { edit, kebabName, readDomain, writeContract } from "@meshwork/contract";
import type { Contract } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import type { Catalog, Gap, Manifest } from "@meshwork/engine-dbt";
import { deriveContract, proposeProducts, readCatalog, readManifest } from "@meshwork/engine-dbt";
import type { Action } from "@meshwork/scaffold";
import { contentHash, contractFiles, diskHost } from "@meshwork/scaffold";
import { findRoot, readText } from "../places.ts";
import type { OperationResult } from "../operation.ts";
import { answering, Refusal } from "../operation.ts";
import { loadWorkspace } from "../workspace.ts";

export interface AdoptOptions {
  readonly cwd: string;
  /** The folder with `dbt_project.yml`, as given. */
  readonly path: string;
  /** The domain that gets the products; made of the project's name where absent. */
  readonly domain?: string | undefined;
  /** An e-mail address for products whose group names none. */
  readonly owner?: string | undefined;
  /** A promise for all products, `24h`; nothing is promised where absent. */
  readonly freshness?: string | undefined;
  /** Writes what is proposed; without it nothing is written. */
  readonly yes?: boolean | undefined;
}

export interface AdoptedProduct {
  readonly product: string;
  readonly because: string;
  readonly models: readonly string[];
  readonly nodes: number;
  readonly ports: readonly { readonly port: string; readonly columns: number; readonly checks: number }[];
  readonly owner: string | null;
  readonly gaps: readonly Gap[];
  /** `kept`: it is there already, and stays as it is. `left`: no column of it is known, so it cannot promise any. */
  readonly change: "new" | "kept" | "left";
}

export interface Adoption {
  readonly project: string;
  readonly adapter: string;
  readonly domain: string;
  readonly products: readonly AdoptedProduct[];
  /** Files below the workspace, written or proposed. */
  readonly files: readonly string[];
  readonly written: boolean;
  readonly notes: readonly string[];
}

const nothing: Adoption = {
  project: "",
  adapter: "",
  domain: "",
  products: [],
  files: [],
  written: false,
  notes: [],
};

/**
 * Proposes data products for an existing dbt project from its artifacts, and writes their contracts after a yes. The
 * project itself is not touched, and what a former adoption wrote is the user's: a second one adds what is new.
 */
export const adopt = (options: AdoptOptions): Promise<OperationResult<Adoption>> =>
  answering(nothing, async () => {
    const folder = resolve(options.cwd, options.path);
    if (!existsSync(join(folder, "dbt_project.yml")))
      throw new Refusal(`No dbt project in ${options.path}.\nName the folder that holds dbt_project.yml.`);
    const root = findRoot(folder) ?? (inside(resolve(options.cwd), folder) ? resolve(options.cwd) : dirname(folder));
    const project = relative(root, folder).split(sep).join("/");
    const { manifest, catalog } = artifacts(folder, options.path);
    const workspace = loadWorkspace(root);
    const domain = kebabName(options.domain ?? manifest.project);
    const proposed = proposeProducts(manifest);
    if (proposed.length === 0)
      throw new Refusal(`The project in ${options.path} has no models.\nThere is nothing to adopt.`);

    const files = new Map<string, Action>();
    const put = (path: string, content: string): void => {
      const now = readText(root, path);
      if (now === content) return;
      const expectedHash = now === undefined ? undefined : contentHash(now);
      files.set(path, { path, content, ownership: "once", expectedHash });
    };
    const notes: string[] = [];
    const products: AdoptedProduct[] = [];
    const made = new Map<string, readonly string[]>();
    for (const each of proposed) {
      const name = `${domain}.${each.name}`;
      const { contract, gaps } = deriveContract(each, manifest, catalog, {
        domain,
        owner: options.owner,
        products: proposed,
      });
      const change = workspace.products.has(name) ? "kept" : contract.ports.length === 0 ? "left" : "new";
      if (change === "new") {
        made.set(each.name, each.models);
        for (const [path, text] of contractTexts(domain, each.name, contract, workspace.mesh.naming)) put(path, text);
      }
      products.push({
        product: name,
        because: each.because,
        models: each.models,
        nodes: each.nodes.length,
        ports: contract.ports.map((p) => ({ port: p.name, columns: p.columns.length, checks: checksIn(p) })),
        owner: contract.owner ?? null,
        gaps: change === "kept" ? [] : gaps,
        change,
      });
    }
    if (made.size > 0) {
      const file = `domains/${domain}/domain.yaml`;
      const now = readText(root, file);
      put(file, domainText(file, now, domain, project, made, options, notes));
    }
    if (workspace.places.meshFile === undefined)
      put(
        "mesh.yaml",
        meshText(basename(root), manifest.adapter, project, existsSync(join(folder, "profiles.yml")), options),
      );
    else if (!workspace.mesh.targets.some((t) => t.settings["runner"] === "dbt"))
      notes.push(
        `mesh.yaml has no target that runs on dbt: add { engine: ${manifest.adapter || "warehouse"}, runner: dbt } under targets`,
      );
    if (catalog === undefined)
      notes.push("without catalog.json types come from YAML only: dbt docs generate writes it");
    if (manifest.exposures.length > 0)
      notes.push(
        `${manifest.exposures.length} exposures read the project; mesh compat and impact name them as readers`,
      );

    const actions = [...files.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
    const diagnostics: readonly Diagnostic[] = options.yes ? diskHost(root).apply(actions) : [];
    const written = options.yes === true && !hasErrors(diagnostics);
    return {
      exitCode: hasErrors(diagnostics) ? 1 : 0,
      diagnostics,
      summary: {
        products: products.length,
        new: products.filter((p) => p.change === "new").length,
        kept: products.filter((p) => p.change === "kept").length,
        left: products.filter((p) => p.change === "left").length,
        files: actions.length,
      },
      results: {
        project: project === "" ? "." : project,
        adapter: manifest.adapter,
        domain,
        products,
        files: actions.map((a) => a.path),
        written,
        notes,
      },
    };
  });

const inside = (outer: string, inner: string): boolean => inner === outer || inner.startsWith(outer + sep);

function artifacts(folder: string, shown: string): { manifest: Manifest; catalog: Catalog | undefined } {
  const text = readText(folder, "target/manifest.json");
  if (text === undefined)
    throw new Refusal(
      `${shown} has no target/manifest.json yet.\nRun dbt docs generate there; without dbt, mesh parse --project-dir ${shown} writes it.`,
    );
  const manifest = readManifest(text);
  if ("problem" in manifest)
    throw new Refusal(
      `${shown}/target/manifest.json is not what dbt writes: ${manifest.problem}.\nWrite it again with dbt docs generate.`,
    );
  const catalog = readText(folder, "target/catalog.json");
  const read = catalog === undefined ? undefined : readCatalog(catalog);
  return { manifest: manifest.value, catalog: read !== undefined && "value" in read ? read.value : undefined };
}

const checksIn = (port: Contract["ports"][number]): number =>
  port.checks.length + port.columns.reduce((n, c) => n + (c.nullable ? 0 : 1) + Object.keys(c.constraints).length, 0);

function contractTexts(
  domain: string,
  product: string,
  contract: Contract,
  naming: Parameters<typeof contractFiles>[2],
): [string, string][] {
  const directory = `domains/${domain}/${product}`;
  const contractFile = `${directory}/data-product-contract.yaml`;
  const entry = { name: `${domain}.${product}`, domain, product, directory, contractFile };
  return [
    [contractFile, writeContract(contract)],
    ...contractFiles(entry, contract, naming).map((f): [string, string] => [f.path, f.content]),
  ];
}

/** A new domain's file, or the former one with the new products in it and every comment kept. */
function domainText(
  file: string,
  now: string | undefined,
  domain: string,
  project: string,
  made: ReadonlyMap<string, readonly string[]>,
  options: AdoptOptions,
  notes: string[],
): string {
  const shown = project === "" ? "." : project;
  const lists = Object.fromEntries([...made].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  if (now === undefined) {
    const owner = options.owner === undefined ? "" : `  owner: ${JSON.stringify(options.owner)}\n`;
    const promised =
      options.freshness === undefined
        ? ""
        : `  defaults: { sla: { freshness: ${JSON.stringify(options.freshness)} } }\n`;
    const products = Object.entries(lists).map(
      ([name, models]) => `      ${name}: [${models.map(inline).join(", ")}]\n`,
    );
    return `apiVersion: datamesh.io/v1
kind: Domain
metadata: { name: ${domain} }
spec:
${owner}${promised}  dbt:
    project: ${inline(shown)}
    products:
${products.join("")}`;
  }
  const dbt = readDomain({ file, text: now }, { domain }).value?.dbt;
  if (dbt !== undefined && dbt.project !== project)
    throw new Refusal(
      `The domain "${domain}" holds another dbt project, ${dbt.project}.\nName another domain: mesh adopt ${options.path} --domain NAME.`,
    );
  const edits =
    dbt === undefined
      ? [{ path: ["spec", "dbt"], set: { project: shown, products: lists } }]
      : Object.entries(lists).map(([name, models]) => ({ path: ["spec", "dbt", "products", name], set: models }));
  const edited = edit({ file, text: now }, edits);
  if (edited.refused.length > 0)
    notes.push(`${file} could not be edited: add the products under spec.dbt.products by hand`);
  return edited.text;
}

const inline = (text: string): string => (/^[A-Za-z_][\w./-]*$/.test(text) ? text : JSON.stringify(text));

function meshText(name: string, adapter: string, project: string, profiles: boolean, options: AdoptOptions): string {
  const dir = project === "" ? "." : project;
  const promises =
    options.freshness === undefined
      ? "  rules:\n    contract/sla-required: warning       # an adopted product promises nothing before its owner does\n"
      : "";
  return `# The organisation's one file: where domains are, where they are built, and what holds for all of them.
apiVersion: datamesh.io/v1
kind: Mesh
metadata: { name: ${kebabName(name) || "mesh"} }
spec:
  domains: [domains/*]
  default_target: prod
  targets:
    prod:
      engine: ${inline(adapter || "warehouse")}
      runner: dbt                          # dbt builds and tests; contracts, lineage and compatibility are Meshwork's
${profiles ? `      profiles_dir: ${inline(dir)}\n` : ""}${promises}  publish:
    local: { kind: meshwork, url: embedded }
`;
}
