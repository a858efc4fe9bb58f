import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { FilledInterval, FilledModel, IntervalLedger } from "@meshwork/models";
import { intervalKey } from "@meshwork/models";

interface Known {
  made: string | undefined;
  from: string;
  readonly intervals: Map<string, FilledInterval>;
}

type Line =
  | { readonly begin: string; readonly made?: string | undefined; readonly from: string }
  | ({ readonly model: string } & FilledInterval);

/**
 * The intervals that are filled, a line each in a file beside the data, written the moment one is: a process that is
 * killed loses none but the one it was at. A line that was torn by that is no line.
 */
export class FileIntervalLedger implements IntervalLedger {
  readonly file: string;
  readonly #models = new Map<string, Known>();
  #at = 0;
  #lines = 0;
  /** What was filled since the file was opened. */
  readonly filled = new Set<string>();

  private constructor(file: string) {
    this.file = file;
  }

  static open(file: string): FileIntervalLedger {
    const ledger = new FileIntervalLedger(file);
    if (!existsSync(file)) return ledger;
    const text = readFileSync(file, "utf8");
    for (const line of text.split("\n")) {
      const read = lineOf(line);
      if (read !== undefined) ledger.#take(read);
    }
    // What follows must not join the torn end of what a killed process wrote.
    if (text !== "" && !text.endsWith("\n")) appendFileSync(file, "\n");
    const live = [...ledger.#models.values()].reduce((n, m) => n + m.intervals.size + 1, 0);
    if (ledger.#lines > 2 * live + 1000) ledger.#rewrite();
    return ledger;
  }

  of(model: string): FilledModel | undefined {
    return this.#models.get(model);
  }

  models(): readonly string[] {
    return [...this.#models.keys()].sort();
  }

  begin(model: string, made: string | undefined, from: string): void {
    this.#write({ begin: model, made, from });
  }

  note(model: string, interval: Omit<FilledInterval, "at">): void {
    this.filled.add(model);
    this.#write({ model, ...interval, at: this.#at + 1 });
  }

  #write(line: Line): void {
    this.#take(line);
    mkdirSync(dirname(this.file), { recursive: true });
    appendFileSync(this.file, `${JSON.stringify(line)}\n`);
  }

  #take(line: Line): void {
    this.#lines++;
    if ("begin" in line) {
      this.#models.set(line.begin, { made: line.made, from: line.from, intervals: new Map() });
      return;
    }
    const { model, ...interval } = line;
    this.#at = Math.max(this.#at, interval.at);
    const known = this.#models.get(model);
    known?.intervals.set(intervalKey(interval), interval);
  }

  /** Without what newer lines have replaced. */
  #rewrite(): void {
    const lines: Line[] = [...this.#models].flatMap(([model, { made, from, intervals }]) => [
      { begin: model, made, from },
      ...[...intervals.values()].map((interval) => ({ model, ...interval })),
    ]);
    const beside = `${this.file}.${process.pid}`;
    writeFileSync(beside, lines.map((l) => `${JSON.stringify(l)}\n`).join(""));
    renameSync(beside, this.file);
    this.#lines = lines.length;
  }
}

function lineOf(text: string): Line | undefined {
  if (text === "") return undefined;
  try {
    const line = JSON.parse(text) as Record<string, unknown> | null;
    if (typeof line !== "object" || line === null) return undefined;
    const words = (...keys: string[]): boolean => keys.every((k) => typeof line[k] === "string");
    if (words("begin", "from")) return line as unknown as Line;
    const whole =
      words("model", "start", "end", "code") &&
      typeof line["at"] === "number" &&
      typeof line["read"] === "object" &&
      line["read"] !== null;
    return whole ? (line as unknown as Line) : undefined;
  } catch {
    return undefined;
  }
}
