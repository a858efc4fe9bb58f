import { dbtConfig, dbtDeclaredConfig, dbtSourceConfig, dbtUnitTestConfig } from "./dbt-config.ts";
import type { ConfigValue, Declared, ProjectNode, Selected, SourceNode, UnitTest } from "./model.ts";

export type ListingOutput = "selector" | "name" | "path" | "json";

interface Line {
  readonly id: string;
  readonly selector: string;
  readonly name: string;
  readonly path: string;
  readonly json: () => Readonly<Record<string, unknown>>;
}

/** The lines of `dbt ls`, in its order: by id. With `keys`, JSON holds those alone; `config.materialized` reaches into one. */
export function listing(
  selected: Selected,
  output: ListingOutput = "selector",
  keys: readonly string[] = [],
): readonly string[] {
  const lines: Line[] = [
    ...[...selected.nodes, ...selected.analyses].map(nodeLine),
    ...selected.sources.map(sourceLine),
    ...selected.unitTests.map(unitTestLine),
    ...selected.declared.map(declaredLine),
  ];
  return lines
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((line) => (output === "json" ? JSON.stringify(picked(line.json(), keys)) : line[output]));
}

function picked(all: Readonly<Record<string, unknown>>, keys: readonly string[]): Readonly<Record<string, unknown>> {
  if (keys.length === 0) return all;
  const found: Record<string, unknown> = {};
  for (const key of keys) {
    let value: unknown = all;
    for (const part of key.split(".")) {
      value =
        typeof value === "object" && value !== null && Object.hasOwn(value, part)
          ? (value as Record<string, unknown>)[part]
          : undefined;
    }
    if (value !== undefined) found[key] = value;
  }
  return found;
}

const upstream = (node: ProjectNode): readonly string[] =>
  node.dependencies.flatMap((d) => (d.kind === "port" ? [] : [d.id]));

const nodeLine = (node: ProjectNode): Line => ({
  id: node.id,
  selector: node.fqn.join("."),
  name: node.version === undefined ? node.name : `${node.name}.v${node.version.version}`,
  path: node.path,
  json: () => ({
    name: node.name,
    resource_type: node.resourceType,
    package_name: node.package,
    original_file_path: node.path,
    unique_id: node.id,
    alias: node.relation.name,
    config: dbtConfig(node),
    tags: dbtConfig(node)["tags"],
    depends_on: { nodes: upstream(node), macros: node.macros },
  }),
});

const sourceLine = (source: SourceNode): Line => ({
  id: source.id,
  selector: `source:${source.package}.${source.source}.${source.name}`,
  name: `${source.source}.${source.name}`,
  path: source.path,
  json: () => ({
    name: source.name,
    resource_type: "source",
    package_name: source.package,
    original_file_path: source.path,
    unique_id: source.id,
    source_name: source.source,
    config: dbtSourceConfig(source),
    tags: source.tags,
  }),
});

const unitTestLine = (test: UnitTest): Line => {
  const versioned = test.version === undefined ? test.name : `${test.name}_v${test.version}`;
  return {
    id: test.id,
    selector: `unit_test:${test.package}.${versioned}`,
    name: test.name,
    path: test.path,
    json: () => ({
      name: test.name,
      resource_type: "unit_test",
      package_name: test.package,
      original_file_path: test.path,
      unique_id: test.id,
      config: dbtUnitTestConfig(test.config),
      depends_on: { nodes: [test.model], macros: [] },
    }),
  };
};

const declaredLine = (item: Declared): Line => ({
  id: item.id,
  selector: `${item.kind}:${item.package}.${item.name}`,
  name: item.name,
  path: item.path,
  json: (): Readonly<Record<string, ConfigValue>> => ({
    name: item.name,
    resource_type: item.kind,
    package_name: item.package,
    original_file_path: item.path,
    unique_id: item.id,
    config: dbtDeclaredConfig(item),
    tags: item.tags,
    depends_on: { nodes: item.parents, macros: [] },
  }),
});
