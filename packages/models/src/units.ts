import type { Diagnostic, Span } from "@meshwork/diagnostics";
import { callValue, fromPython, parseTemplate, repr, toPython } from "@meshwork/jinja";
import type { Definition, Template } from "@meshwork/jinja";
import type { Relation } from "@meshwork/sql";
import { configKey, mergeLayers, readConfig, unrenderedOf } from "./config.ts";
import type { ConfigLayer, Setting } from "./config.ts";
import type { ResourceTree } from "./config-tree.ts";
import { readConstraints } from "./constraints.ts";
import type { CallPlaces } from "./context/call-places.ts";
import { jinjaDiagnostic } from "./context/jinja-diagnostics.ts";
import { relationValue } from "./context/relation-value.ts";
import { RenderScope } from "./context/render-scope.ts";
import { columnsOf, describe, docBlocksOf, entryLayers } from "./entry-values.ts";
import type {
  Access,
  ConfigValue,
  ModelConstraint,
  ModelVersion,
  NodeConfig,
  ProjectNode,
  ResourceType,
} from "./model.ts";
import type { ProjectSourceFile } from "./project-tree.ts";
import type { ResourceEntry } from "./properties.ts";
import type { Entries, Reading } from "./reading.ts";
import { SourceText } from "./source-text.ts";
import { sqlCodes } from "./sql.codes.ts";
import type { Unit } from "./unit.ts";
import { isPlain } from "./semantic.ts";
import { latestOf } from "./versions.ts";
import { entryOf, textOf, valueOf } from "./yaml.ts";

/** What a unit is called and where it lies. */
export interface Identity {
  readonly resourceType: ResourceType;
  readonly name: string;
  readonly text: SourceText;
  readonly folders: readonly string[];
  readonly product: string | undefined;
  readonly version?: ModelVersion | undefined;
}

const idOf = (reading: Reading, identity: Identity): string =>
  `${identity.resourceType}.${reading.package.name}.${identity.name}` +
  (identity.version === undefined ? "" : `.v${identity.version.version}`);

const fqnOf = (reading: Reading, identity: Identity): string[] => [
  reading.package.name,
  ...identity.folders,
  identity.name,
  ...(identity.version === undefined ? [] : [`v${identity.version.version}`]),
];

export function modelUnit(reading: Reading, file: ProjectSourceFile, entry: ResourceEntry | undefined): Unit {
  const version = entry?.version;
  const identity: Identity = {
    resourceType: "model",
    name: version === undefined ? file.stem : entry!.name,
    text: file.source,
    folders: file.folders,
    product: productOf(reading, file.source),
    version: version === undefined ? undefined : versionOf(version.version, latestOf(entry!, entry!.latest)),
  };
  return templateUnit(reading, identity, entry, reading.trees.models);
}

const versionOf = (version: string, latest: string): ModelVersion => {
  const [a, b] = [Number(version), Number(latest)];
  const later = Number.isNaN(a) || Number.isNaN(b) ? version > latest : a > b;
  return { version, latest, prerelease: later };
};

/** SQL that is compiled and never run. */
export function analysisUnit(reading: Reading, file: ProjectSourceFile, entries: Entries): Unit {
  const identity: Identity = {
    resourceType: "analysis",
    name: file.stem,
    text: file.source,
    folders: ["analysis", ...file.folders],
    product: productOf(reading, file.source),
  };
  return templateUnit(reading, identity, entries.get(`analysis ${file.stem}`), reading.trees.models);
}

/** A test that is a query of its own. */
export function singularTestUnit(reading: Reading, file: ProjectSourceFile, entry: ResourceEntry | undefined): Unit {
  const identity: Identity = {
    resourceType: "test",
    name: file.stem,
    text: file.source,
    folders: file.folders,
    product: productOf(reading, file.source),
  };
  const unit = templateUnit(reading, identity, entry, reading.trees.data_tests);
  unit.node.test = { kind: "singular", name: file.stem, arguments: new Map() };
  return unit;
}

