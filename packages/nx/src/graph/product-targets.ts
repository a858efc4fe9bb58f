import type { TargetConfiguration } from "@nx/devkit";
import type { ProductFolder } from "./places.ts";

type Input = NonNullable<TargetConfiguration["inputs"]>[number];

/** What the targets of one product depend on beyond its own folder. */
export interface TargetContext {
  readonly product: ProductFolder;
  readonly domainDirectory: string;
  /** The domain's own settings of dbt, without its lists of folders, where `nx sync` keeps them. */
  readonly dbtConfig: string;
  /** Folders of the products that it reads directly. */
  readonly upstream: readonly string[];
  /** Folders of all products whose data reaches it. */
  readonly reached: readonly string[];
  /** Files of the workspace that all cached results depend on: the tools, where they are developed beside the mesh. */
  readonly toolInputs: readonly string[];
  /** It reads itself: a chain of builds over it has no beginning. */
  readonly cyclic: boolean;
}

/** Verbs of `mesh` that run per product, in the order of a pipeline. */
export const verbs = ["lint", "typecheck", "build", "test", "check", "compat", "publish", "render"] as const;
export type Verb = (typeof verbs)[number];

// What a consumer's SQL can see of a port, and what its lint compares its own promises with.
const shapeFields = ["ports"];
const promiseFields = ["ports", "access", "sla", "lifecycle"];

// Names a moment of git's branches: the baseline of `compat` moves with them.
const branches = { runtime: 'git for-each-ref "--format=%(objectname)" refs/heads refs/remotes' };
// Waivers and grace periods end on a date.
const today = { runtime: 'node -p "new Date().toISOString().slice(0, 10)"' };

/**
 * The targets of a product. Inputs name files by path, not by project: a domain.yaml, which this plugin globs, would
 * otherwise select the tasks of every consumer. Contracts count by their lock, field by field, so that prose moves nobody.
 */
export function productTargets(context: TargetContext): Record<string, TargetConfiguration> {
  const { domainDirectory } = context;
  const own = "{projectRoot}";
  // Older live versions are parts of the project.
  const homes = [own, ...(context.product.versions.length > 0 ? [`${own}/versions/*`] : [])];
  const [locks, tests] = [homes.map((h) => `${h}/contract.lock.json`), homes.map((h) => `${h}/tests/**/*`)];
  const contracts = homes.map((h) => `${h}/*.yaml`);
  const code = [
    ...homes.flatMap((h) => ["models", "macros", "seeds", "snapshots"].map((folder) => `${h}/${folder}/**/*`)),
    `{workspaceRoot}/${domainDirectory}/macros/**/*`,
    `{workspaceRoot}/${domainDirectory}/*/macros/**/*`,
    `{workspaceRoot}/${context.dbtConfig}`,
  ];
  const mesh = ["{workspaceRoot}/mesh.yaml"];
  const domain = [`{workspaceRoot}/${domainDirectory}/domain.yaml`];
  const upstream = (fields: readonly string[]): Input[] =>
    context.upstream.map((folder) => ({ json: `{workspaceRoot}/${folder}/contract.lock.json`, fields: [...fields] }));
  // Other data upstream is other data here; who only promises something else is met by the shape above.
  const data = context.reached.flatMap((folder) =>
    ["models", "macros", "seeds", "snapshots"].map((kind) => `{workspaceRoot}/${folder}/${kind}/**/*`),
  );
  // Without this an update of any dependency, and a new package of the workspace, would reach every product.
  const noPackages: Input = { externalDependencies: [] };
  const tools = context.toolInputs;

  const pure = (verb: Verb, inputs: readonly Input[]): TargetConfiguration => ({
    executor: `@meshwork/nx:${verb}`,
    cache: true,
    inputs: [...inputs, ...tools, noPackages],
    metadata: { technologies: ["meshwork"], description: descriptions[verb] },
  });
  // Nx's cache knows files and not tables: what touches data skips by the ledger beside the data.
  const onData = (verb: Verb, dependsOn: string[], inputs: readonly Input[]): TargetConfiguration => ({
    executor: `@meshwork/nx:${verb}`,
    cache: false,
    dependsOn: context.cyclic ? [] : dependsOn,
    inputs: [...inputs, ...tools, noPackages],
    metadata: { technologies: ["meshwork"], description: descriptions[verb] },
  });
  const built = [...code, ...tests, ...locks, ...upstream(shapeFields), ...data, ...mesh, ...domain];
  return {
    lint: pure("lint", [
      `${own}/**/*`,
      `!${own}/**/*.md`,
      `!${own}/.mesh/**/*`,
      ...code.slice(4 * homes.length),
      ...upstream(promiseFields),
      ...mesh,
      ...domain,
      today,
    ]),
    typecheck: pure("typecheck", [...code, ...tests, ...locks, ...upstream(shapeFields), ...mesh]),
    build: onData("build", ["^build"], built),
    test: onData("test", ["build"], built),
    check: onData("check", ["build"], built),
    // Its verdict hangs on the SQL of whoever reads the product, on usage and on today's date: it is asked again each time.
    compat: {
      ...pure("compat", [...locks, "{workspaceRoot}/usage/*.json", ...mesh, ...domain, branches]),
      cache: false,
    },
    publish: onData("publish", ["check"], [...built, ...contracts]),
    render: pure("render", [...contracts, ...locks, ...mesh, ...domain]),
  };
}

const descriptions: Readonly<Record<Verb, string>> = {
  lint: "contract, models and policies, without data",
  typecheck: "SQL against the contract, without data",
  build: "models, their tests, the contract's checks, then the swap of the ports",
  test: "the tests again, on what is built",
  check: "the contract's checks again, on what is built",
  compat: "who breaks by the edits since the base branch",
  publish: "to the catalogs and receivers of mesh.yaml",
  render: "infrastructure files of the product's packs",
};
