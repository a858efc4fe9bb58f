import type { Constraints, Contract, ContractCheck, ContractColumn, OutputPort } from "@meshwork/contract";
import { snakeName, typeWordOf } from "@meshwork/contract";
import type { LogicalType } from "@meshwork/sql";
import type { Catalog } from "../artifacts/catalog.ts";
import type { Manifest, ManifestNode } from "../artifacts/manifest.ts";
import { warehouseType } from "../warehouse-type.ts";
import type { ProposedProduct } from "./propose-products.ts";

/** Something that dbt says and the contract cannot, or that dbt does not say and a contract needs. */
export interface Gap {
  readonly model: string;
  readonly what: string;
}

export interface DerivedContract {
  readonly contract: Contract;
  readonly gaps: readonly Gap[];
}

export interface DeriveOptions {
  readonly domain: string;
  readonly owner?: string | undefined;
  /** Products of the whole proposal: what a reference or an upstream is called. */
  readonly products: readonly ProposedProduct[];
}

/**
 * The contract that a product's models, columns and tests amount to: nothing in it is a guess. Types come from the
 * catalog, else from YAML; what tests show of all rows is a constraint, what they only warn of a check.
 */
export function deriveContract(
  product: ProposedProduct,
  manifest: Manifest,
  catalog: Catalog | undefined,
  options: DeriveOptions,
): DerivedContract {
  const gaps: Gap[] = [];
  const home = new Map(
    options.products.flatMap((p) => p.ports.map((id) => [id, { product: p, port: portOf(manifest, id) }] as const)),
  );
  const ports = product.ports.flatMap((id): OutputPort[] => {
    const node = manifest.nodes.get(id);
    const port = node && derivePort(node, product, manifest, catalog, home, options, gaps);
    // A port that promises no column promises nothing.
    return port === undefined || port.columns.length === 0 ? [] : [port];
  });
  const owner = product.owner?.includes("@") ? product.owner : (options.owner ?? product.owner);
  const first = manifest.nodes.get(product.ports[0] ?? "");
  const contract: Contract = {
    kind: "DataProduct",
    dialect: "datamesh.io/v1",
    id: `${options.domain}.${product.name}`,
    name: `${options.domain}.${product.name}`,
    domain: options.domain,
    product: product.name,
    version: "1.0.0",
    description: sentence(ports.length === 1 ? first?.description : undefined),
    status: "active",
    tags: [],
    previousVersions: [],
    owner,
    ownership: {},
    useCases: [],
    sla: {},
    inputs: [],
    ports,
    lineage: { upstream: upstreamOf(product, manifest, home, options), downstream: [] },
    access: { roles: [], policies: [], purposes: [] },
    extensions: {},
  };
  return { contract, gaps };
}

type Home = ReadonlyMap<string, { readonly product: ProposedProduct; readonly port: string }>;

const portOf = (manifest: Manifest, id: string): string => snakeName(manifest.nodes.get(id)?.name ?? id);

const sentence = (text: string | undefined): string | undefined => {
  const clean = text?.replaceAll(/\s+/g, " ").trim();
  return clean === undefined || clean === "" ? undefined : clean.slice(0, 2_000);
};

function upstreamOf(
  product: ProposedProduct,
  manifest: Manifest,
  home: Home,
  { domain }: DeriveOptions,
): Contract["lineage"]["upstream"] {
  const names = new Map<string, Contract["lineage"]["upstream"][number]>();
  for (const id of product.nodes) {
    for (const upstream of manifest.nodes.get(id)?.dependsOn ?? []) {
      const source = manifest.sources.get(upstream);
      const owner = home.get(upstream)?.product;
      if (source !== undefined) {
        const text = `${source.source}.${source.name}`;
        names.set(text, { text, domain: source.source, product: source.name });
      } else if (owner !== undefined && owner !== product) {
        const text = `${domain}.${owner.name}`;
        names.set(text, { text, domain, product: owner.name });
      }
    }
  }
  return [...names.values()].toSorted((a, b) => (a.text < b.text ? -1 : 1));
}