/** Files of packages belong to no product: they are shared. */
const productOf = (reading: Reading, source: SourceText): string | undefined =>
  reading.package.root ? reading.around.options.productOf?.(source.path) : undefined;

/** The snapshots of a file: each `{% snapshot name %}` block. */
export function snapshotUnits(reading: Reading, file: ProjectSourceFile, entries: Entries): Unit[] {
  const { template, trouble } = reading.parse(file.source);
  reading.diagnostics.push(...(template === undefined ? trouble : []));
  return (template?.definitions ?? [])
    .filter((d) => d.tag === "snapshot")
    .map((block) => {
      const identity: Identity = {
        resourceType: "snapshot",
        name: block.name,
        text: file.source,
        folders: [...file.folders, file.stem],
        product: productOf(reading, file.source),
      };
      return templateUnit(reading, identity, entries.get(`snapshot ${block.name}`), reading.trees.snapshots, block);
    });
}

/** A snapshot that YAML alone defines: all rows of its `relation:`. */
export function yamlSnapshotUnit(reading: Reading, entry: ResourceEntry): Unit | undefined {
  const written = textOf(entryOf(entry.node, "relation")?.value);
  if (written === undefined) return undefined;
  const path = entry.source.path;
  const text = new SourceText(`${path}#${entry.name}`, entry.source.file, `select * from {{ ${written} }}`);
  const { around } = reading;
  const identity: Identity = {
    resourceType: "snapshot",
    name: entry.name,
    text: entry.source,
    folders: entry.folders,
    product: productOf(reading, entry.source),
  };
  const trouble: Diagnostic[] = [];
  const layers = reading.trees.snapshots.around(fqnOf(reading, identity), entryLayers(reading, entry));
  const { node } = finish(reading, identity, entry, layers, trouble);
  try {
    const template = parseTemplate(text.text, { name: `relation of ${entry.name}` });
    return { node: { ...node, place: entry.place, source: text.text }, text: entry.source, template, trouble };
  } catch (error) {
    trouble.push(jinjaDiagnostic(error, around, entry.place));
    return { node: { ...node, place: entry.place }, text: entry.source, trouble };
  }
}

/** A model, a singular test or a snapshot: SQL with Jinja, in a file of its own or in a block. */
export function templateUnit(
  reading: Reading,
  identity: Identity,
  entry: ResourceEntry | undefined,
  tree: ResourceTree,
  block?: Definition,
): Unit {
  const { text } = identity;
  const parsed = reading.parse(text);
  const { trouble } = parsed;
  const template = block ?? parsed.template;
  const places = parsed.template === undefined ? undefined : reading.places(parsed.template, text);
  const fqn = fqnOf(reading, identity);
  const inner = entryLayers(reading, entry);
  const id = idOf(reading, identity);
  const found: Diagnostic[] = [...trouble];
  if (template !== undefined && places !== undefined) {
    const written =
      (block === undefined ? writtenConfig(reading, text, places) : undefined) ??
      renderedConfig(reading, identity, id, tree.around(fqn, inner), template, places, found);
    for (const settings of written) {
      const layer = new Map<string, Setting>();
      for (const [key, value] of settings) {
        const raw = writtenSetting(text, places, key, value);
        layer.set(configKey(key), { value, raw, span: places.keyword("config", key) ?? text.top() });
      }
      inner.push(layer);
    }
  }
  const finished = finish(reading, identity, entry, tree.around(fqn, inner), found);
  if (block !== undefined) finished.node.block = block.body;
  return {
    ...finished,
    text,
    template,
    places,
    trouble: found,
  };
}

/** dbt keeps texts of `config()` as they are and writes anything else as the template has it. */
function writtenSetting(text: SourceText, places: CallPlaces, key: string, value: ConfigValue): ConfigValue {
  const argument = places.argument("config", key);
  if (argument === undefined) return value;
  const constant = argument.constant === undefined ? undefined : fromPython(argument.constant);
  if (typeof constant === "string") return constant;
  if (constant !== undefined) return repr(argument.constant!);
  return text.text.slice(argument.offset, argument.endOffset);
}

