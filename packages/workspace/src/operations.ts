import type { OperationResult } from "./operation.ts";
import type { DbtOptions } from "./dbt/dbt-options.ts";
import type { LintSession, LintSessionOptions } from "./lint/lint-session.ts";
import type { LsOptions } from "./operations/dbt-read.ts";

export { findRoot } from "./places.ts";

/**
 * Every operation behind a command, a target or a page. Each loads its own machinery when it is called:
 * asking a mesh for its products must not cost the start of an engine.
 */
const later =
  <O, R>(load: () => Promise<(options: O) => Promise<OperationResult<R>>>) =>
  async (options: O): Promise<OperationResult<R>> =>
    (await load())(options);

export const lint = later(async () => (await import("./operations/lint.ts")).lint);
/** Lints one mesh again and again in one process. */
export const openLint = async (options: LintSessionOptions): Promise<LintSession> =>
  (await import("./lint/lint-session.ts")).openLint(options);
export const lintFile = later(async () => (await import("./operations/lint-file.ts")).lintFile);
export const typecheck = later(async () => (await import("./operations/typecheck.ts")).typecheck);
export const build = later(async () => (await import("./operations/build.ts")).build);
export const check = later(async () => (await import("./operations/check.ts")).check);
export const checkFiles = later(async () => (await import("./operations/check-files.ts")).checkFiles);
export const sync = later(async () => (await import("./operations/sync.ts")).sync);
/** Whether dbt's flags choose nodes or a project, so that not products of a mesh are meant. */
export const asksForNodes = (options: DbtOptions): boolean =>
  Boolean(options.select?.length || options.exclude?.length || options.resourceTypes?.length) ||
  [options.projectDir, options.profilesDir, options.profile, options.selector].some((flag) => flag !== undefined);

/** Products; with one of dbt's flags the resources of dbt projects. */
export const ls = later(async () => async (options: LsOptions) => {
  const { root } = options;
  const ofDbt = root === undefined || asksForNodes(options) || (options.form ?? "selector") !== "selector";
  return ofDbt
    ? (await import("./operations/dbt-read.ts")).listResources(options)
    : (await import("./operations/list-products.ts")).listProducts({ ...options, root });
});
export const compile = later(async () => (await import("./operations/dbt-read.ts")).compile);
export const parse = later(async () => (await import("./operations/dbt-read.ts")).parse);
export const runOperation = later(async () => (await import("./operations/dbt-operation.ts")).runOperation);
export const show = later(async () => (await import("./operations/dbt-show.ts")).show);
export const metrics = later(async () => (await import("./operations/dbt-metrics.ts")).metrics);
export const queryMetrics = later(async () => (await import("./operations/dbt-metrics.ts")).queryMetrics);
export const sourceFreshness = later(async () => (await import("./operations/dbt-freshness.ts")).sourceFreshness);
export const docsGenerate = later(async () => (await import("./operations/dbt-docs.ts")).docsGenerate);
export const retry = later(async () => (await import("./operations/dbt-retry.ts")).retry);
export const clone = later(async () => (await import("./operations/dbt-clone.ts")).clone);
export const snapshot = later(async () => (await import("./operations/dbt-verbs.ts")).snapshot);
export const buildNodes = later(async () => (await import("./operations/dbt-verbs.ts")).buildNodes);
export const run = later(async () => (await import("./operations/dbt-verbs.ts")).run);
export const seed = later(async () => (await import("./operations/dbt-verbs.ts")).seed);
export const test = later(async () => (await import("./operations/dbt-verbs.ts")).test);
export const diff = later(async () => (await import("./operations/diff.ts")).diff);
export const compat = later(async () => (await import("./operations/compat.ts")).compat);
export const importUsage = later(async () => (await import("./operations/import-usage.ts")).importUsage);
export const impact = later(async () => (await import("./operations/impact.ts")).impact);
export const prune = later(async () => (await import("./operations/prune.ts")).prune);
export const convert = later(async () => (await import("./operations/convert.ts")).convert);
export const importContract = later(async () => (await import("./operations/import.ts")).importContract);
export const publish = later(async () => (await import("./operations/publish.ts")).publish);
export const lineage = later(async () => (await import("./operations/lineage.ts")).lineage);
export const status = later(async () => (await import("./operations/status.ts")).status);
export const doctor = later(async () => (await import("./operations/doctor.ts")).doctor);
export const render = later(async () => (await import("./operations/render.ts")).render);
export const adopt = later(async () => (await import("./operations/adopt.ts")).adopt);
export const affectedProducts = later(async () => (await import("./operations/affected.ts")).affectedProducts);

/** All codes with one sentence each, sorted. */
export const allCodes = async () => (await import("./areas.ts")).allCodes();
/** The page of a code, or nothing. */
export const explain = async (code: string) => (await import("./areas.ts")).explain(code);
/** `--vars` written as YAML; nothing where it is no mapping. */
export const readVars = async (text: string) => (await import("@meshwork/models")).yamlVars(text);
/** A date or time as flags name it, in UTC where it names no zone, as milliseconds; nothing where it is none. */
export const readTime = async (text: string): Promise<number | undefined> => {
  const { timeOf } = await import("@meshwork/models");
  try {
    return timeOf(text).getTime();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
};
