import type { Constraints, ContractCheck } from "@meshwork/contract";
import type { Path } from "@meshwork/diagnostics";
import type { NamedPart, PartShape } from "./columns.ts";
import { defined, toColumn } from "./columns.ts";
import { Cursor } from "./ddl/cursor.ts";
import type { Database } from "./ddl/database.ts";
import { readType } from "./ddl/read-type.ts";
import { databases } from "./ddl/databases.ts";
import { tokensOf } from "./ddl/tokens.ts";
import type { Imported, ImportedPort, ImportedReference, ImportSource, ReadContext } from "./define-import.ts";
import { defineImport } from "./define-import.ts";
import type { JsonDocument } from "./json/json-document.ts";
import { items, mapping, readJson, texts } from "./json/json-document.ts";

type Resource = Readonly<Record<string, unknown>>;

/**
 * dbt's `manifest.json` (schema versions 7 to 12): the models that are public or have an enforced contract, else all
 * models, seeds and snapshots, else the sources. Column types, constraints and tests become columns and checks.
 */
export const dbtManifest = defineImport({
  name: "dbt-manifest",
  summary: "dbt's manifest.json: models, sources, columns, tests",
  guess: (file, head) =>
    /"dbt_schema_version"\s*:\s*"[^"]*manifest/.test(head) ? 1 : /(?:^|\/)manifest\.json$/i.test(file) ? 0.7 : 0,
  read: readManifest,
});

function readManifest(source: ImportSource, context: ReadContext): Imported {
  const read = readJson(source.file, source.text);
  if (!read.ok) {
    context.report("unreadable", { format: "manifest of dbt", reason: read.reason }, { span: read.span });
    return { ports: [] };
  }
  const { document } = read;
  const manifest = mapping(document.value) ?? {};
  const metadata = mapping(manifest["metadata"]) ?? {};
  const nodes = mapping(manifest["nodes"]) ?? {};
  const sources = mapping(manifest["sources"]) ?? {};
  const chosen = choose(nodes, sources, source.only);
  if (chosen.length === 0) {
    const what = source.only === undefined ? "model or source" : `model or source called ${source.only.join(" or ")}`;
    context.report("nothing-found", { what }, { span: document.spanOf(["nodes"]) });
    return { ports: [] };
  }
  const adapter = String(metadata["adapter_type"] ?? "");
  const database =
    databases.find((each) => each.name === adapter) ??
    databases.find((each) => each.name === (adapter === "spark" ? "databricks" : "postgres"))!;
  const tests = testsOf(nodes);
  const reader = new ManifestReader(document, context, database, tests);
  const ports = chosen.map(([id, resource]) => reader.port(id, resource));
  const upstream = [
    ...new Set(chosen.flatMap(([, resource]) => items(mapping(resource["depends_on"])?.["nodes"]))),
  ].flatMap((id) => {
    const from = typeof id === "string" && Object.hasOwn(sources, id) ? mapping(sources[id]) : undefined;
    const [group, name] = [texts(from?.["source_name"]), texts(from?.["name"])];
    return group === undefined || name === undefined
      ? []
      : [`${group.replace(/[^\w-]/g, "_")}.${name.replace(/[^\w-]/g, "_")}`];
  });
  const name = ports.length === 1 ? undefined : texts(metadata["project_name"]);
  return { product: defined({ name, upstream }), ports };
}

type Chosen = readonly [id: string, resource: Resource];

/** What others may read, where the project says so. */
function choose(nodes: Resource, sources: Resource, only: readonly string[] | undefined): Chosen[] {
  const all = (from: Resource): Chosen[] =>
    Object.entries(from).flatMap(([id, value]): Chosen[] =>
      mapping(value) === undefined ? [] : [[id, mapping(value)!]],
    );
  const models = all(nodes).filter(([, node]) => ["model", "seed", "snapshot"].includes(String(node["resource_type"])));
  if (only !== undefined)
    return [...models, ...all(sources)].filter(([id, resource]) =>
      only.some(
        (name) =>
          name === resource["name"] ||
          name === id ||
          name === `${String(resource["source_name"])}.${String(resource["name"])}`,
      ),
    );
  const promised = models.filter(([, node]) => {
    const config = mapping(node["config"]);
    return (node["access"] ?? config?.["access"]) === "public" || mapping(config?.["contract"])?.["enforced"] === true;
  });
  return promised.length > 0 ? promised : models.length > 0 ? models : all(sources);
}

interface Test {
  readonly id: string;
  readonly test: Resource;
}

/** Tests by the resource that they are about. */
function testsOf(nodes: Resource): Map<string, Test[]> {
  const byNode = new Map<string, Test[]>();
  for (const [id, value] of Object.entries(nodes)) {
    const test = mapping(value);
    if (test?.["resource_type"] !== "test") continue;
    const about =
      texts(test["attached_node"]) ??
      items(mapping(test["depends_on"])?.["nodes"]).findLast((each) => typeof each === "string");
    if (typeof about === "string") byNode.set(about, [...(byNode.get(about) ?? []), { id, test }]);
  }
  return byNode;
}

