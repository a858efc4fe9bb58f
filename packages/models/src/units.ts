import type { Diagnostic } from "@meshwork/diagnostics";
import { callValue, fromPython, toPython } from "@meshwork/jinja";
import type { Relation } from "@meshwork/sql";
import { configKey, mergeLayers, readConfig } from "./config.ts";
import type { ConfigLayer, Setting } from "./config.ts";
import type { ConfigTree } from "./config-tree.ts";
import { jinjaDiagnostic } from "./context/jinja-diagnostics.ts";
import { relationValue } from "./context/relation-value.ts";
import { RenderScope } from "./context/render-scope.ts";
import type { RefCall, SourceCall } from "./context/render-scope.ts";
import { columnsOf, describe, entryLayers } from "./entry-values.ts";
import type { NodeConfig, ResourceType } from "./model.ts";
import type { ProjectSourceFile } from "./project-tree.ts";
import type { ResourceEntry } from "./properties.ts";
import type { Entries, Reading } from "./reading.ts";
import type { SourceText } from "./source-text.ts";
import type { Unit } from "./unit.ts";

/** What a unit is called and where it lies. */
export interface Identity {
  readonly resourceType: ResourceType;
  readonly name: string;
  readonly text: SourceText;
  readonly folders: readonly string[];
  readonly product: string | undefined;
}

export function modelUnit(reading: Reading, file: ProjectSourceFile, entries: Entries): Unit {
  const identity: Identity = {
    resourceType: "model",
    name: file.stem,
    text: file.source,
    folders: file.folders,
    product: reading.around.options.productOf?.(file.source.path),
  };
  return templateUnit(reading, identity, entries.get(`model ${file.stem}`), reading.trees.models);
}

/** A model or a singular test: SQL with Jinja in a file of its own. */
export function templateUnit(
  reading: Reading,
  identity: Identity,
  entry: ResourceEntry | undefined,
  tree: ConfigTree,
): Unit {
  const { around } = reading;
  const { text } = identity;
  const { template, trouble } = reading.parse(text);
  const refs: RefCall[] = [];
  const sources: SourceCall[] = [];
  const places = template === undefined ? undefined : reading.places(template, text);
  const fqn = [around.project, ...identity.folders, identity.name];
  const layers = [...tree.layers(fqn), ...entryLayers(reading, entry)];
  const id = `${identity.resourceType}.${around.project}.${identity.name}`;
  const stand = relationValue({ relation: { name: identity.name }, dialect: around.options.dialect });
  const scope = new RenderScope(around, {
    package: around.project,
    execute: false,
    incremental: false,
    now: around.options.now,
    invocationId: "",
    relation: { schema: around.options.target.schema, name: identity.name },
    node: { id, name: identity.name, resourceType: identity.resourceType, file: text.file, path: text.path },
    config: new Map([...mergeLayers(layers)].map(([key, setting]) => [key, setting.value])),
    places,
    ref: (call) => {
      refs.push(call);
      return stand;
    },
    source: (call) => {
      sources.push(call);
      return stand;
    },
  });
  const found: Diagnostic[] = [...trouble];
  if (template !== undefined) {
    try {
      around.environment.render(template, scope);
    } catch (error) {
      found.push(jinjaDiagnostic(error, { texts: around.texts, names: () => [...scope.keys()] }, text.top()));
    }
    // What is missing is said again when the node is compiled; here only what keeps it from being read counts.
    for (const settings of scope.configured) {
      const layer = new Map<string, Setting>();
      for (const [key, value] of settings) {
        layer.set(configKey(key), { value, span: places?.keyword("config", key) ?? text.top() });
      }
      layers.push(layer);
    }
  }
  return {
    ...finish(reading, identity, entry, layers, found),
    text,
    template,
    places,
    first: { refs, sources, macros: scope.usedMacros },
    trouble: found,
  };
}

export function seedUnit(reading: Reading, file: ProjectSourceFile, entries: Entries): Unit {
  const identity: Identity = {
    resourceType: "seed",
    name: file.stem,
    text: file.source,
    folders: file.folders,
    product: reading.around.options.productOf?.(file.source.path),
  };
  const entry = entries.get(`seed ${file.stem}`);
  const trouble: Diagnostic[] = [];
  const layers = [
    ...reading.trees.seeds.layers([reading.around.project, ...file.folders, file.stem]),
    ...entryLayers(reading, entry),
  ];
  return {
    ...finish(reading, identity, entry, layers, trouble),
    text: file.source,
    first: { refs: [], sources: [], macros: new Set() },
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
  const { config, diagnostics } = readConfig(resourceType, mergeLayers(layers), label, text.top());
  trouble.push(...diagnostics);
  const id = `${resourceType}.${around.project}.${name}`;
  return {
    node: {
      id,
      resourceType,
      name,
      package: around.project,
      product: identity.product,
      path: text.path,
      file: text.file,
      fqn: [around.project, ...identity.folders, name],
      config,
      relation: relationOf(reading, resourceType, name, config, text, trouble),
      description: describe(reading, entry?.node, entry?.source),
      columns: columnsOf(reading, entry),
      dependencies: [],
      macros: [],
      source: text.text,
      place: text.top(),
    },
  };
}

/** dbt's naming: a schema of the configuration comes behind the target's. A project's own naming macros win. */
function relationOf(
  reading: Reading,
  kind: ResourceType,
  name: string,
  config: NodeConfig,
  text: SourceText,
  trouble: Diagnostic[],
): Relation {
  const { around } = reading;
  const { target } = around.options;
  const named = (macro: string, value: string | undefined): string | undefined => {
    const entry = around.macros.in(around.project, macro);
    if (entry === undefined) return undefined;
    const scope = new RenderScope(around, {
      package: around.project,
      execute: true,
      incremental: false,
      now: around.options.now,
      invocationId: "",
      node: { id: `${kind}.${around.project}.${name}`, name, resourceType: kind, file: text.file, path: text.path },
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
  const plain = config.schema === undefined ? target.schema : `${target.schema}_${config.schema}`;
  return {
    database: named("generate_database_name", config.database) ?? config.database ?? target.database,
    schema:
      named("generate_schema_name", config.schema) ?? (kind === "test" ? `${target.schema}_dbt_test__audit` : plain),
    name: named("generate_alias_name", config.alias) ?? config.alias ?? name,
  };
}
