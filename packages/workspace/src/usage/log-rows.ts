import { statSync, readFileSync } from "node:fs";
import { parseCsv } from "@meshwork/models";
import { Refusal } from "../operation.ts";
import type { LogRow } from "./usage-log.ts";

/** Texts longer than this do not fit into a string; a log can be exported in parts. */
const limit = 400 * 1024 * 1024;

/** The rows of an export: CSV, a JSON list (or a record that holds one), or one JSON record a line. Keys in lower case. */
export function logRows(path: string, shown: string): readonly LogRow[] {
  let text: string;
  try {
    const { size } = statSync(path);
    if (size > limit)
      throw new Refusal(
        `${shown} has ${Math.round(size / 1024 / 1024)} MB; at most 400 MB can be read at once.\nExport a shorter time, or only the statements that read ports.`,
      );
    text = readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`${shown} cannot be read.\nName a file that was exported as CSV, JSON or NDJSON.`);
  }
  const start = text.trimStart().charAt(0);
  const rows = start === "[" || start === "{" ? jsonRows(text, shown) : csvRows(text, shown);
  return rows.map(lowered);
}

function jsonRows(text: string, shown: string): LogRow[] {
  try {
    const whole: unknown = JSON.parse(text);
    if (Array.isArray(whole)) return whole.filter(isRecord);
    if (isRecord(whole)) {
      const inside = Object.values(whole).find(
        (value): value is LogRow[] => Array.isArray(value) && value.every(isRecord),
      );
      // A file with one event is a record itself.
      return inside !== undefined && !Object.values(whole).some((v) => isRecord(v)) ? [...inside] : [whole];
    }
  } catch {
    // Not one value: a record a line.
  }
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    try {
      const value: unknown = JSON.parse(line);
      return isRecord(value) ? [value] : [];
    } catch {
      throw new Refusal(`${shown}:${i + 1} is no JSON.\nExport a JSON list, or one record a line.`);
    }
  });
}

function csvRows(text: string, shown: string): LogRow[] {
  const firstLine = text.slice(0, text.indexOf("\n") === -1 ? text.length : text.indexOf("\n"));
  const delimiter = [",", ";", "\t", "|"].reduce((best, d) =>
    firstLine.split(d).length > firstLine.split(best).length ? d : best,
  );
  const { header, rows, problems } = parseCsv(text, delimiter);
  const [problem] = problems;
  if (problem) throw new Refusal(`${shown} is no CSV: ${problem.reason}\nExport it again as CSV, JSON or NDJSON.`);
  return rows.map(({ cells }) =>
    Object.fromEntries(
      header.map((name, i) => [
        name,
        cells[i] === undefined || (cells[i].text === "" && !cells[i].quoted) ? undefined : cells[i].text,
      ]),
    ),
  );
}

const isRecord = (value: unknown): value is LogRow =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const lowered = (row: LogRow): LogRow =>
  Object.fromEntries(Object.entries(row).map(([key, value]) => [key.trim().toLowerCase(), value]));