class ManifestReader {
  readonly #document: JsonDocument;
  readonly #context: ReadContext;
  readonly #database: Database;
  readonly #tests: ReadonlyMap<string, readonly Test[]>;

  constructor(
    document: JsonDocument,
    context: ReadContext,
    database: Database,
    tests: ReadonlyMap<string, readonly Test[]>,
  ) {
    this.#document = document;
    this.#context = context;
    this.#database = database;
    this.#tests = tests;
  }

  port(id: string, resource: Resource): ImportedPort {
    const path: Path = [id.startsWith("source.") ? "sources" : "nodes", id];
    const name = texts(resource["alias"]) ?? texts(resource["name"]) ?? id;
    const columns = Object.entries(mapping(resource["columns"]) ?? {}).flatMap(([key, value]): NamedPart[] => {
      const column = mapping(value);
      return column === undefined
        ? []
        : [this.#column(column, texts(column["name"]) ?? key, name, [...path, "columns", key])];
    });
    const checks: ContractCheck[] = [];
    const references: ImportedReference[] = [];
    for (const constraint of items(resource["constraints"]))
      this.#tableConstraint(mapping(constraint) ?? {}, columns, checks, name, path);
    for (const { id: test, test: node } of this.#tests.get(id) ?? [])
      this.#test(node, columns, checks, references, name, ["nodes", test]);
    if (columns.length === 0)
      this.#context.report(
        "nothing-found",
        { what: `column of "${name}"` },
        { severity: "warning", span: () => this.#document.spanOf(path) },
      );
    return defined({
      name,
      namespace: texts(resource["schema"]),
      description: texts(resource["description"]),
      columns: columns.map(toColumn),
      checks,
      references,
      span: this.#document.spanOf(path),
    });
  }

  #lose(feature: string, message: string, port: string, path: Path, column?: string): void {
    this.#context.lose({ feature, message, port, column, span: () => this.#document.spanOf(path) });
  }

  #column(column: Resource, name: string, port: string, path: Path): NamedPart {
    const written = texts(column["data_type"]);
    let shape: PartShape = { kind: "string" };
    if (written === undefined)
      this.#lose("type", `The manifest says nothing of the type of "${name}": it is read as text.`, port, path, name);
    else {
      const tokens = tokensOf("", written, this.#database.quoting);
      const found = readType(new Cursor(tokens, 0, tokens.list.length - 1), this.#database);
      if (found === undefined || found.unknown !== undefined) {
        this.#context.report(
          "unknown-type",
          { type: written.slice(0, 60), column: name, taken: "text" },
          { span: () => this.#document.spanOf([...path, "data_type"]) },
        );
        this.#lose("type", `A contract has no type ${written.slice(0, 60)}.`, port, [...path, "data_type"], name);
      } else shape = found.shape;
    }
    const meta = mapping(column["meta"]) ?? mapping(mapping(column["config"])?.["meta"]) ?? {};
    let part: NamedPart = defined({
      name,
      shape,
      nullable: true,
      description: texts(column["description"]),
      tags: items(column["tags"]).filter((tag): tag is string => typeof tag === "string"),
      pii: meta["pii"] === true || meta["contains_pii"] === true ? true : undefined,
    });
    for (const constraint of items(column["constraints"]))
      part = this.#constrained(part, mapping(constraint) ?? {}, port, path);
    return part;
  }

  #constrained(part: NamedPart, constraint: Resource, port: string, path: Path): NamedPart {
    switch (constraint["type"]) {
      case "not_null":
        return { ...part, nullable: false };
      case "unique":
        return { ...part, constraints: { ...part.constraints, unique: true } };
      case "primary_key":
        return { ...part, nullable: false, constraints: { ...part.constraints, primaryKey: true } };
      default:
        this.#lose(
          "condition",
          `A constraint of type ${String(constraint["type"])} is not kept.`,
          port,
          path,
          part.name,
        );
        return part;
    }
  }

