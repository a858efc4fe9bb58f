import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Report, ReportContext, ReportFormat } from "@meshwork/diagnostics";
import { githubSummary, nearest, reporters } from "@meshwork/diagnostics";
import { CannotRun, UsageError } from "./command.ts";

export interface OutputOptions {
  /** `--format` as given: `json`, `sarif=report.sarif`. */
  readonly formats: readonly string[];
  readonly output: string | undefined;
  readonly color: boolean;
  readonly quiet: boolean;
  readonly cwd: string;
  /** Findings name files relative to this folder. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: boolean;
  readonly width: number;
}

interface Destination {
  readonly format: ReportFormat;
  readonly file: string | undefined;
}

/** Which formats go where: what was asked, else what suits a terminal, GitHub or a pipe. */
export function destinations(options: Pick<OutputOptions, "formats" | "output" | "env" | "terminal">): Destination[] {
  const names = Object.keys(reporters) as ReportFormat[];
  const asked = options.formats.map((text): Destination => {
    const [name = "", ...rest] = text.split("=");
    const format = names.find((n) => n === name);
    if (!format) {
      const near = nearest(name, names)[0];
      throw new UsageError(`No format "${name}".${near ? ` Did you mean ${near}?` : ""}\nKnown: ${names.join(", ")}.`);
    }
    return { format, file: rest.length > 0 ? rest.join("=") : undefined };
  });
  if (asked.length === 0) {
    const format = options.env["GITHUB_ACTIONS"] === "true" ? "github" : options.terminal ? "pretty" : "line";
    return [{ format, file: options.output }];
  }
  if (options.output !== undefined) {
    const first = asked.findIndex((d) => d.file === undefined);
    if (first >= 0) asked[first] = { ...asked[first]!, file: options.output };
  }
  return asked;
}

/** Colour by the usual rules: flags, then NO_COLOR and FORCE_COLOR, then the terminal. */
export function wantsColor(flagValue: boolean | undefined, env: OutputOptions["env"], terminal: boolean): boolean {
  if (flagValue !== undefined) return flagValue;
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"] && env["FORCE_COLOR"] !== "0") return true;
  return terminal && env["TERM"] !== "dumb";
}

/** Prints a report; returns what belongs on stdout. */
export function print(report: Report, options: OutputOptions, ruleOf: ReportContext["ruleOf"]): string {
  const texts = new Map<string, string | undefined>();
  let stdout = "";
  // Where an organisation keeps the pages of rules: mesh explain's own are inside the program.
  const docs = options.env["MESH_DOCS_URL"];
  for (const { format, file } of destinations(options)) {
    const context: ReportContext = {
      color: options.color && file === undefined && (format === "pretty" || format === "github"),
      width: options.width,
      unicode:
        /utf-?8/i.test(options.env["LC_ALL"] || options.env["LC_CTYPE"] || options.env["LANG"] || "utf-8") ||
        process.platform === "win32",
      quiet: options.quiet,
      readText(name) {
        if (!texts.has(name)) texts.set(name, readOrNothing(join(options.root, name)));
        return texts.get(name);
      },
      ...(ruleOf ? { ruleOf } : {}),
      ...(docs ? { helpUri: (code: string) => `${docs.replace(/\/+$/, "")}/${code}` } : {}),
    };
    const text = reporters[format](report, context);
    if (format === "github") appendSummary(report, options.env["GITHUB_STEP_SUMMARY"]);
    if (file === undefined) stdout += text;
    else {
      const path = resolve(options.cwd, file);
      try {
        if (!existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
      } catch (error) {
        const why = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
        throw new CannotRun(
          `${file} cannot be written${why}.\nName another file with --output, or correct its folder.`,
        );
      }
    }
  }
  return stdout;
}

/** The job's page on GitHub gets all findings; that it cannot be written keeps nobody from the result. */
function appendSummary(report: Report, file: string | undefined): void {
  if (!file) return;
  try {
    appendFileSync(file, githubSummary(report));
  } catch {
    // The log has everything, too.
  }
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // A finding may name a file that is gone; it is shown without a frame.
    return undefined;
  }
}
