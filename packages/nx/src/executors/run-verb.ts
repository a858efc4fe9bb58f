import type { ExecutorContext, TaskGraph } from "@nx/devkit";
import type { OpenEmbedded, OperationResult } from "@meshwork/workspace";
import type { Diagnostic } from "@meshwork/diagnostics";
import type { Verb } from "../graph/product-targets.ts";

/** Options that every target takes; the rest goes to the operation as it is. */
export interface VerbOptions {
  readonly target?: string | undefined;
  readonly base?: string | undefined;
  readonly to?: string | undefined;
  readonly fullRefresh?: boolean | undefined;
  readonly rows?: number | undefined;
}

/** What became of one product. */
export interface ProductOutcome {
  readonly status: "success" | "failure" | "skipped";
  readonly output: string;
}

type Asked = Omit<VerbOptions, "to"> & {
  readonly root: string;
  readonly products: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly to?: readonly string[];
  readonly openEmbedded?: OpenEmbedded;
};

/** Runs an operation for some products, in this process; a project that is no data product fails with a sentence. */
export async function runVerb(
  verb: Verb,
  root: string,
  products: readonly string[],
  options: VerbOptions,
): Promise<ReadonlyMap<string, ProductOutcome>> {
  const operations = await import("@meshwork/workspace");
  const { hasErrors } = await import("@meshwork/diagnostics");
  const byVerb: Readonly<Record<Verb, (options: Asked) => Promise<OperationResult>>> = operations;
  const started = Date.now();
  const { to, ...rest } = options;
  const catalogs = verb === "publish" ? (await import("@meshwork/catalog-server")).embeddedCatalogs() : undefined;
  const answer = await byVerb[verb]({
    ...rest,
    root,
    products,
    env: process.env,
    ...(catalogs === undefined ? {} : { openEmbedded: catalogs.open }),
    ...(to === undefined ? {} : { to: to.split(",") }),
  }).finally(() => catalogs?.close());
  const durationMs = Date.now() - started;
  const print = await printer(root);
  const general = answer.diagnostics.filter((d) => d.product === undefined);
  const outcomes = new Map<string, ProductOutcome>();
  for (const product of products) {
    // Older live versions of a product are run with it, as parts of its project.
    const own = answer.diagnostics.filter((d) => d.product !== undefined && baseOf(d.product) === product);
    const rows = rowsOf(answer.results, product);
    const is = (status: string) => rows.some((row) => row.status === status);
    const failed =
      answer.problem !== undefined || answer.exitCode > 1 || hasErrors(own) || hasErrors(general) || is("failed");
    const lines = [
      answer.problem,
      ...rows.map((row) => wordOf(row)),
      print([...general, ...own], product, rows.length > 0 ? sum(rows.map((row) => row.ms ?? 0)) : durationMs),
    ];
    outcomes.set(product, {
      status: is("skipped") && !is("failed") ? "skipped" : failed ? "failure" : "success",
      output: `${lines.filter((l) => l !== undefined && l !== "").join("\n")}\n`,
    });
  }
  return outcomes;
}

const baseOf = (name: string): string => name.replace(/@.*$/, "");
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

interface Row {
  readonly product: string;
  readonly status?: string | undefined;
  readonly reason?: string | undefined;
  readonly ms?: number | undefined;
}

function rowsOf(results: unknown, product: string): Row[] {
  if (!Array.isArray(results)) return [];
  return (results as readonly unknown[]).filter(
    (r): r is Row =>
      typeof r === "object" &&
      r !== null &&
      "product" in r &&
      typeof r.product === "string" &&
      baseOf(r.product) === product &&
      "status" in r,
  );
}

const wordOf = ({ status, product, reason }: Row): string =>
  [status, product, reason].filter((w) => w !== undefined).join("  ");

/** Findings as `mesh` prints them, without its summary: Nx has one of its own. */
async function printer(
  root: string,
): Promise<(diagnostics: readonly Diagnostic[], product: string, durationMs: number) => string> {
  const [{ reporters }, { readText }] = await Promise.all([
    import("@meshwork/diagnostics"),
    import("@meshwork/workspace"),
  ]);
  const onGitHub = process.env["GITHUB_ACTIONS"] === "true";
  const color =
    process.env["NO_COLOR"] === undefined &&
    (process.env["FORCE_COLOR"] !== undefined || process.stdout.isTTY === true);
  return (diagnostics, product, durationMs) => {
    if (diagnostics.length === 0) return "";
    const report = { command: "", exitCode: 0, durationMs, summary: {}, diagnostics, closing: product };
    const context = {
      color,
      width: 120,
      unicode: true,
      quiet: false,
      readText: (file: string) => readText(root, file),
    };
    const pretty = reporters.pretty(report, context).trimEnd();
    return onGitHub ? `${reporters.github(report, context).trimEnd()}\n${pretty}` : pretty;
  };
}

/** An executor of one product. */
export const single =
  (verb: Verb) =>
  async (options: VerbOptions, context: ExecutorContext): Promise<{ success: boolean }> => {
    const product = context.projectName ?? "";
    const outcome = (await runVerb(verb, context.root, [product], options)).get(product)!;
    process.stdout.write(outcome.output);
    return { success: outcome.status === "success" };
  };

export interface TaskResult {
  readonly success: boolean;
  readonly status: "success" | "failure" | "skipped";
  readonly terminalOutput: string;
  readonly startTime: number;
  readonly endTime: number;
}

/**
 * One process and one engine for many products: tasks of one verb that Nx would start together. Results are handed over
 * one by one, because Nx prints the output of those only.
 */
export const batch = (verb: Verb) =>
  async function* (
    graph: TaskGraph,
    options: Record<string, VerbOptions>,
    _overrides: VerbOptions,
    context: ExecutorContext,
  ): AsyncGenerator<{ task: string; result: TaskResult }> {
    const startTime = Date.now();
    // Tasks whose options differ (a configuration, an override) cannot share an operation.
    const groups = new Map<string, string[]>();
    for (const id of Object.keys(graph.tasks)) {
      const key = JSON.stringify(options[id] ?? {});
      groups.set(key, [...(groups.get(key) ?? []), id]);
    }
    for (const [key, ids] of groups) {
      const products = ids.map((id) => graph.tasks[id]!.target.project);
      const outcomes = await runVerb(verb, context.root, products, JSON.parse(key) as VerbOptions);
      for (const id of ids) {
        const { status, output } = outcomes.get(graph.tasks[id]!.target.project)!;
        yield {
          task: id,
          result: { success: status === "success", status, terminalOutput: output, startTime, endTime: Date.now() },
        };
      }
    }
  };
