import { join } from "node:path";
import type { OutputPort, Target } from "@meshwork/contract";
import { majorOf, majorsNamed, snakeName } from "@meshwork/contract";
import { nearest } from "@meshwork/diagnostics";
import type {
  ConfigValue,
  FileHost,
  PortQuery,
  PortResolution,
  Project,
  ProjectNode,
  ResolvePort,
} from "@meshwork/models";
import { emptyProject, loadProject } from "@meshwork/models";
import { dialects } from "@meshwork/sql";
import { ArtifactProjects } from "./dbt-runner/artifact-projects.ts";
import type { Edge } from "./graph.ts";
import type { IgnoreComment } from "./ignore-comments.ts";
import { ignoreComments } from "./ignore-comments.ts";
import type { ObservedProject, ProjectFacts } from "./project-facts.ts";
import { factsOf } from "./project-facts.ts";
import type { FormerTexts, Product, Workspace, WorkspaceDomain } from "./workspace.ts";
import { portRelation } from "./workspace.ts";

export interface ProjectsOptions {
  readonly target: Target;
  readonly vars?: Readonly<Record<string, unknown>> | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly now: Date;
  /** Files of projects as they were at another time. */
  readonly texts?: FormerTexts | undefined;
  /** Only these domains are ever read; all where absent. */
  readonly domains?: ReadonlySet<string> | undefined;
  /** Facts about projects that were observed before, and still hold. */
  readonly memory?: ProjectMemory | undefined;
}

/** Remembers what projects said. */
export interface ProjectMemory {
  /** `basis` is what the facts rest on besides files and ports; `resolve` answers for ports today. */
  recall(place: ProjectPlace, basis: string, resolve: ResolvePort): ProjectFacts | undefined;
  /** Reads a project by `load`, and keeps what it says. */
  observe(place: ProjectPlace, basis: string, load: () => Omit<ObservedProject, "answers">): ProjectFacts;
}

export interface ProjectPlace {
  /** Relative to the workspace. */
  readonly directory: string;
  readonly domain: string;
}

/** The private schema of a domain: ports live in `<domain>`, everything else here. */
export const privateSchema = (domain: string): string => `${snakeName(domain)}_private`;

/** The engine whose SQL a target speaks. */
export const dialectOf = (target: Target) =>
  target.engine === "postgres" ? dialects.postgres : target.engine === "trino" ? dialects.trino : dialects.duckdb;

/** The dbt projects of a mesh, one a domain, read when first asked for and joined through ports. */
export class Projects {
  readonly workspace: Workspace;
  readonly target: Target;
  readonly #options: ProjectsOptions;
  readonly #loaded = new Map<string, Project>();
  readonly #facts = new Map<string, ProjectFacts>();
  readonly #domains = new Map<string, string>();
  readonly #productsOf = new Map<string, Product[]>();
  readonly #ignores = new Map<string, readonly IgnoreComment[]>();
  /** Ports of all live versions by `domain_snake.port`. */
  readonly #ports = new Map<string, { product: Product; port: OutputPort }[]>();
  readonly #artifacts: ArtifactProjects;

