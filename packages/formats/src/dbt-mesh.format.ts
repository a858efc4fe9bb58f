import { snakeName } from "@meshwork/contract";
import type { EmittedFile } from "./define-format.ts";
import type { DbtDomain, DbtProduct } from "./dbt/dbt-domain.ts";
import { compare, foreignReads, generated, jinjaString, literalText, reachableReads } from "./dbt/dbt-domain.ts";
import { yamlText } from "./yaml-text.ts";

/**
 * What plain dbt (Core 1.12 with dbt-duckdb, dbt 2) needs to build a domain alone, relative to the domain's folder:
 * sources of the ports that it reads from other domains, a `ref` that finds them, and a DuckDB profile.
 * `MESH_LAKE` names the folder of the lake; `MESH_DBT_DUCKDB` the database file, `target/<domain>.duckdb` otherwise.
 */
export const dbtMesh = (domain: DbtDomain): readonly EmittedFile[] => [
  { path: "_mesh/macros/ref.sql", text: refMacro(domain) },
  { path: "_mesh/models/sources.yml", text: sources(domain) },
  { path: "_mesh/profiles.yml", text: profiles(domain) },
];

function sources(domain: DbtDomain): string {
  const reads = reachableReads(domain);
  const schemas = [...new Set(reads.map((read) => read.domain))];
  if (schemas.length === 0) return `# ${generated}\nversion: 2\nsources: []\n`;
  const tables = (schema: string) =>
    reads
      .filter((read) => read.domain === schema)
      .map((read) => ({ ...read, relation: `${read.port}_v${read.major}` }))
      .map(({ port, major, relation, folder }) => ({
        name: relation,
        description: `Port ${port} of domain ${folder}, major version ${major}.`,
        // dbt 2 knows `meta` only under `config`.
        config: {
          meta: {
            external_location: `read_parquet('{{ env_var("MESH_LAKE") }}/${folder}/${relation}/current/*.parquet')`,
          },
        },
      }));
  return `# ${generated}\n${yamlText({ version: 2, sources: schemas.map((name) => ({ name, schema: name, tables: tables(name) })) })}`;
}

type Majors = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** The major that each port has for these products: the newest where they differ. */
function majorsOf(domain: DbtDomain, products: readonly DbtProduct[]): Majors {
  const majors = new Map<string, Map<string, number>>();
  for (const read of foreignReads(domain, products)) {
    const ports = majors.get(read.domain) ?? new Map<string, number>();
    majors.set(read.domain, ports.set(read.port, Math.max(read.major, ports.get(read.port) ?? 0)));
  }
  return majors;
}

const dictionary = (majors: Majors): string =>
  `{${[...majors]
    .map(([schema, ports]) => `'${schema}': {${[...ports].map(([port, major]) => `'${port}': ${major}`).join(", ")}}`)
    .join(", ")}}`;

/**
 * `ref('orders', 'order_events')` of a foreign port becomes a source; every other ref stays dbt's own, a port of the
 * same domain too, because there it is a model: of several live versions the one whose major the consumer's contract
 * names. The template finds the consumer by the path of the file that asks.
 */
function refMacro(domain: DbtDomain): string {
  const shared = majorsOf(domain, domain.products);
  const all = dictionary(shared);
  const models = ownModels(domain);
  const versioned = models.size > 0;
  const own = domain.products
    .map((product) => ({ product, majors: majorsOf(domain, [product]), pins: pinsOf(domain, product, models) }))
    .map(({ product, majors, pins }) => ({ product, majors: dictionary(mergedOver(shared, majors)), pins }))
    // Asked about where they differ, and inside a folder that differs.
    .filter((one, _, every) =>
      every.some((other) => (other.majors !== all || other.pins !== "{}") && holds(other.product, one.product)),
    )
    // A folder inside another product's is asked about first.
    .sort(
      (a, b) =>
        b.product.directory.length - a.product.directory.length || compare(a.product.directory, b.product.directory),
    );
  const branches = own.map(({ product, majors, pins }) => {
    const prefix = product.directory === "" ? "" : `${product.directory}/`;
    return (
      `  {%- IF path.startswith(${jinjaString(prefix)}) -%}\n    {%- set majors = ${majors} -%}\n` +
      (versioned ? `    {%- set pins = ${pins} -%}\n` : "")
    );
  });
  const pinned =
    branches.length === 0
      ? ""
      : `  {%- set path = (model.original_file_path | default('')) | replace('\\\\', '/') if model is defined else '' -%}\n` +
        branches.map((text, i) => text.replace("IF", i === 0 ? "if" : "elif")).join("") +
        "  {%- endif -%}\n";
  return (
    `{#- ${generated} -#}\n{% macro ref() %}\n  {%- set majors = ${all} -%}\n` +
    `${versioned ? "  {%- set pins = {} -%}\n" : ""}${pinned}${versioned ? localRef(domain, models) : ""}` +
    `  {%- if varargs | length == 2 and varargs[0] in majors and varargs[1] in majors[varargs[0]] -%}\n` +
    `    {%- set major = kwargs.get('v') or kwargs.get('version') or majors[varargs[0]][varargs[1]] -%}\n` +
    `    {%- do return(builtins.source(varargs[0], varargs[1] ~ '_v' ~ major)) -%}\n` +
    `  {%- endif -%}\n  {%- do return(builtins.ref(*varargs, **kwargs)) -%}\n{% endmacro %}\n`
  );
}

