import { entriesOf, isMap, mapOf, numberOf, parseArtifact, textOf } from "./json.ts";

/** A column as the warehouse has it. */
export interface CatalogColumn {
  readonly name: string;
  /** In the warehouse's own words. */
  readonly type: string;
  readonly index: number;
  readonly comment?: string | undefined;
}

export interface CatalogRelation {
  readonly id: string;
  readonly type?: string | undefined;
  readonly columns: readonly CatalogColumn[];
  /** Where the warehouse tells it. */
  readonly rows?: number | undefined;
  readonly bytes?: number | undefined;
}

/** dbt's `catalog.json`, as `dbt docs generate` writes it: relations by the node's or source's id. */
export interface Catalog {
  readonly generatedAt?: string | undefined;
  readonly relations: ReadonlyMap<string, CatalogRelation>;
}

export function readCatalog(text: string): { readonly value: Catalog } | { readonly problem: string } {
  const parsed = parseArtifact(text);
  if ("problem" in parsed) return parsed;
  const { root } = parsed;
  if (!isMap(root["nodes"])) return { problem: "it has no nodes" };
  const relations = new Map<string, CatalogRelation>();
  for (const [id, each] of [...entriesOf(root["nodes"]), ...entriesOf(root["sources"])]) {
    const columns = entriesOf(each["columns"])
      .map(([key, column], at) => ({
        name: textOf(column["name"]) ?? key,
        type: textOf(column["type"]) ?? "",
        index: numberOf(column["index"]) ?? at,
        comment: textOf(column["comment"]),
      }))
      .toSorted((a, b) => a.index - b.index);
    const stats = mapOf(each["stats"]);
    relations.set(id, {
      id,
      type: textOf(mapOf(each["metadata"])["type"]),
      columns,
      rows: statistic(stats, "row_count", "num_rows"),
      bytes: statistic(stats, "bytes", "num_bytes", "size"),
    });
  }
  return { value: { generatedAt: textOf(mapOf(root["metadata"])["generated_at"]), relations } };
}

function statistic(stats: Readonly<Record<string, unknown>>, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = mapOf(stats[name])["value"];
    const number = typeof value === "string" ? Number(value) : numberOf(value);
    if (number !== undefined && Number.isFinite(number)) return number;
  }
  return undefined;
}