  constructor(workspace: Workspace, options: ProjectsOptions) {
    this.workspace = workspace;
    this.target = options.target;
    this.#options = options;
    this.#artifacts = new ArtifactProjects(workspace.root, options.target, workspace.domains.values(), (query) =>
      this.resolvePort(query),
    );
    for (const name of workspace.domains.keys()) this.#domains.set(snakeName(name), name);
    for (const product of workspace.products.values()) {
      this.#domains.set(snakeName(product.domain), product.domain);
      const siblings = this.#productsOf.get(product.domain);
      if (siblings) siblings.push(product);
      else this.#productsOf.set(product.domain, [product]);
      for (const port of product.contract?.ports ?? []) {
        const key = `${snakeName(product.domain)}.${port.name}`;
        const known = this.#ports.get(key);
        if (known) known.push({ product, port });
        else this.#ports.set(key, [{ product, port }]);
      }
    }
  }

  /** The project of a domain, or of a product that has a `dbt_project.yml` of its own. */
  of(product: Product): Project {
    return this.#load(this.#folderOf(product), product.domain);
  }

  ofDomain(domain: string): Project | undefined {
    const place = this.workspace.domains.get(domain);
    return place && this.#load(place.directory, domain);
  }

  /** Every project that holds one of the products. */
  *all(products: Iterable<Product>): Generator<Project> {
    const seen = new Set<Project>();
    for (const product of products) {
      const project = this.of(product);
      if (!seen.has(project)) {
        seen.add(project);
        yield project;
      }
    }
  }

  /** Models, seeds, snapshots and tests of a product, in building order. */
  nodesOf(product: Product): ProjectNode[] {
    const project = this.of(product);
    return [...project.order([...project.nodes.values()].filter((n) => n.product === product.name))];
  }

  /** The model (or seed) that a port is made of. */
  modelOf(product: Product, port: OutputPort): ProjectNode | undefined {
    return this.modelIn(this.of(product), product, port);
  }

  /** The same in a project that was read another way. */
  modelIn(project: Project, product: Product, port: OutputPort): ProjectNode | undefined {
    const names = portModelNames(product, port);
    const nodes = [...project.nodes.values()].filter((n) => n.product === product.name && n.resourceType !== "test");
    const exact = names.map((name) => nodes.find((n) => n.name === name)).find((n) => n !== undefined);
    // dbt allows names that no port may have, `revenue__daily`: the port has them in its own letters.
    return exact ?? nodes.find((n) => names.includes(snakeName(n.name)));
  }

  /** What the project of a product says to the mesh around it. */
  facts(product: Product): ProjectFacts {
    const directory = this.#folderOf(product);
    const known = this.#facts.get(directory);
    if (known) return known;
    const facts = this.#observed(directory, product.domain);
    this.#facts.set(directory, facts);
    return facts;
  }

  /** Comments that accept findings, of the projects that were read so far. */
  *ignores(): Generator<IgnoreComment> {
    for (const [directory, comments] of this.#ignores) if (!this.#facts.has(directory)) yield* comments;
    for (const { ignores } of this.#facts.values()) yield* ignores;
  }

  /** The facts of every project that holds one of the products. */
  *allFacts(products: Iterable<Product>): Generator<ProjectFacts> {
    const seen = new Set<ProjectFacts>();
    for (const product of products) {
      const facts = this.facts(product);
      if (seen.has(facts)) continue;
      seen.add(facts);
      yield facts;
    }
  }

  #observed(directory: string, domain: string): ProjectFacts {
    const { memory } = this.#options;
    const comments = () => this.#ignores.get(directory) ?? [];
    // What dbt wrote is read anew each time: it is no file of the domain's.
    const ran = this.workspace.domains.get(domain)?.value?.dbt !== undefined;
    if (ran) this.workspace.files.unseen?.();
    if (!memory || ran) return factsOf(this.#load(directory, domain), comments());
    const { target, vars } = this.#options;
    const products = this.#siblings(domain).map((p) => [p.name, p.directory]);
    const basis = JSON.stringify([target, vars ?? {}, this.workspace.mesh.naming, products]);
    const place = { directory, domain };
    const known = memory.recall(place, basis, this.resolvePort);
    if (known) return known;
    return memory.observe(place, basis, () => {
      const ports = new Map<string, readonly [PortQuery, PortResolution]>();
      const project = this.#loadWith(directory, domain, (request) => {
        const answer = this.resolvePort(request);
        ports.set(JSON.stringify(request), [request, answer]);
        return answer;
      });
      return { facts: factsOf(project, comments()), ports: [...ports.values()] };
    });
  }

  /** Who reads whom by SQL: one edge for each ref to a port. */
  sqlEdges(products: Iterable<Product>): Edge[] {
    const edges = new Map<string, Edge>();
    for (const product of products) {
      for (const node of this.facts(product).nodes.get(product.name) ?? []) {
        for (const d of node.ports) {
          if (d.product !== product.name)
            edges.set(`${product.name} ${d.product}`, { from: product.name, to: d.product, kind: "sql" });
        }
      }
    }
    return [...edges.values()];
  }

  #folderOf(product: Product): string {
    const own = this.workspace.files.list(product.directory)?.some((e) => e.name === "dbt_project.yml");
    return own ? product.directory : (this.workspace.domains.get(product.domain)?.directory ?? product.directory);
  }

  #siblings(domain: string): readonly Product[] {
    return this.#productsOf.get(domain) ?? [];
  }

  #load(directory: string, domain: string): Project {
    const ran = this.workspace.domains.get(domain);
    if (ran?.value?.dbt !== undefined) return this.#ofArtifacts(ran);
    const known = this.#loaded.get(directory);
    if (known) return known;
    const project = this.#loadWith(directory, domain, this.resolvePort);
    this.#loaded.set(directory, project);
    return project;
  }

  #loadWith(directory: string, domain: string, resolvePort: ResolvePort): Project {
    const { root } = this.workspace;
    const products = this.#siblings(domain);
    const byDirectory = new Map(products.map((p) => [p.directory, p.name]));
    const ignores: IgnoreComment[] = [];
    this.#ignores.set(directory, ignores);
    const files = formerFiles(this.workspace, this.#options.texts);
    const noting: RelativeFiles = {
      ...files,
      read(file) {
        const text = files.read(file);
        if (text !== undefined) ignores.push(...ignoreComments(file, text));
        return text;
      },
    };
    return loadProject({
      root: join(root, directory),
      displayPath: directory,
      files: filesWithProject(directory, domain, products, noting),
      vars: this.#options.vars as Readonly<Record<string, ConfigValue>> | undefined,
      env: meshEnvironment(root, this.target, this.#options.env ?? {}),
      target: { name: this.target.name, schema: privateSchema(domain), type: dialectOf(this.target).name },
      dialect: dialectOf(this.target),
      resolvePort,
      productOf: (path) => productOf(byDirectory, `${directory}/${path}`),
      now: this.#options.now,
    });
  }

  /** A project that dbt runs: read from what dbt wrote, one for all domains that share it. */
  #ofArtifacts(domain: WorkspaceDomain): Project {
    const directory = `dbt:${domain.value!.dbt!.project}`;
    const known = this.#loaded.get(directory);
    if (known) return known;
    const read = this.#artifacts.of(domain);
    const project =
      "nodes" in read
        ? read
        : emptyProject(
            {
              root: join(this.workspace.root, domain.value!.dbt!.project),
              displayPath: domain.value!.dbt!.project,
              target: { name: this.target.name, schema: "", type: "duckdb" },
              dialect: dialects.duckdb,
              now: this.#options.now,
            },
            read.diagnostics,
          );
    this.#loaded.set(directory, project);
    return project;
  }

  #portsNear(schema: string, port: string): string[] {
    const own = [...this.#ports.keys()]
      .filter((k) => k.startsWith(`${schema}.`))
      .map((k) => k.slice(schema.length + 1));
    const near = nearest(port, own);
    return near.length > 0 ? near : own.slice(0, 5);
  }

  /** What a ref to another product's port means. */
  readonly resolvePort: ResolvePort = ({ domain, port, version, from }): PortResolution => {
    // A ref is written in snake case nearly always: only another spelling costs a conversion.
    const schema = this.#domains.has(domain) ? domain : snakeName(domain);
    const name = this.#domains.get(schema);
    if (name === undefined) return { error: { unknown: "domain", candidates: nearest(domain, this.#domains.keys()) } };
    const all = this.#ports.get(`${schema}.${port}`);
    const base = all?.at(-1)?.product.base;
    if (!all || base === undefined) return { error: { unknown: "port", candidates: this.#portsNear(schema, port) } };
    const live = all
      .filter((p) => p.product.base === base)
      .map((p) => ({ ...p, major: majorOf(p.product.contract!.version) }))
      .sort((a, b) => b.major - a.major);
    const newest = live[0]!;
    const reader = from === undefined ? undefined : this.workspace.products.get(from);
    const upstream = { domain: name, product: newest.product.product };
    const named = reader?.contract ? majorsNamed(reader.contract, upstream) : [];
    const asked = version === undefined ? undefined : Number(String(version).replace(/^v/, ""));
    const major = asked ?? named[0] ?? newest.major;
    const found = live.find((p) => p.major === major);
    if (!found) {
      const at = newest.product.contract!.version;
      const older = live.slice(1).map((p) => p.product.contract!.version);
      const wrong = asked === undefined ? `The contract names @${major}. ` : "";
      const detail = `${wrong}"${base}" is at ${at}${older.length > 0 ? `, and ${older.join(", ")} is still live` : ""}.`;
      return { error: { unknown: "version", candidates: live.map((p) => String(p.major)), detail } };
    }
    return {
      relation: portRelation(this.workspace, found.product.contract!, found.port),
      product: found.product.name,
      version: String(major),
      ...(asked === undefined && reader?.contract ? { warning: unclear(base, live, named, reader) } : {}),
    };
  };
}

/** Why a ref without a version is a guess: several are live and the contract names none or several of them. */
function unclear(
  base: string,
  live: readonly { readonly major: number }[],
  named: readonly number[],
  reader: Product,
): string | undefined {
  if (live.length < 2 || named.length === 1 || reader.base === base) return undefined;
  // That the contract names the product without a version is told at the contract.
  const upstream = [...reader.contract!.inputs.map((i) => i.from), ...reader.contract!.lineage.upstream];
  if (named.length === 0 && upstream.some((u) => `${u.domain}.${u.product}` === base)) return undefined;
  const majors = (numbers: readonly number[]) => numbers.map((n) => `@${n}`).join(" and ");
  return named.length > 1
    ? `The contract names ${majors(named)} of "${base}", and this ref none of them: it reads @${named[0]}. Write v=${named.join(" or v=")}.`
    : `"${base}" has ${live.length} live versions, ${majors(live.map((l) => l.major))}, and the contract names none of them: this reads @${live[0]!.major}.`;
}

/**
 * What a model may be called to build a port: the port's name, or with its major version. Names of models are unique in
 * a domain, so that an older version's bear the number. The default port's model may bear the name that the contract
 * gives itself: a contract in its domain's own folder has no folder of its own to name it.
 */
export function portModelNames({ contract, versionFolder }: Product, port: OutputPort): string[] {
  const names = [port.name, `${port.name}_v${contract ? majorOf(contract.version) : 1}`];
  if (versionFolder !== undefined) names.reverse();
  if (contract && port.default) names.push(snakeName(contract.name.split(".").at(-1)!));
  return [...new Set(names)];
}

/** Where a mesh keeps its lake and its raw data, for SQL that reads files; what the user sets wins. */
export function meshEnvironment(
  root: string,
  target: Target,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const own = { MESH_DATA: join(root, ".mesh/data"), MESH_LAKE: join(root, target.path ?? ".mesh/lake/dev") };
  // Not a copy: who observes what is asked of the environment has to see each question.
  return new Proxy<Record<string, string | undefined>>(own, {
    get: (_, name) => (typeof name === "string" ? (env[name] ?? own[name as keyof typeof own]) : undefined),
    has: (_, name) => name in own || name in env,
    ownKeys: () => [...new Set([...Object.keys(own), ...Object.keys(env)])],
    getOwnPropertyDescriptor: (_, name) => ({
      value: env[String(name)] ?? own[String(name) as keyof typeof own],
      enumerable: true,
      configurable: true,
    }),
  });
}

/** The innermost product whose folder holds the file. */
function productOf(byDirectory: ReadonlyMap<string, string>, file: string): string | undefined {
  for (let at = file.lastIndexOf("/"); at > 0; at = file.lastIndexOf("/", at - 1)) {
    const found = byDirectory.get(file.slice(0, at));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A domain without a `dbt_project.yml` is read as if it had the usual one. */
function filesWithProject(
  directory: string,
  domain: string,
  products: readonly Product[],
  files: RelativeFiles,
): FileHost {
  const projectFile = `${directory}/dbt_project.yml`;
  return {
    read: (path) => {
      const file = files.relativeTo(path);
      return files.read(file) ?? (file === projectFile ? usualProject(domain, products) : undefined);
    },
    list: (path) => files.list(files.relativeTo(path)),
  };
}

/** Files by their path in the workspace. */
type RelativeFiles = FileHost & { relativeTo(path: string): string };

/** The workspace's files with the texts that some of them had before: what is gone is there again, what is new is not. */
function formerFiles({ root, files }: Workspace, texts: FormerTexts | undefined): RelativeFiles {
  // A project asks for paths below its own root, which is absolute.
  const relativeTo = (path: string): string => (path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path);
  if (texts === undefined || texts.size === 0)
    return { relativeTo, read: (file) => files.read(file), list: (folder) => files.list(folder) };
  return {
    relativeTo,
    read: (file) => (texts.has(file) ? texts.get(file) : files.read(file)),
    list(folder) {
      const prefix = folder === "" ? "" : `${folder}/`;
      const entries = new Map(
        (files.list(folder) ?? []).map((e) => [e.name, { name: e.name, directory: e.directory }]),
      );
      for (const [file, text] of texts) {
        if (!file.startsWith(prefix)) continue;
        const [name = "", ...below] = file.slice(prefix.length).split("/");
        if (text !== undefined) entries.set(name, { name, directory: below.length > 0 });
        else if (below.length === 0) entries.delete(name);
      }
      return entries.size === 0 ? files.list(folder) : [...entries.values()];
    },
  };
}

function usualProject(domain: string, products: readonly Product[]): string {
  const prefixes = products.map((p) => p.directory.split("/").slice(2).join("/"));
  const paths = (name: string) => JSON.stringify(prefixes.map((p) => (p === "" ? name : `${p}/${name}`)).sort());
  return [
    `name: ${snakeName(domain)}`,
    "version: '1.0'",
    `model-paths: ${paths("models")}`,
    `seed-paths: ${paths("seeds")}`,
    `test-paths: ${paths("tests")}`,
    `macro-paths: ${paths("macros")}`,
    `snapshot-paths: ${paths("snapshots")}`,
    "",
  ].join("\n");
}
