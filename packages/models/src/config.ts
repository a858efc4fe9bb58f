import { didYouMean, nearest } from "@meshwork/diagnostics";
import type { Diagnostic, Span } from "@meshwork/diagnostics";
import type {
  ConfigValue,
  IncrementalStrategy,
  LateData,
  Materialization,
  NodeConfig,
  ResourceType,
  SnapshotConfig,
} from "./model.ts";
import { knownConfigKeys } from "./properties-keys.ts";
import { sqlCodes } from "./sql.codes.ts";

/** One setting and where it is written. */
export interface Setting {
  readonly value: ConfigValue;
  /** As it is written, with its Jinja; the value where nothing was rendered. */
  readonly raw?: ConfigValue | undefined;
  readonly span?: Span | undefined;
}

/** Settings of one level of precedence. */
export type ConfigLayer = ReadonlyMap<string, Setting>;

/** Keys whose levels add up; of all others the most specific level wins. */
const additive = new Set(["tags", "pre_hook", "post_hook", "packages"]);
const merged = new Set(["meta", "docs", "grants", "column_types", "persist_docs", "quoting"]);

const asList = (value: ConfigValue): readonly ConfigValue[] =>
  value === null ? [] : Array.isArray(value) ? (value as readonly ConfigValue[]) : [value];
const isMap = (value: ConfigValue | undefined): value is { readonly [key: string]: ConfigValue } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `pre-hook` and `pre_hook` are one key. */
export const configKey = (key: string): string => key.replace(/^\+/, "").replaceAll("-", "_");

/** Hooks are rendered where they run, in the context of their node. */
export const isHook = (key: string): boolean => ["pre_hook", "post_hook"].includes(configKey(key));

/** What was written last for each key, before rendering: dbt's `unrendered_config`. */
export function unrenderedOf(layers: readonly ConfigLayer[]): Map<string, ConfigValue> {
  const all = new Map<string, ConfigValue>();
  for (const layer of layers) for (const [key, s] of layer) all.set(key, s.raw === undefined ? s.value : s.raw);
  return all;
}

/** Joins levels, the weakest first. */
export function mergeLayers(layers: readonly ConfigLayer[]): Map<string, Setting> {
  const all = new Map<string, Setting>();
  for (const layer of layers) {
    for (const [key, setting] of layer) {
      const before = all.get(key);
      if (before !== undefined && additive.has(key)) {
        const value = [...asList(before.value), ...asList(setting.value)];
        all.set(key, { value: key === "tags" ? [...new Set(value)] : value, span: setting.span });
      } else if (before !== undefined && merged.has(key) && isMap(before.value) && isMap(setting.value)) {
        const joined = Object.assign(Object.create(null) as Record<string, ConfigValue>, before.value, setting.value);
        all.set(key, { value: joined, span: setting.span });
      } else {
        all.set(key, setting);
      }
    }
  }
  return all;
}

const materializations: Readonly<Record<ResourceType, readonly Materialization[]>> = {
  model: ["table", "view", "incremental", "ephemeral"],
  seed: ["seed"],
  snapshot: ["snapshot"],
  test: ["test"],
  analysis: ["view"],
};
const strategies: readonly IncrementalStrategy[] = [
  "append",
  "delete+insert",
  "merge",
  "microbatch",
  "insert_overwrite",
];
const threshold = /^\s*(?:=|==|!=|<>|<|<=|>|>=)\s*\d+\s*$/;

/** Names that macros of the project or its packages add to the built-in ones. */
export interface OwnNames {
  readonly materializations: readonly string[];
  readonly strategies: readonly string[];
}
const noNames: OwnNames = { materializations: [], strategies: [] };

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;

/** `late_data: {accept: 3 days, beyond: warn}` under `meta`, where dbt lets keys of one's own be. */
function lateDataOf(meta: ConfigValue | undefined, bad: (expected: string) => undefined): LateData | undefined {
  const given = isMap(meta) ? meta["late_data"] : undefined;
  if (given === undefined || given === null) return undefined;
  if (!isMap(given)) return bad("late_data as {accept: 3 days, beyond: warn}");
  const { accept, beyond = "warn", ...others } = given;
  const parts = /^(\d{1,5})\s*(minute|hour|day|week|m|h|d|w)s?$/.exec(typeof accept === "string" ? accept.trim() : "");
  const unit = (["minute", "hour", "day", "week"] as const).find((u) => u.startsWith(parts?.[2] ?? "?"));
  if (parts === null || unit === undefined) return bad('late_data.accept as "3 days" (minutes, hours, days or weeks)');
  if (beyond !== "warn" && beyond !== "error") return bad("late_data.beyond as warn or error");
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return bad(`late_data with accept and beyond alone, not "${unknown}"`);
  return { accept: Number(parts[1]) * unitMs[unit], beyond };
}