type Configured = readonly ReadonlyMap<string, ConfigValue>[];

/**
 * The settings of `config()` calls that can be read off the text: constants, on every way through the template.
 * Nothing where a render must tell.
 */
function writtenConfig(reading: Reading, text: SourceText, places: CallPlaces): Configured | undefined {
  if (reading.macrosConfigure()) return undefined;
  if (!text.text.includes("config")) return [];
  const calls = places.calls("config");
  const first = text.text.indexOf("{%");
  const plain = calls.every(
    (c) => c.constant && c.inside === undefined && c.args.length === 0 && (first < 0 || c.offset < first),
  );
  if (!plain) return undefined;
  return calls.map((c) => new Map([...c.kwargs].map(([key, arg]) => [key, fromPython(arg.constant!) as ConfigValue])));
}

/** The settings that a render makes, before anything is known of other nodes. */
function renderedConfig(
  reading: Reading,
  identity: Identity,
  id: string,
  layers: readonly ConfigLayer[],
  template: Template | Definition,
  places: CallPlaces,
  found: Diagnostic[],
): Configured {
  const { around } = reading;
  const { text, name, resourceType } = identity;
  const stand = relationValue({ relation: { name }, dialect: around.options.dialect });
  const scope = new RenderScope(around, {
    package: reading.package.name,
    execute: false,
    incremental: false,
    now: around.options.now,
    invocationId: "",
    relation: { schema: around.options.target.schema, name },
    node: { id, name, resourceType, file: text.file, path: text.path, fqn: fqnOf(reading, identity) },
    config: new Map([...mergeLayers(layers)].map(([key, setting]) => [key, setting.value])),
    places,
    ref: () => stand,
    source: () => stand,
  });
  try {
    around.environment.render(template, scope);
  } catch (error) {
    found.push(jinjaDiagnostic(error, { ...around, names: () => [...scope.keys()] }, text.top()));
  }
  // What is missing is said when the node is compiled; here only what keeps it from being read counts.
  return scope.configured;
}

export function seedUnit(reading: Reading, file: ProjectSourceFile, entries: Entries): Unit {
  const identity: Identity = {
    resourceType: "seed",
    name: file.stem,
    text: file.source,
    folders: file.folders,
    product: productOf(reading, file.source),
  };
  const entry = entries.get(`seed ${file.stem}`);
  const trouble: Diagnostic[] = [];
  const layers = reading.trees.seeds.around(fqnOf(reading, identity), entryLayers(reading, entry));
  return {
    ...finish(reading, identity, entry, layers, trouble),
    text: file.source,
    trouble,
  };
}

function finish(
  reading: Reading,
  identity: Identity,
  entry: ResourceEntry | undefined,
  layers: readonly ConfigLayer[],
  trouble: Diagnostic[],
): Pick<Unit, "node"> {
  const { around } = reading;
  const { name, text, resourceType } = identity;
  const label = `${resourceType} "${name}"`;
  const own = { materializations: around.macros.materializations(), strategies: around.macros.strategies() };
  const { config, diagnostics } = readConfig(resourceType, mergeLayers(layers), label, text.top(), own);
  trouble.push(...diagnostics);
  const { version } = identity;
  return {
    node: {
      id: idOf(reading, identity),
      resourceType,
      name,
      package: reading.package.name,
      product: identity.product,
      path: text.path,
      file: text.file,
      fqn: fqnOf(reading, identity),
      config,
      relation: relationOf(reading, identity, config, trouble),
      description:
        describe(reading, entry?.version?.node, entry?.source) || describe(reading, entry?.node, entry?.source),
      docBlocks: docBlocksOf(reading, entry?.version?.node).concat(docBlocksOf(reading, entry?.node)),
      columns: columnsOf(reading, entry),
      dependencies: [],
      macros: [],
      access: accessOf(config.all.get("access"), trouble, label, entry?.place ?? text.top()),
      group: config.group,
      version,
      timeSpine: timeSpineOf(entry),
      unrendered: unrenderedOf(layers),
      constraints: constraintsOf(entry, trouble, label),
      deprecationDate: textOf(entryOf(entry?.version?.node ?? entry?.node, "deprecation_date")?.value),
      patchPath: entry === undefined ? undefined : `${reading.package.name}://${entry.source.path}`,
      packageRoot: reading.package.folder,
      source: text.text,
      place: text.top(),
    },
  };
}