function derivePort(
  node: ManifestNode,
  product: ProposedProduct,
  manifest: Manifest,
  catalog: Catalog | undefined,
  home: Home,
  options: DeriveOptions,
  gaps: Gap[],
): OutputPort {
  const tests = [...manifest.nodes.values()].filter(
    (t) =>
      t.test?.attachedTo === node.id ||
      (t.test?.attachedTo === undefined && t.test?.kind === "generic" && t.dependsOn.at(-1) === node.id),
  );
  const facts = new Facts(node, tests, home, options);
  const built = catalog?.relations.get(node.id);
  const declared = [...node.columns.values()];
  const described = new Map(declared.map((c) => [c.name.toLowerCase(), c]));
  // The warehouse's order and names; columns that only YAML knows were renamed or are gone.
  const listed =
    built !== undefined && built.columns.length > 0
      ? built.columns.map((c) => ({
          name: described.get(c.name.toLowerCase())?.name ?? c.name,
          word: c.type,
          comment: c.comment,
        }))
      : declared.map((c) => ({ name: c.name, word: c.dataType ?? "", comment: undefined }));
  if (listed.length === 0) gaps.push({ model: node.name, what: "no port: its columns are not known" });
  const untyped: string[] = [];
  const columns = listed.map(({ name, word, comment }): ContractColumn => {
    const type = word === "" ? undefined : warehouseType(manifest.adapter, word);
    if (type === undefined && word === "") untyped.push(name);
    else if (type === undefined) gaps.push({ model: node.name, what: `"${name}" has the type ${word}, taken as text` });
    const own = described.get(name.toLowerCase());
    return columnOf(name, type ?? { kind: "string" }, facts, {
      description: sentence(own?.description) ?? sentence(comment),
      pii:
        own?.meta.get("pii") === true ||
        own?.meta.get("contains_pii") === true ||
        (own?.tags ?? []).some((t) => /^(contains[_-])?pii$/i.test(t)),
    });
  });
  if (untyped.length > 0) {
    const names = untyped.slice(0, 3).join(", ") + (untyped.length > 3 ? ", …" : "");
    const have = untyped.length === 1 ? "1 column has" : `${untyped.length} columns have`;
    gaps.push({
      model: node.name,
      what: `${have} no type in YAML and none in a catalog.json, taken as text: ${names}`,
    });
  }
  gaps.push(...facts.left());
  return {
    name: snakeName(node.name),
    default: snakeName(node.name) === snakeName(product.name),
    description: sentence(node.description),
    columns,
    checks: facts.checks,
    sla: {},
    at: [],
  };
}

function columnOf(
  name: string,
  type: LogicalType,
  facts: Facts,
  more: { readonly description: string | undefined; readonly pii: boolean },
): ContractColumn {
  const constraints = facts.constraintsOf(name);
  return {
    name,
    type,
    typeName: typeWordOf(type),
    nullable: !facts.isNotNull(name),
    description: more.description,
    tags: [],
    constraints,
    pii: more.pii,
    ...partsOf(type),
    extensions: {},
    at: [],
  };
}

/** Structs and lists name their parts by keys of their own. */
function partsOf(type: LogicalType): Partial<ContractColumn> {
  const part = (name: string, inner: LogicalType, nullable: boolean): ContractColumn => ({
    name,
    type: inner,
    typeName: typeWordOf(inner),
    nullable,
    tags: [],
    constraints: {},
    pii: false,
    ...partsOf(inner),
    extensions: {},
    at: [],
  });
  if (type.kind === "struct") return { fields: type.fields.map((f) => part(f.name, f.type, f.nullable)) };
  if (type.kind === "array") return { element: part("element", type.element.type, type.element.nullable) };
  if (type.kind === "map") return { element: part("value", type.value.type, type.value.nullable) };
  return {};
}

/** What the tests of a model show of its columns. */
class Facts {
  readonly #model: string;
  readonly #notNull = new Set<string>();
  readonly #unique = new Set<string>();
  readonly #values = new Map<string, Partial<Constraints>>();
  readonly #left: string[] = [];
  readonly checks: ContractCheck[] = [];

