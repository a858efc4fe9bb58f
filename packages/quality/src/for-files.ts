import type { OutputPort } from "@meshwork/contract";
import { EngineError, type Session } from "@meshwork/engine";
import {
  id,
  join,
  literal,
  raw,
  relation,
  sql,
  statement,
  type Column,
  type Fragment,
  type LogicalType,
  type Relation,
} from "@meshwork/sql";
import { fitsType, findColumn } from "./fits-type.ts";
import { castTo } from "./fragments.ts";

/** Files of one kind as something to check. */
export interface DataFiles {
  readonly format: "parquet" | "csv" | "json";
  readonly relation: Fragment;
}

const formats: readonly (readonly [RegExp, DataFiles["format"]])[] = [
  [/\.(?:parquet|parq|pq)$/i, "parquet"],
  [/\.(?:csv|tsv|csv\.gz|tsv\.gz|csv\.zst)$/i, "csv"],
  [/\.(?:json|jsonl|ndjson|json\.gz|jsonl\.gz|ndjson\.gz)$/i, "json"],
];

const readers = { parquet: "read_parquet", csv: "read_csv", json: "read_json" } as const;

/** What a scan is told, by format. CSV is read whole to learn its types: a late value would else break the scan. */
const options = {
  parquet: "union_by_name = true",
  csv: "sample_size = -1, union_by_name = true",
  json: "sample_size = -1, union_by_name = true",
} as const;

/**
 * Paths or glob patterns as a table expression, by their extension. Throws a RangeError where there is no path, a
 * path has none of the known extensions, or formats are mixed.
 */
export function forFiles(paths: readonly string[]): DataFiles {
  const found = new Set(
    paths.map((path) => {
      const format = formats.find(([extension]) => extension.test(path))?.[1];
      if (format === undefined) throw new RangeError(`"${path}" is neither Parquet, CSV nor JSON by its name.`);
      return format;
    }),
  );
  const [format] = found;
  if (format === undefined || found.size > 1)
    throw new RangeError(found.size > 1 ? "The files are of different formats." : "There are no files.");
  return { format, relation: scan(format, paths) };
}

function scan(format: DataFiles["format"], paths: readonly string[], text: readonly string[] = []): Fragment {
  const types =
    text.length === 0 ? raw("") : sql`, types = {${join(text.map((name) => sql`${literal(name)}: 'VARCHAR'`))}}`;
  return sql`${raw(readers[format])}([${join(paths.map((path) => literal(path)))}], ${raw(options[format])}${types})`;
}

/**
 * Makes text files ready to be checked: read once into a temporary table instead of once a statement, with the
 * promised types wherever every value of the column can be read so. A column with a value that cannot keeps the type
 * that was found, and the schema check says which. Parquet has types and stays where it is.
 */
export async function stageFiles(
  session: Session,
  paths: readonly string[],
  port: OutputPort,
): Promise<Fragment | Relation> {
  const files = forFiles(paths);
  if (files.format === "parquet") return files.relation;
  const rows = async (fragment: Fragment) => session.query(statement(fragment, session.dialect));
  const guessed = (await rows(sql`SELECT * FROM ${files.relation} AS s LIMIT 0`)).columns;
  const wanted = (column: Column): LogicalType | undefined => findColumn(port.columns, column.name)?.type;
  // Text stays text: an article number 007 is not 7.
  const text = files.format === "csv" ? guessed.filter((c) => wanted(c)?.kind === "string").map((c) => c.name) : [];
  const source = scan(files.format, paths, text);
  const raws: Relation = { name: `mesh_files_${++staged}` };
  await rows(sql`CREATE TEMP TABLE ${relation(raws)} AS SELECT * FROM ${source} AS s`);
  const { columns } = await rows(sql`SELECT * FROM ${relation(raws)} LIMIT 0`);
  const casts = columns.flatMap((column) => {
    const type = wanted(column);
    return type === undefined || fitsType(column.type, type) ? [] : [{ name: column.name, type }];
  });
  const able = new Set<string>();
  for (const { name, type } of casts) {
    const target = raw(session.dialect.type(type));
    const lost = sql`SELECT count(*) FROM ${relation(raws)} WHERE ${id(name)} IS NOT NULL AND TRY_CAST(${id(name)} AS ${target}) IS NULL`;
    try {
      if (Number((await (await rows(lost)).rows())[0]?.[0]) === 0) able.add(name);
    } catch (error) {
      // No cast leads from what was found to what was promised.
      if (!(error instanceof EngineError) || error.code === "cancelled") throw error;
    }
  }
  if (able.size === 0) return raws;
  const typed: Relation = { name: `${raws.name}_typed` };
  const selected = columns.map((column) =>
    able.has(column.name) ? sql`${castTo(id(column.name), wanted(column)!)} AS ${id(column.name)}` : id(column.name),
  );
  await rows(sql`CREATE TEMP TABLE ${relation(typed)} AS SELECT ${join(selected)} FROM ${relation(raws)}`);
  await rows(sql`DROP TABLE ${relation(raws)}`);
  return typed;
}

let staged = 0;
