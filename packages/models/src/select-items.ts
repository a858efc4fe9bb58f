import { dbtConfig, dbtSourceConfig } from "./dbt-config.ts";
import type { Graph } from "./graph.ts";
import type { Declared, ProjectNode, SelectableType, SourceNode, UnitTest } from "./model.ts";
import type { Plain } from "./semantic.ts";

/** Something that a selector can name. */
export interface SelectItem {
  readonly id: string;
  readonly type: SelectableType;
  readonly name: string;
  readonly package: string;
  readonly fqn: readonly string[];
  /** Relative to its package, as dbt has it. */
  readonly path: string;
  /** The properties file that describes it, relative to its package. */
  readonly patchPath?: string | undefined;
  readonly tags: readonly string[];
  readonly group?: string | undefined;
  /** Nodes and sources: the configuration as dbt writes it down. */
  readonly config?: (() => Plain) | undefined;
  readonly node?: ProjectNode | undefined;
  readonly source?: SourceNode | undefined;
}

/** Everything a selection is made from. */
export interface Catalogue {
  readonly project: string;
  readonly nodes: ReadonlyMap<string, ProjectNode>;
  readonly analyses: ReadonlyMap<string, ProjectNode>;
  readonly sources: ReadonlyMap<string, SourceNode>;
  readonly unitTests: ReadonlyMap<string, UnitTest>;
  readonly declared: ReadonlyMap<string, Declared>;
  readonly graph: Graph;
}

const configs = new WeakMap<ProjectNode | SourceNode, Plain>();
function remembered<T extends ProjectNode | SourceNode>(of: T, make: (of: T) => Plain): Plain {
  let config = configs.get(of);
  if (config === undefined) configs.set(of, (config = make(of)));
  return config;
}

const nodeItem = (node: ProjectNode): SelectItem => ({
  id: node.id,
  type: node.resourceType,
  name: node.name,
  package: node.package,
  fqn: node.fqn,
  path: node.path,
  patchPath: node.patchPath?.split("://")[1],
  tags: node.config.tags,
  group: node.config.group,
  config: () => remembered(node, dbtConfig),
  node,
});

/** All items by id. */
export function selectItems(catalogue: Catalogue): ReadonlyMap<string, SelectItem> {
  const items: SelectItem[] = [...catalogue.nodes.values(), ...catalogue.analyses.values()].map(nodeItem);
  for (const source of catalogue.sources.values()) {
    const { id, name, fqn, path, tags } = source;
    const config = (): Plain => remembered(source, dbtSourceConfig);
    items.push({ id, type: "source", name, package: source.package, fqn, path, tags, config, source });
  }
  for (const test of catalogue.unitTests.values()) {
    const { id, name, fqn, path, tags } = test;
    items.push({ id, type: "unit_test", name, package: test.package, fqn, path, tags });
  }
  for (const item of catalogue.declared.values()) {
    if (item.kind === "group") continue;
    const { id, name, fqn, path } = item;
    // dbt keeps the tags of metrics in their configuration alone, where no selector looks.
    const tags = item.kind === "metric" || item.kind === "semantic_model" ? [] : item.tags;
    const group = item.config.get("group");
    items.push({
      id,
      type: item.kind,
      name,
      package: item.package,
      fqn,
      path,
      tags,
      group: item.kind === "metric" && typeof group === "string" ? group : undefined,
    });
  }
  return new Map(items.map((i) => [i.id, i]));
}