/** Reads the joined settings of a node. Wrong values are reported at their place and fall back to the default. */
export function readConfig(
  kind: ResourceType,
  settings: ReadonlyMap<string, Setting>,
  where: string,
  fallback: Span,
  own: OwnNames = noNames,
): { config: NodeConfig; diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const bad = (key: string, expected: string): undefined => {
    const setting = settings.get(key)!;
    const shown = typeof setting.value === "string" ? `"${setting.value}"` : JSON.stringify(setting.value);
    const span = setting.span ?? fallback;
    diagnostics.push(sqlCodes.create("bad-config", { key, value: shown, expected, where }, { span }));
    return undefined;
  };
  const get = (key: string): ConfigValue | undefined => settings.get(key)?.value ?? undefined;
  const text = (key: string): string | undefined => {
    const value = get(key);
    if (value === undefined || typeof value === "string") return value === "" ? undefined : value;
    return typeof value === "number" ? String(value) : bad(key, "a text");
  };
  const truth = (key: string): boolean | undefined => {
    const value = get(key);
    if (value === undefined || typeof value === "boolean") return value;
    if (value === "true" || value === "True") return true;
    if (value === "false" || value === "False") return false;
    return bad(key, "true or false");
  };
  const oneOf = <T extends string>(key: string, choices: readonly T[], others = ""): T | undefined => {
    const value = get(key);
    if (value === undefined) return undefined;
    const found = choices.find((c) => c === value);
    if (found !== undefined) return found;
    const hint = typeof value === "string" ? didYouMean(value, choices).trim().replace(/\?$/, "") : "";
    return bad(
      key,
      `${choices.join(", ")}${others}${hint === "" ? "" : ` (${hint.charAt(0).toLowerCase()}${hint.slice(1)}?)`}`,
    );
  };
  const names = (key: string): readonly string[] | undefined => {
    const value = get(key);
    if (value === undefined) return undefined;
    const list = asList(value);
    return list.every((v) => typeof v === "string")
      ? (list as readonly string[])
      : bad(key, "a text or a list of texts");
  };
  const hooks = (key: string): readonly string[] =>
    asList(get(key) ?? null).flatMap((hook) => {
      const sql = isMap(hook) ? hook["sql"] : hook;
      if (typeof sql === "string") return [sql];
      bad(key, "SQL, or a list of it");
      return [];
    });
  const condition = (key: string): string => {
    const value = text(key);
    if (value === undefined) return "!= 0";
    if (threshold.test(value)) return value.trim();
    bad(key, 'a comparison with a number, like ">10"');
    return "!= 0";
  };
  const snapshotConfig = (): SnapshotConfig | undefined => {
    const strategy = oneOf("strategy", ["timestamp", "check"] as const);
    const missing = (key: string, expected: string): undefined => {
      const params = { key, value: "missing", expected, where };
      diagnostics.push(sqlCodes.create("bad-config", params, { span: fallback }));
    };
    if (strategy === undefined)
      return get("strategy") === undefined ? missing("strategy", "timestamp or check") : undefined;
    const uniqueKey = names("unique_key") ?? [];
    if (uniqueKey.length === 0) return missing("unique_key", "the columns that tell rows apart");
    // dbt takes an expression as a key too, which is a text with more than a name in it.
    const expression = uniqueKey.find((k) => !/^[\p{L}_][\p{L}\p{N}_$ ]*$/u.test(k));
    if (expression !== undefined)
      return bad("unique_key", "names of columns; make the expression a column of the query");
    const updatedAt = text("updated_at");
    if (strategy === "timestamp" && updatedAt === undefined)
      return missing("updated_at", "the column that tells when a row changed");
    const checked = get("check_cols") === "all" ? ("all" as const) : names("check_cols");
    if (strategy === "check" && checked === undefined) return missing("check_cols", 'a list of columns, or "all"');
    const given = get("snapshot_meta_column_names");
    const column = (key: string): string => {
      const own = isMap(given) && Object.hasOwn(given, key) ? given[key] : undefined;
      return typeof own === "string" && own !== "" ? own : key;
    };
    return {
      strategy,
      uniqueKey,
      updatedAt,
      checkColumns: checked ?? "all",
      hardDeletes:
        oneOf("hard_deletes", ["ignore", "invalidate", "new_record"] as const) ??
        (truth("invalidate_hard_deletes") === true ? "invalidate" : "ignore"),
      validToCurrent: text("dbt_valid_to_current"),
      columns: {
        scdId: column("dbt_scd_id"),
        updatedAt: column("dbt_updated_at"),
        validFrom: column("dbt_valid_from"),
        validTo: column("dbt_valid_to"),
        isDeleted: column("dbt_is_deleted"),
      },
    };
  };
  const columnTypes = get("column_types");
  if (columnTypes !== undefined && !isMap(columnTypes)) bad("column_types", "column names with their types");
  const types = new Map<string, string>();
  for (const [name, type] of Object.entries(isMap(columnTypes) ? columnTypes : {})) {
    // The type goes into a statement as the engine's own word: anything that is more than a type name stays out.
    if (typeof type === "string" && /^[A-Za-z][\w ]*(?:\(\s*\d+(?:\s*,\s*\d+)?\s*\))?[\w ]*(?:\[\d*\])*$/.test(type)) {
      types.set(name, type);
    } else bad("column_types", `a type for "${name}", like varchar or decimal(10,2)`);
  }
  const limit = get("limit");
  if (limit !== undefined && !(typeof limit === "number" && Number.isSafeInteger(limit) && limit >= 0)) {
    bad("limit", "a whole number");
  }
  const delimiter = text("delimiter");
  if (delimiter !== undefined && delimiter.length !== 1) bad("delimiter", "one character");
  const severity = get("severity");
  const level = typeof severity === "string" ? severity.toLowerCase() : severity;
  if (level !== undefined && level !== "error" && level !== "warn") bad("severity", "error or warn");
  const contract = get("contract");
  const enforced = kind === "model" && isMap(contract) && contract["enforced"] === true;
  const materialized =
    kind === "model"
      ? (oneOf("materialized", [...materializations.model, ...own.materializations]) ?? "view")
      : materializations[kind][0]!;
  const strategy = oneOf("incremental_strategy", [...strategies, ...own.strategies]);
  const persist = get("persist_docs");
  const persists = (part: string): boolean => isMap(persist) && persist[part] === true;
  const begin = get("begin");
  const lookback = get("lookback");
  const onSchemaChange = oneOf("on_schema_change", [
    "ignore",
    "fail",
    "append_new_columns",
    "sync_all_columns",
  ] as const);
  for (const [key, { span }] of settings) {
    // Own keys are allowed; one that is a letter off a known one is a slip. The tree reports its own.
    if (knownConfigKeys.includes(key) || span?.file.endsWith("dbt_project.yml") === true) continue;
    if (nearest(key, knownConfigKeys).length === 0) continue;
    const params = { key, of: `The configuration of ${where}`, known: knownConfigKeys, effect: "nobody reads it" };
    const help = "correct the key, or put keys of your own under meta";
    diagnostics.push(sqlCodes.create("unknown-key", params, { severity: "warning", span: span ?? fallback, help }));
  }
  const config: NodeConfig = {
    enabled: truth("enabled") ?? true,
    materialized,
    schema: text("schema"),
    database: text("database"),
    alias: text("alias"),
    tags: [...new Set(names("tags") ?? [])].sort(),
    uniqueKey: kind === "model" || kind === "snapshot" ? names("unique_key") : undefined,
    snapshot: kind === "snapshot" ? snapshotConfig() : undefined,
    incrementalStrategy: strategy,
    onSchemaChange: onSchemaChange ?? "ignore",
    preHooks: hooks("pre_hook"),
    postHooks: hooks("post_hook"),
    fullRefresh: truth("full_refresh"),
    columnTypes: types,
    delimiter: delimiter?.length === 1 ? delimiter : ",",
    severity: level === "warn" ? "warn" : "error",
    warnIf: condition("warn_if"),
    errorIf: condition("error_if"),
    where: text("where"),
    failCalc: text("fail_calc"),
    limit: typeof limit === "number" ? limit : undefined,
    storeFailures: kind === "test" ? truth("store_failures") : undefined,
    storeFailuresAs: kind === "test" ? oneOf("store_failures_as", ["table", "view", "ephemeral"] as const) : undefined,
    contract: { enforced, aliasTypes: !isMap(contract) || contract["alias_types"] !== false },
    microbatch: {
      eventTime: text("event_time"),
      batchSize: oneOf("batch_size", ["hour", "day", "month", "year"] as const),
      begin: typeof begin === "string" ? begin : undefined,
      lookback: typeof lookback === "number" ? lookback : 1,
      concurrentBatches: truth("concurrent_batches"),
      lateData: lateDataOf(get("meta"), (expected) => bad("meta", expected)),
    },
    incrementalPredicates: names("incremental_predicates") ?? [],
    mergeUpdateColumns: names("merge_update_columns"),
    mergeExcludeColumns: names("merge_exclude_columns"),
    sqlHeader: text("sql_header"),
    persistDocs: { relation: persists("relation"), columns: persists("columns") },
    group: text("group"),
    eventTime: text("event_time"),
    all: new Map([...settings].map(([key, setting]) => [key, setting.value])),
  };
  return { config, diagnostics };
}