type Models = ReadonlyMap<string, ReadonlyMap<number, string>>;

/** Own ports with several live versions, as far as SQL and dbt can carry their names. */
const ownModels = (domain: DbtDomain): Models =>
  new Map(
    [...(domain.models ?? [])]
      .map(([port, models]) => [snakeName(port), models] as const)
      .filter(([port, models]) => [port, ...models.values()].every((name) => identifier.test(name)))
      .sort(([a], [b]) => compare(a, b)),
  );

/** The majors of own ports that a product's contract names, by port: the newest of several. */
function pinsOf(domain: DbtDomain, product: DbtProduct, models: Models): string {
  const pins = new Map<string, number>();
  for (const { domain: from, port, major } of product.reads) {
    const name = snakeName(port);
    if (snakeName(from) === snakeName(domain.name) && models.get(name)?.has(major))
      pins.set(name, Math.max(major, pins.get(name) ?? 0));
  }
  const sorted = [...pins].sort(([a], [b]) => compare(a, b));
  return `{${sorted.map(([port, major]) => `'${port}': '${major}'`).join(", ")}}`;
}

/** A ref to an own port with several live versions: the model of the major that `v=` or the contract names. */
function localRef(domain: DbtDomain, models: Models): string {
  // dbt 2 does not tell the path while it parses, and has to know then what a model waits for: it is asked by name.
  const named = domain.products.flatMap((product) => {
    const pins = pinsOf(domain, product, models);
    return pins === "{}"
      ? []
      : [...(product.resources ?? [])].filter((n) => identifier.test(n)).map((n) => `'${n}': ${pins}`);
  });
  const entries = [...models].map(([port, byMajor]) => {
    const majors = [...byMajor].sort(([a], [b]) => a - b).map(([major, model]) => `'${major}': '${model}'`);
    return `'${port}': {${majors.join(", ")}}`;
  });
  return (
    `  {%- set own = {${entries.join(", ")}} -%}\n` +
    (named.length === 0
      ? ""
      : `  {%- if path == '' -%}\n` +
        `    {%- set named = {${named.sort(compare).join(", ")}} -%}\n` +
        `    {%- set pins = named.get((model.name | default('')) if model is defined else '', {}) -%}\n  {%- endif -%}\n`) +
    `  {%- if varargs[-1] in own and (varargs | length == 1 or varargs[0] == '${snakeName(domain.name)}') -%}\n` +
    `    {%- set major = (kwargs.get('v') or kwargs.get('version') or pins.get(varargs[-1]) or '') | string -%}\n` +
    `    {%- if major in own[varargs[-1]] -%}\n` +
    `      {%- do return(builtins.ref(own[varargs[-1]][major])) -%}\n` +
    `    {%- endif -%}\n  {%- endif -%}\n`
  );
}

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;

const holds = (outer: DbtProduct, inner: DbtProduct): boolean =>
  outer.directory === "" || outer.directory === inner.directory || inner.directory.startsWith(`${outer.directory}/`);

/** A product's own majors, and those of the domain for ports that it does not name. */
const mergedOver = (shared: Majors, own: Majors): Majors =>
  new Map(
    [...shared].map(([schema, ports]) => [
      schema,
      new Map([...ports].map(([port, major]) => [port, own.get(schema)?.get(port) ?? major])),
    ]),
  );

function profiles(domain: DbtDomain): string {
  const name = snakeName(domain.name);
  const output = {
    type: "duckdb",
    path: `{{ env_var('MESH_DBT_DUCKDB', 'target/${name}.duckdb') }}`,
    // Not the domain's name: DuckDB names a database after its file, and refuses `orders.t` where both are `orders`.
    schema: "main",
    threads: 2,
  };
  return `# ${generated}\n${yamlText({ mesh: { target: "dev", outputs: { dev: output } } })}`;
}

/** The text of a domain's `dbt_project.yml`: one project, a model path per product. */
export function dbtProject(
  domain: DbtDomain,
  options: { readonly vars?: Readonly<Record<string, string | number | boolean>> } = {},
): string {
  const directories = [...new Set(domain.products.map((product) => product.directory))].sort(compare);
  const under = (kind: string): string[] =>
    directories.map((directory) => literalText(directory === "" ? kind : `${directory}/${kind}`));
  return yamlText({
    name: snakeName(domain.name),
    version: "1.0.0",
    "config-version": 2,
    profile: "mesh",
    "model-paths": [...under("models"), "_mesh/models"],
    // Macros belong to all of a domain's models, so there is a folder for those of no single product.
    "macro-paths": [...new Set(["macros", ...under("macros"), "_mesh/macros"])],
    "seed-paths": under("seeds"),
    "snapshot-paths": under("snapshots"),
    "test-paths": under("tests"),
    "analysis-paths": under("analyses"),
    "target-path": "target",
    "clean-targets": ["target", "dbt_packages"],
    vars: options.vars,
  });
}
