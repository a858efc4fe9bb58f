import type { Artifact } from "./artifacts.ts";
import type { ColumnProperties, ConfigValue, Dependency, ModelConstraint, Project } from "./model.ts";

export type PortDependency = Extract<Dependency, { readonly kind: "port" }>;

/** The id of a port among the sources, as the generated files of plain dbt have it. */
export const portId = (project: Project, port: PortDependency): string =>
  `source.${project.name}.${port.domain}.${port.relation.name}`;

/** Versions are numbers where they are written as numbers. */
export const versionNumber = (version: string): string | number =>
  /^\d+(?:\.\d+)?$/.test(version) ? Number(version) : version;

export const plainConfig = (values: ReadonlyMap<string, ConfigValue>): Artifact =>
  sorted([...values].map(([key, value]) => [key, plain(value)]));

export function plain(value: ConfigValue): unknown {
  if (Array.isArray(value)) return (value as readonly ConfigValue[]).map(plain);
  if (typeof value !== "object" || value === null) return value;
  return sorted(Object.entries(value).map(([k, v]) => [k, plain(v)]));
}

/** An object whose keys stand in order; it has no prototype, so that any name is a key. */
export function sorted(entries: Iterable<readonly [string, unknown]>): Artifact {
  const object = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of inOrder(entries)) object[key] = value;
  return object;
}

/** As `sorted`, of values that are made when somebody looks at them, each time anew. */
export function fleeting(entries: Iterable<readonly [string, () => unknown]>): Artifact {
  const object = Object.create(null) as Record<string, unknown>;
  for (const [key, get] of inOrder(entries)) Object.defineProperty(object, key, { get, enumerable: true });
  return object;
}

function inOrder<T>(entries: Iterable<readonly [string, T]>): readonly (readonly [string, T])[] {
  const list = [...entries];
  // Most are in order already, and there are many small ones.
  for (let i = 1; i < list.length; i++)
    if (list[i - 1]![0] >= list[i]![0]) return list.sort(([a], [b]) => (a < b ? -1 : 1));
  return list;
}

export const constraintEntry = (constraint: ModelConstraint, ofModel: boolean): Artifact => ({
  type: constraint.type,
  name: constraint.name ?? null,
  expression: constraint.expression ?? null,
  warn_unenforced: constraint.warnUnenforced,
  warn_unsupported: constraint.warnUnsupported,
  to: constraint.to ?? null,
  to_columns: constraint.toColumns,
  ...(ofModel ? { columns: constraint.columns } : {}),
});

/** Columns in the order they are declared, which dbt keeps. */
export function columnEntries(columns: ReadonlyMap<string, ColumnProperties>): Artifact {
  const object = Object.create(null) as Record<string, unknown>;
  for (const column of columns.values()) {
    const meta = plainConfig(column.meta);
    object[column.name] = {
      name: column.name,
      description: column.description,
      meta,
      data_type: column.dataType ?? null,
      constraints: column.constraints.map((c) => constraintEntry(c, false)),
      quote: column.quote ?? null,
      config: { meta, tags: column.tags },
      tags: column.tags,
      granularity: column.granularity ?? null,
      dimension: null,
      entity: null,
      doc_blocks: column.docBlocks ?? [],
    };
  }
  return object;
}
