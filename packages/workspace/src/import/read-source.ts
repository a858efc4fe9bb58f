import { readFileSync, statSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { didYouMean } from "@meshwork/diagnostics";
import type { ImportFormat, ReadIn } from "@meshwork/formats";
import { guessFormat, importFormatNamed, importFormats, readIn } from "@meshwork/formats";
import type { ImportOptions } from "../operations/import.ts";
import { Refusal } from "../operation.ts";

export interface SourceRead {
  readonly format: string;
  readonly read: ReadIn;
}

/** Larger schemas than this are none: what a person or a tool writes has megabytes at most. */
const largest = 256 * 1024 * 1024;

/** Reads what the user named, by the format that was named or that it looks like. */
export async function readSource(options: Pick<ImportOptions, "cwd" | "source" | "from">): Promise<SourceRead> {
  const named = options.from === undefined ? undefined : formatNamed(options.from);
  const path = resolve(options.cwd, options.source);
  const file = relative(options.cwd, path).split(sep).join("/");
  const text = textOf(path, options.source);
  const format = named ?? guessFormat(file, text);
  if (format === undefined)
    throw new Refusal(`Nothing says what ${options.source} is.\nName its format: --from ${formatNames().join(", ")}.`);
  return { format: format.name, read: readIn(format, { file, text }) };
}

export const formatNames = (): string[] => importFormats.map((each) => each.name);

function formatNamed(name: string): ImportFormat {
  const format = importFormatNamed(name);
  if (format !== undefined) return format;
  const meant = didYouMean(name, formatNames());
  throw new Refusal(
    `${JSON.stringify(name)} is no format to read.${meant === "" ? "" : ` ${meant.trim()}`}\nFormats: ${formatNames().join(", ")}.`,
  );
}

function textOf(path: string, name: string): string {
  try {
    const { size } = statSync(path);
    if (size > largest)
      throw new Refusal(
        `${name} has ${Math.round(size / 1024 / 1024).toLocaleString("en-US")} MB.\nA schema has at most ${largest / 1024 / 1024}: name the file that describes the data.`,
      );
    return decoded(readFileSync(path));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`${name} cannot be read.\nName a file that describes tables: mesh import schema.sql.`);
  }
}

/** Exports of Windows come in UTF-16. */
const decoded = (bytes: Buffer): string =>
  bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString("utf16le") : bytes.toString("utf8");