  constructor(node: ManifestNode, tests: readonly ManifestNode[], home: Home, options: DeriveOptions) {
    this.#model = node.name;
    for (const column of node.columns.values()) {
      const key = column.name.toLowerCase();
      if (column.constraints.includes("not_null") || column.constraints.includes("primary_key")) this.#notNull.add(key);
      if (column.constraints.includes("unique") || column.constraints.includes("primary_key")) this.#unique.add(key);
    }
    for (const test of tests) this.#take(test, home, options);
    this.checks.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  isNotNull = (column: string): boolean => this.#notNull.has(column.toLowerCase());

  constraintsOf(column: string): Constraints {
    const key = column.toLowerCase();
    // One column that is unique and never NULL is the key; of several, nobody said which.
    const keys = [...this.#unique].filter((c) => this.#notNull.has(c));
    const isKey = keys.length === 1 && keys[0] === key;
    return {
      ...(isKey ? { primaryKey: true } : this.#unique.has(key) ? { unique: true } : {}),
      ...this.#values.get(key),
    };
  }

  /** Tests that say what no constraint or check of a contract says: dbt goes on running them. */
  left(): readonly Gap[] {
    if (this.#left.length === 0) return [];
    const names = this.#left.toSorted();
    const shown = names.slice(0, 2).join(", ") + (names.length > 2 ? ", …" : "");
    return [
      {
        model: this.#model,
        what: `${names.length === 1 ? "1 test stays" : `${names.length} tests stay`} with dbt: ${shown}`,
      },
    ];
  }

  #take(test: ManifestNode, home: Home, options: DeriveOptions): void {
    const { name = test.name, column, arguments: args = {} } = test.test ?? {};
    const key = column?.replaceAll(/^["'`]|["'`]$/g, "").toLowerCase();
    const where = typeof test.config["where"] === "string" ? test.config["where"] : undefined;
    const warns = String(test.config["severity"] ?? "error").toLowerCase() === "warn";
    const bounded = [test.config["error_if"], test.config["warn_if"]].some((c) => c !== undefined && c !== "!= 0");
    if (
      key !== undefined &&
      where === undefined &&
      !warns &&
      !bounded &&
      this.#constrain(name, key, args, home, options)
    )
      return;
    const check = asCheck(name, column, args, where, warns);
    if (check === undefined || bounded || (where !== undefined && /\{[{%]/.test(where))) this.#left.push(test.name);
    else this.checks.push({ ...check, name: uniqueName(check.name, this.checks) });
  }

  #constrain(
    name: string,
    key: string,
    args: Readonly<Record<string, unknown>>,
    home: Home,
    { domain }: DeriveOptions,
  ): boolean {
    const add = (more: Partial<Constraints>): true => {
      this.#values.set(key, { ...this.#values.get(key), ...more });
      return true;
    };
    switch (name) {
      case "not_null":
        this.#notNull.add(key);
        return true;
      case "unique":
        this.#unique.add(key);
        return true;
      case "accepted_values": {
        const values = args["values"];
        if (!Array.isArray(values) || values.length === 0) return false;
        // Without quotes dbt compares the values as SQL, and what they are then is not said.
        return args["quote"] === false
          ? values.every((v) => typeof v === "number") && add({ enum: values })
          : add({ enum: values });
      }
      case "relationships": {
        const to =
          typeof args["to"] === "string"
            ? /ref\(\s*['"](?:[\w.-]+['"]\s*,\s*['"])?([\w.-]+)['"]/.exec(args["to"])?.[1]
            : undefined;
        const field = args["field"];
        if (to === undefined || typeof field !== "string") return false;
        const found = [...home].find(([id]) => id.split(".").at(-1) === to || id.endsWith(`.${to}`));
        if (found === undefined) return false;
        const { product, port } = found[1];
        const named = port === snakeName(product.name) ? "" : `.${port}`;
        return add({ references: `${domain}.${product.name}${named}.${field}` });
      }
      case "dbt_utils.accepted_range": {
        const { min_value: min, max_value: max, inclusive } = args;
        const [a, b] = [min, max].map((v) => (typeof v === "number" ? v : undefined));
        if ((min !== undefined && a === undefined) || (max !== undefined && b === undefined)) return false;
        if (a === undefined && b === undefined) return false;
        return inclusive === false
          ? add({ ...(a === undefined ? {} : { exclusiveMin: a }), ...(b === undefined ? {} : { exclusiveMax: b }) })
          : add({ ...(a === undefined ? {} : { min: a }), ...(b === undefined ? {} : { max: b }) });
      }
      default:
        return false;
    }
  }
}

/** A test as a check of the contract, where we have the assertion. */
function asCheck(
  name: string,
  column: string | undefined,
  args: Readonly<Record<string, unknown>>,
  where: string | undefined,
  warns: boolean,
): ContractCheck | undefined {
  const { column_name: _column, model: _model, ...own } = args;
  const expectation = /^dbt_expectations\.(expect_\w+)$/.exec(name)?.[1];
  const plain: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    not_null: {},
    unique: {},
    accepted_values: Array.isArray(args["values"]) ? { values: args["values"] } : {},
  };
  const assertion = expectation ?? (Object.hasOwn(plain, name) ? name : undefined);
  if (assertion === undefined) return undefined;
  const given = expectation === undefined ? plain[name]! : own;
  // Arguments that are SQL or Jinja mean nothing outside dbt.
  if (Object.values(given).some((v) => typeof v === "string" && /\{[{%]|\(/.test(v))) return undefined;
  return {
    name: [assertion, column].filter((part) => part !== undefined).join("."),
    ...(column === undefined ? {} : { column }),
    assertion,
    arguments: given,
    severity: warns ? "warning" : "error",
    ...(where === undefined ? {} : { where }),
    at: [],
  };
}

function uniqueName(name: string, checks: readonly ContractCheck[]): string {
  let free = name;
  for (let n = 2; checks.some((c) => c.name === free); n++) free = `${name}.${n}`;
  return free;
}
