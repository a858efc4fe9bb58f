import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { didYouMean } from "@meshwork/diagnostics";
import type { ImportFormat, ReadIn } from "@meshwork/formats";
import { guessFormat, importFormatNamed, importFormats, readIn, schemaOfContainer } from "@meshwork/formats";
import { expandPattern } from "../external-sources.ts";
import type { ImportOptions } from "../operations/import.ts";
import { Refusal } from "../operation.ts";
import { catalogOf } from "./catalogs/catalog.ts";
import type { DataFormat } from "./data-files.ts";
import { dataFormatOf, dataFormats } from "./data-files.ts";
import type { ColumnProfile } from "./profile.ts";

export interface SourceRead {
  readonly format: string;
  readonly read: ReadIn;
  /** What the rows say, by the port's name in the source; of sources that have rows. */
  readonly profiles?: ReadonlyMap<string, readonly ColumnProfile[]> | undefined;
}

/** Larger schemas than this are none: what a person or a tool writes has megabytes at most. */
const largest = 256 * 1024 * 1024;

type Options = Pick<ImportOptions, "cwd" | "source" | "from" | "only" | "profile" | "env" | "signal">;

/** Reads what the user named: a file, files of rows, a folder of table metadata, or a live catalog. */
export async function readSource(options: Options): Promise<SourceRead> {
  const { from, source } = options;
  if (from !== undefined && !formatNames().includes(from)) throw unknownFormat(from);
  const catalog = catalogOf(source, from);
  if (catalog !== undefined) return await catalog.read(options);
  const data = from === undefined ? dataFormatOf(source) : dataFormats.find((each) => each === from);
  if (data !== undefined) return await rowsOf(options, data);
  const path = resolve(options.cwd, source);
  const file = isFolder(path) ? tableFile(path, source) : path;
  if (file !== path) return textSource(options, file, source);
  if (from === undefined && startsLikeDuckdb(path)) return await catalogOf(source, "duckdb")!.read(options);
  return textSource(options, path, source);
}

export const formatNames = (): string[] =>
  [...importFormats.map((each) => each.name), ...dataFormats, "duckdb", "postgres", "trino"].sort();

function textSource(options: Options, path: string, source: string): SourceRead {
  const file = relative(options.cwd, path).split(sep).join("/");
  const bytes = bytesOf(path, source);
  const inside = schemaOfContainer(bytes);
  const text = inside ?? decoded(bytes);
  const format =
    options.from === undefined
      ? inside === undefined
        ? guessFormat(file, text)
        : importFormatNamed("avro")
      : importFormatNamed(options.from);
  if (format === undefined)
    throw new Refusal(`Nothing says what ${source} is.\nName its format: --from ${formatNames().join(", ")}.`);
  return { format: format.name, read: only(readIn(format, { file, text, only: options.only }), options, format) };
}

/** The ports that were asked for; dbt's manifest chooses by itself, because it has other names than those of tables. */
function only(read: ReadIn, options: Options, format: Pick<ImportFormat, "name">): ReadIn {
  const wanted = options.only;
  if (wanted === undefined || format.name === "dbt-manifest") return read;
  const named = (port: ReadIn["imported"]["ports"][number]): string[] => [
    port.name,
    `${port.namespace ?? ""}.${port.name}`,
  ];
  const all = read.imported.ports;
  for (const name of wanted) {
    if (all.some((port) => named(port).includes(name))) continue;
    const meant = didYouMean(name, all.flatMap(named));
    const names = all.map((port) => port.name);
    throw new Refusal(
      `${options.source} has no ${JSON.stringify(name)}.${meant === "" ? "" : ` ${meant.trim()}`}\nIt has: ${names.slice(0, 12).join(", ") || "nothing"}${names.length > 12 ? " …" : ""}.`,
    );
  }
  const ports = all.filter((port) => named(port).some((name) => wanted.includes(name)));
  const gone = new Set(all.filter((port) => !ports.includes(port)).map((port) => port.name));
  return {
    ...read,
    imported: { ...read.imported, ports },
    losses: read.losses.filter((loss) => loss.port === undefined || !gone.has(loss.port)),
  };
}