function constraintsOf(
  entry: ResourceEntry | undefined,
  trouble: Diagnostic[],
  label: string,
): readonly ModelConstraint[] {
  const owner = entryOf(entry?.version?.node, "constraints") === undefined ? entry?.node : entry?.version?.node;
  return entry === undefined ? [] : readConstraints(owner, entry.source, trouble, label);
}

function timeSpineOf(entry: ResourceEntry | undefined): ProjectNode["timeSpine"] {
  const found = entryOf(entry?.node, "time_spine");
  const value = found === undefined ? null : valueOf(found.value);
  if (!isPlain(value)) return undefined;
  const custom = Array.isArray(value["custom_granularities"]) ? value["custom_granularities"] : [];
  return {
    standard_granularity_column: value["standard_granularity_column"] ?? null,
    custom_granularities: (custom as readonly ConfigValue[])
      .filter(isPlain)
      .map((g) => ({ name: g["name"] ?? null, column_name: g["column_name"] ?? null })),
  };
}

function accessOf(value: ConfigValue | undefined, trouble: Diagnostic[], where: string, span: Span): Access {
  if (value === undefined || value === null) return "protected";
  if (value === "private" || value === "protected" || value === "public") return value;
  const shown = typeof value === "string" ? `"${value}"` : JSON.stringify(value);
  const params = { key: "access", value: shown, expected: "private, protected or public", where };
  trouble.push(sqlCodes.create("bad-config", params, { span }));
  return "protected";
}

const textSetting = (config: NodeConfig, key: string): string | undefined => {
  const value = config.all.get(key);
  return typeof value === "string" && value !== "" ? value : undefined;
};

/** dbt's naming: a schema of the configuration comes behind the target's. A project's own naming macros win. */
function relationOf(reading: Reading, identity: Identity, config: NodeConfig, trouble: Diagnostic[]): Relation {
  const { around } = reading;
  const { target } = around.options;
  const { resourceType: kind, name, text, version } = identity;
  const named = (macro: string, value: string | undefined): string | undefined => {
    const own = reading.package.name;
    const entry = around.macros.in(own, macro) ?? around.macros.in(around.project, macro);
    if (entry === undefined) return undefined;
    const scope = new RenderScope(around, {
      package: own,
      execute: true,
      incremental: false,
      now: around.options.now,
      invocationId: "",
      node: {
        id: idOf(reading, identity),
        name,
        resourceType: kind,
        file: text.file,
        path: text.path,
        fqn: fqnOf(reading, identity),
        version: version?.version,
      },
      config: config.all,
      ref: () => "",
      source: () => "",
    });
    try {
      const result = fromPython(callValue(scope.macro(entry), [toPython(value ?? null), scope.get("model") ?? null]));
      return typeof result === "string" ? result.trim() : undefined;
    } catch (error) {
      trouble.push(jinjaDiagnostic(error, around, text.top()));
      return undefined;
    }
  };
  const own = version === undefined ? name : `${name}_v${version.version.replaceAll(".", "_")}`;
  const plain = config.schema === undefined ? target.schema : `${target.schema}_${config.schema}`;
  return {
    database:
      (kind === "snapshot" ? textSetting(config, "target_database") : undefined) ??
      named("generate_database_name", config.database) ??
      config.database ??
      target.database,
    schema:
      (kind === "snapshot" ? textSetting(config, "target_schema") : undefined) ??
      named("generate_schema_name", config.schema) ??
      (kind === "test" ? `${target.schema}_dbt_test__audit` : plain),
    name: named("generate_alias_name", config.alias) ?? config.alias ?? own,
  };
}
