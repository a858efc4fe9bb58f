import { basename, dirname } from "node:path";
import type { Session } from "@meshwork/engine";
import { EngineError } from "@meshwork/engine";
import { duckdbEngine } from "@meshwork/engine-duckdb";
import type { ImportLoss, ReadIn } from "@meshwork/formats";
import { columnsOfFields, importArea } from "@meshwork/formats";
import { forFiles } from "@meshwork/quality";
import type { Column, Fragment } from "@meshwork/sql";
import { literal, sql, statement } from "@meshwork/sql";
import { Refusal } from "../operation.ts";
import type { ColumnProfile } from "./profile.ts";
import { profile } from "./profile.ts";

export interface DataRead extends ReadIn {
  /** By the port's name in the source. */
  readonly profiles: ReadonlyMap<string, readonly ColumnProfile[]>;
}

export const dataFormats = ["parquet", "csv", "json-lines"] as const;
export type DataFormat = (typeof dataFormats)[number];

/** The format of rows by a file's name; undefined where it holds none. */
export function dataFormatOf(file: string): DataFormat | undefined {
  if (/\.(?:parquet|parq|pq)$/i.test(file)) return "parquet";
  if (/\.(?:csv|tsv)(?:\.gz|\.zst)?$/i.test(file)) return "csv";
  return /\.(?:jsonl|ndjson)(?:\.gz)?$/i.test(file) ? "json-lines" : undefined;
}

export interface DataOptions {
  /** Absolute. */
  readonly files: readonly string[];
  /** As the user named it: findings do. */
  readonly shown: string;
  readonly format: DataFormat;
  readonly measure: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Reads names and types of data files, and measures their rows, in an engine that reaches their folders only. */
export async function readData(options: DataOptions): Promise<DataRead> {
  const folders = [...new Set(options.files.map((file) => dirname(file)))];
  const engine = duckdbEngine({ onlyBelow: folders });
  try {
    const session = await engine.open({ signal: options.signal });
    try {
      return await read(session, options);
    } finally {
      await session.close();
    }
  } catch (error) {
    if (!(error instanceof EngineError) || error.code === "cancelled") throw error;
    if (error.code === "disk-full" || error.code === "out-of-memory")
      throw new Refusal(
        `${options.shown} could not be measured: ${firstLine(error.message)}\nMake room, or leave the measuring out: --no-profile.`,
        3,
      );
    return unreadable(options, firstLine(error.message));
  } finally {
    await engine.close();
  }
}

const firstLine = (text: string): string => text.split("\n")[0]!.slice(0, 300);

function unreadable({ shown, format }: DataOptions, reason: string): DataRead {
  const span = { file: shown, line: 1, column: 1, endLine: 1, endColumn: 1 };
  const diagnostics = [
    importArea.create("unreadable", { format: titles[format], reason: reason.replace(/\.$/, "") }, { span }),
  ];
  return { imported: { ports: [] }, losses: [], diagnostics, profiles: new Map() };
}

const titles: Readonly<Record<DataFormat, string>> = {
  parquet: "Parquet file",
  csv: "CSV file",
  "json-lines": "file of JSON lines",
};

async function read(session: Session, options: DataOptions): Promise<DataRead> {
  // A name of its own for each kind: what the user says a file is counts, not how it is called.
  const from = relationOf(options);
  const { columns: found } = await session.query(statement(sql`SELECT * FROM ${from} AS t LIMIT 0`, session.dialect), {
    signal: options.signal,
  });
  const physical =
    options.format === "parquet" ? await parquetFacts(session, options.files[0]!) : new Map<string, PhysicalColumn>();
  const columns = found.map((column): Column => ({
    ...column,
    nullable: physical.get(column.name)?.required !== true,
  }));
  const losses: ImportLoss[] = [];
  const name = nameOf(options.shown);
  const made = columnsOfFields(
    columns,
    (column, type) =>
      void losses.push({
        feature: "type",
        message: `A contract has no type ${type}: it is read as text.`,
        port: name,
        column,
      }),
  );
  const ids = Object.fromEntries(
    [...physical].flatMap(([column, { fieldId }]) =>
      fieldId === undefined ? [] : [[column.replaceAll("\\", "\\\\").replaceAll(".", "\\."), fieldId]],
    ),
  );
  const profiles = options.measure ? await profile(session, from, columns, options.signal) : [];
  return {
    imported: {
      ports: [
        {
          name,
          columns: made,
          checks: [],
          ...(Object.keys(ids).length === columns.length && new Set(Object.values(ids)).size === columns.length
            ? { ids }
            : {}),
        },
      ],
    },
    losses,
    diagnostics: [],
    profiles: new Map([[name, profiles]]),
  };
}

function relationOf({ files, format }: DataOptions): Fragment {
  if (files.every((file) => dataFormatOf(file) === format)) return forFiles(files).relation;
  const list = sql`[${files.slice(1).reduce((all, file) => sql`${all}, ${literal(file)}`, sql`${literal(files[0]!)}`)}]`;
  if (format === "parquet") return sql`read_parquet(${list}, union_by_name = true)`;
  return format === "csv"
    ? sql`read_csv(${list}, sample_size = -1, union_by_name = true)`
    : sql`read_json(${list}, sample_size = -1, union_by_name = true)`;
}

/** `events-*.parquet` and `events.parquet` are both `events`. */
const nameOf = (file: string): string =>
  basename(file)
    .replace(/\..*$/, "")
    .replaceAll(/[*?[\]{}]/g, "")
    .replace(/[-_.]+$/, "") || "data";

interface PhysicalColumn {
  readonly required: boolean;
  readonly fieldId: number | undefined;
}

/** What only the file itself says: which columns every row has, and the numbers that table formats give them. */
async function parquetFacts(session: Session, file: string): Promise<Map<string, PhysicalColumn>> {
  const result = await session.query(
    statement(
      sql`SELECT name, repetition_type, num_children, field_id FROM parquet_schema(${literal(file)})`,
      session.dialect,
    ),
  );
  const rows = await result.rows();
  const found = new Map<string, PhysicalColumn>();
  // Depth first: the root, then each column with everything inside it.
  let at = 1;
  const skip = (): void => {
    const children = Number(rows[at++]?.[2] ?? 0);
    for (let i = 0; i < children && at < rows.length; i++) skip();
  };
  while (at < rows.length) {
    const [name, repetition, , fieldId] = rows[at]!;
    found.set(String(name), {
      required: repetition === "REQUIRED",
      fieldId: fieldId === null || fieldId === undefined || Number(fieldId) < 1 ? undefined : Number(fieldId),
    });
    skip();
  }
  return found;
}