export const chosen = (read: ReadIn, options: Options): ReadIn => only(read, options, { name: "" });

function unknownFormat(name: string): Refusal {
  const meant = didYouMean(name, formatNames());
  return new Refusal(
    `${JSON.stringify(name)} is no format to read.${meant === "" ? "" : ` ${meant.trim()}`}\nFormats: ${formatNames().join(", ")}.`,
  );
}

async function rowsOf(options: Options, format: DataFormat): Promise<SourceRead> {
  const files = expandPattern(resolve(options.cwd, options.source));
  if (files.length === 0)
    throw new Refusal(
      `${options.source} cannot be read.\nName a file with rows; put patterns in quotes: mesh import 'data/*.parquet'.`,
    );
  const { readData } = await import("./data-files.ts");
  const done = await readData({
    files,
    shown: options.source,
    format,
    measure: options.profile !== false,
    signal: options.signal,
  });
  return { format, read: done, profiles: done.profiles };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // What is not there is said when it is read.
    return false;
  }
}

/** The file of a table's folder that says what the table is now: Delta's newest commit with metadata, Iceberg's newest metadata. */
function tableFile(folder: string, source: string): string {
  const list = (path: string): string[] => {
    try {
      return readdirSync(path).sort();
    } catch {
      return [];
    }
  };
  for (const log of [join(folder, "_delta_log"), folder]) {
    const commits = list(log)
      .filter((name) => /^\d{20}\.json$/.test(name))
      .reverse();
    const found = commits.find((name) => readFileSync(join(log, name), "utf8").includes('"metaData"'));
    if (found !== undefined) return join(log, found);
    if (commits.length > 0)
      throw new Refusal(
        `The commits in ${source} that are left do not say what the table is: a checkpoint does.\nImport one of its Parquet files, or the table from its catalog.`,
      );
  }
  for (const metadata of [join(folder, "metadata"), folder]) {
    const versions = list(metadata).filter((name) => name.endsWith(".metadata.json"));
    const number = (name: string): number => Number(/^v?(\d+)/.exec(name)?.[1] ?? -1);
    const [newest] = versions.sort((a, b) => number(b) - number(a));
    if (newest !== undefined) return join(metadata, newest);
  }
  throw new Refusal(
    `${source} is a folder without a table's metadata.\nName a file, or a folder with _delta_log or metadata/*.metadata.json.`,
  );
}

/** A database file of DuckDB says so after its checksum. */
function startsLikeDuckdb(path: string): boolean {
  try {
    const file = openSync(path, "r");
    try {
      const head = Buffer.alloc(12);
      readSync(file, head, 0, 12, 0);
      return head.subarray(8, 12).toString("latin1") === "DUCK";
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

function bytesOf(path: string, name: string): Buffer {
  try {
    const { size } = statSync(path);
    const head = /\.avro$/i.test(path);
    if (size > largest && !head)
      throw new Refusal(
        `${name} has ${Math.round(size / 1024 / 1024).toLocaleString("en-US")} MB.\nA schema has at most ${largest / 1024 / 1024}: name the file that describes the data.`,
      );
    return head ? readHead(path) : readFileSync(path);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(
      `${name} cannot be read.\nName a file that describes tables, for example mesh import schema.sql.`,
    );
  }
}

/** Data files of Avro are as large as their data; the schema stands in their head. */
function readHead(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(16 * 1024 * 1024);
    return head.subarray(0, readSync(file, head, 0, head.length, 0));
  } finally {
    closeSync(file);
  }
}

/** Exports of Windows come in UTF-16. */
const decoded = (bytes: Buffer): string =>
  bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString("utf16le") : bytes.toString("utf8");
