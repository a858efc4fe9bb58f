import type { Selected, SourceNode, ProjectNode } from "./model.ts";

export type ListingOutput = "selector" | "name" | "path" | "json";

/** The lines of `dbt ls`, in its order: by id, sources with their prefix. */
export function listing(selected: Selected, output: ListingOutput = "selector"): readonly string[] {
  const nodes = [...selected.nodes].sort((a, b) => (a.id < b.id ? -1 : 1));
  const lines = [
    ...nodes.map((n) => ({ id: n.id, line: nodeLine(n, output) })),
    ...selected.sources.map((s) => ({ id: s.id, line: sourceLine(s, output) })),
  ];
  return lines.map((l) => l.line);
}

function nodeLine(node: ProjectNode, output: ListingOutput): string {
  switch (output) {
    case "name":
      return node.name;
    case "path":
      return node.path;
    case "json":
      return JSON.stringify({
        name: node.name,
        resource_type: node.resourceType,
        package_name: node.package,
        original_file_path: node.path,
        unique_id: node.id,
        alias: node.relation.name,
        config: { enabled: true, materialized: node.config.materialized, tags: node.config.tags },
        tags: node.config.tags,
        depends_on: { nodes: node.dependencies.flatMap((d) => (d.kind === "port" ? [] : [d.id])), macros: node.macros },
      });
    case "selector":
      return node.fqn.join(".");
  }
}

function sourceLine(source: SourceNode, output: ListingOutput): string {
  switch (output) {
    case "name":
      return `${source.source}.${source.name}`;
    case "path":
      return source.path;
    case "json":
      return JSON.stringify({
        name: source.name,
        resource_type: "source",
        package_name: source.package,
        original_file_path: source.path,
        unique_id: source.id,
        source_name: source.source,
        tags: source.tags,
      });
    case "selector":
      return `source:${source.fqn.join(".")}`;
  }
}