  #tableConstraint(
    constraint: Resource,
    columns: NamedPart[],
    checks: ContractCheck[],
    port: string,
    path: Path,
  ): void {
    const names = items(constraint["columns"]).filter((each): each is string => typeof each === "string");
    if (constraint["type"] === "primary_key")
      names.forEach((name, i) =>
        set(columns, name, (part) => ({
          ...part,
          nullable: false,
          constraints: defined({
            ...part.constraints,
            primaryKey: true,
            primaryKeyPosition: names.length > 1 ? i + 1 : undefined,
          }),
        })),
      );
    else if (constraint["type"] === "unique" && names.length === 1)
      set(columns, names[0]!, (part) => ({ ...part, constraints: { ...part.constraints, unique: true } }));
    else if (constraint["type"] === "unique" && names.length > 1)
      checks.push({
        name: `unique_${names.join("_")}`,
        assertion: "unique",
        arguments: { columns: names },
        severity: "error",
        at: [],
      });
    else this.#lose("condition", `A constraint of type ${String(constraint["type"])} is not kept.`, port, path);
  }

  #test(
    test: Resource,
    columns: NamedPart[],
    checks: ContractCheck[],
    references: ImportedReference[],
    port: string,
    path: Path,
  ): void {
    const about = mapping(test["test_metadata"]);
    const kwargs = mapping(about?.["kwargs"]) ?? {};
    const config = mapping(test["config"]) ?? {};
    const name = texts(about?.["name"]);
    const wanted = texts(test["column_name"]) ?? texts(kwargs["column_name"]);
    const column =
      columns.find((each) => each.name === wanted) ??
      columns.find((each) => each.name.toLowerCase() === wanted?.toLowerCase());
    const severity = String(config["severity"] ?? "error").toLowerCase() === "warn" ? "warning" : "error";
    const where = texts(config["where"]);
    if (config["enabled"] === false) return;
    const whole = severity === "error" && where === undefined && !String(config["warn_if"] ?? "").includes("<");
    const own =
      name === undefined ||
      about?.["namespace"] === null ||
      about?.["namespace"] === undefined ||
      about["namespace"] === "dbt";
    if (own && column !== undefined && whole && name !== "relationships") {
      const to = columnRule(name, kwargs);
      if (to !== undefined) return set(columns, column.name, to);
    }
    if (own && name === "relationships" && column !== undefined) {
      const target = /(?:ref|source)\(\s*['"]([^'"]+)['"](?:\s*,\s*['"]([^'"]+)['"])?/.exec(String(kwargs["to"] ?? ""));
      const field = texts(kwargs["field"]);
      if (target !== null)
        return void references.push(
          defined({ column: column.name, port: target[2] ?? target[1]!, to: field, span: this.#document.spanOf(path) }),
        );
    }
    const made = checkOf(own ? name : `${String(about?.["namespace"])}.${String(name)}`, kwargs, column?.name);
    if (made === undefined)
      return this.#lose(
        "checks",
        `The test ${texts(test["name"]) ?? "without a name"} has no word in a contract.`,
        port,
        path,
        column?.name,
      );
    const base = texts(test["name"]) ?? made.assertion;
    let unlike = base;
    for (let n = 2; checks.some((check) => check.name === unlike); n++) unlike = `${base}_${n}`;
    checks.push(defined({ ...made, name: unlike, severity, where, at: [] }));
  }
}

function set(columns: NamedPart[], name: string, to: (part: NamedPart) => NamedPart): void {
  const at = columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase());
  if (at >= 0) columns[at] = to(columns[at]!);
}

/** dbt's own tests of one column, as the column's rules. */
function columnRule(name: string | undefined, kwargs: Resource): ((part: NamedPart) => NamedPart) | undefined {
  const with_ =
    (more: Constraints) =>
    (part: NamedPart): NamedPart => ({ ...part, constraints: { ...part.constraints, ...more } });
  switch (name) {
    case "not_null":
      return (part) => ({ ...part, nullable: false });
    case "unique":
      return with_({ unique: true });
    case "accepted_values": {
      const values = items(kwargs["values"]).filter((each): each is string | number | boolean =>
        ["string", "number", "boolean"].includes(typeof each),
      );
      return values.length > 0 ? with_({ enum: values }) : undefined;
    }
    default:
      return undefined;
  }
}

type Unnamed = Pick<ContractCheck, "assertion" | "arguments" | "column">;

/** Tests that are a check of the port: those with a severity or condition of their own, and dbt_utils' nearest kin. */
function checkOf(name: string | undefined, kwargs: Resource, column: string | undefined): Unnamed | undefined {
  const of = column === undefined ? {} : { column };
  switch (name) {
    case "not_null":
    case "unique":
      return column === undefined ? undefined : { ...of, assertion: name, arguments: {} };
    case "accepted_values":
      return column === undefined
        ? undefined
        : { ...of, assertion: name, arguments: { values: items(kwargs["values"]) } };
    case "dbt_utils.unique_combination_of_columns":
      return { assertion: "unique", arguments: { columns: items(kwargs["combination_of_columns"]) } };
    case "dbt_utils.accepted_range": {
      const [low, high] = [kwargs["min_value"], kwargs["max_value"]];
      const inclusive = kwargs["inclusive"] !== false;
      const bounds = defined({
        [inclusive ? "min" : "exclusive_min"]: low ?? undefined,
        [inclusive ? "max" : "exclusive_max"]: high ?? undefined,
      });
      return column === undefined || Object.keys(bounds).length === 0
        ? undefined
        : { ...of, assertion: "range", arguments: bounds };
    }
    default:
      return undefined;
  }
}
