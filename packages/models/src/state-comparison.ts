import { manifest } from "./manifest.ts";
import type { DbtState, Project } from "./model.ts";

type Entry = Readonly<Record<string, unknown>>;

const collections = "nodes sources exposures metrics semantic_models saved_queries unit_tests".split(" ");

const isEntry = (value: unknown): value is Entry =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const entriesOf = (value: unknown): Entry => (isEntry(value) ? value : {});

/** Equal as JSON: the order of keys does not count, and nothing is what is not there. */
function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) || Array.isArray(b))
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((v, i) => same(v, b[i]));
  if (isEntry(a) && isEntry(b))
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((k) => same(a[k], b[k]));
  return (a ?? null) === (b ?? null);
}

/** Configuration that says where a node is built or what it is called: it is compared on its own, or not at all. */
const notConfig = new Set(["alias", "schema", "database", "tags", "group", "static_analysis", "docs", "access"]);
const notCompared = new Set(["meta"]);

/** The project against the artifacts of an earlier run: `state:`, `result:` and `source_status:`. */
export class StateComparison {
  readonly #project: Project;
  readonly #state: DbtState;
  #now: Entry | undefined;
  #changedMacros: ReadonlySet<string> | undefined;

  constructor(project: Project, state: DbtState) {
    this.#project = project;
    this.#state = state;
  }

  /** Ids that match, or why nothing can be said. */
  match(method: string, value: string): readonly string[] | string {
    if (method === "result") return this.#results(value);
    if (method === "source_status") return this.#sourceStatus(value);
    const check = this.#check(value);
    if (check === undefined) return `a state is one of ${Object.keys(checks).join(", ")}.`;
    if (!isEntry(this.#state.manifest)) return "the state has no manifest.json.";
    const found: string[] = [];
    for (const name of collections) {
      const before = entriesOf(this.#state.manifest[name]);
      for (const [id, entry] of Object.entries(entriesOf(this.#manifest[name]))) {
        if (!isEntry(entry) || entry["resource_type"] === "operation") continue;
        const old = before[id];
        if (check(isEntry(old) ? old : undefined, entry)) found.push(id);
      }
    }
    return found;
  }

  get #manifest(): Entry {
    const { now: generatedAt } = { now: new Date(0) };
    return (this.#now ??= manifest(this.#project, { generatedAt, invocationId: "", compiled: false }));
  }

  #check(value: string): Check | undefined {
    if (!Object.hasOwn(checks, value)) return undefined;
    const changed = (entry: Entry): boolean => this.#macroChanged(entry);
    const check = checks[value as keyof typeof checks];
    return (old, now) => check(old, now, changed);
  }

  /** Whether a macro that the node reaches has another text. */
  #macroChanged(entry: Entry): boolean {
    const changed = (this.#changedMacros ??= this.#macrosThatChanged());
    if (changed.size === 0) return false;
    const macros = entriesOf(this.#manifest["macros"]);
    const seen = new Set<string>();
    const visit = (one: Entry): boolean => {
      const names = entriesOf(one["depends_on"])["macros"];
      for (const id of Array.isArray(names) ? names : []) {
        if (typeof id !== "string" || seen.has(id)) continue;
        seen.add(id);
        if (changed.has(id)) return true;
        const macro = macros[id];
        if (isEntry(macro) && visit(macro)) return true;
      }
      return false;
    };
    return visit(entry);
  }

  /** dbt's own macros are left out: their texts differ from tool to tool and say nothing of the project. */
  #macrosThatChanged(): ReadonlySet<string> {
    const before = entriesOf(entriesOf(this.#state.manifest)["macros"]);
    const now = entriesOf(this.#manifest["macros"]);
    const own = new Set(Object.values(now).flatMap((m) => (isEntry(m) ? [m["package_name"]] : [])));
    const changed = new Set<string>();
    for (const id of new Set([...Object.keys(before), ...Object.keys(now)])) {
      const [a, b] = [entriesOf(before[id]), entriesOf(now[id])];
      const packageName = b["package_name"] ?? a["package_name"];
      if (packageName === "dbt" || !own.has(packageName)) continue;
      if (a["macro_sql"] !== b["macro_sql"]) changed.add(id);
    }
    return changed;
  }

  #results(status: string): readonly string[] | string {
    const results = entriesOf(this.#state.runResults)["results"];
    if (!Array.isArray(results)) return "the state has no run_results.json.";
    return results.flatMap((r) => (isEntry(r) && r["status"] === status ? [String(r["unique_id"])] : []));
  }

  #sourceStatus(value: string): readonly string[] | string {
    if (value !== "fresher") return 'source_status knows one value, "fresher".';
    const times = (artifact: unknown): Map<string, string> | undefined => {
      const results = entriesOf(artifact)["results"];
      if (!Array.isArray(results)) return undefined;
      return new Map(
        results.flatMap((r): [string, string][] =>
          isEntry(r) && typeof r["max_loaded_at"] === "string" ? [[String(r["unique_id"]), r["max_loaded_at"]]] : [],
        ),
      );
    };
    const before = times(this.#state.sources);
    const now = times(this.#state.currentSources);
    if (before === undefined) return "the state has no sources.json.";
    if (now === undefined) return "there is no sources.json of this run; run source freshness first.";
    return [...now].flatMap(([id, time]) => {
      const old = before.get(id);
      return old === undefined || Date.parse(time) > Date.parse(old) ? [id] : [];
    });
  }
}

type Check = (old: Entry | undefined, now: Entry) => boolean;
type FullCheck = (old: Entry | undefined, now: Entry, macroChanged: (entry: Entry) => boolean) => boolean;

const isNode = (entry: Entry): boolean =>
  ["model", "seed", "snapshot", "test", "analysis"].includes(String(entry["resource_type"]));
const fieldsSame = (old: Entry, now: Entry, fields: readonly string[]): boolean =>
  fields.every((f) => same(old[f], now[f]));

const bodySame = (old: Entry, now: Entry): boolean => same(old["checksum"], now["checksum"]);

/** As written, so that a value out of the environment is no change. */
function configSame(old: Entry, now: Entry): boolean {
  const [a, b] = [entriesOf(old["unrendered_config"]), entriesOf(now["unrendered_config"])];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((k) => notConfig.has(k) || notCompared.has(k) || same(a[k], b[k]));
}

function relationSame(old: Entry, now: Entry): boolean {
  if (now["resource_type"] === "source")
    return fieldsSame(old, now, ["unrendered_database", "unrendered_schema", "identifier"]);
  const [a, b] = [entriesOf(old["unrendered_config"]), entriesOf(now["unrendered_config"])];
  return ["database", "schema", "alias"].every((k) => same(a[k], b[k]));
}

/** Descriptions count where they are written into the database. */
function descriptionsSame(old: Entry, now: Entry): boolean {
  const persist = entriesOf(entriesOf(now["config"])["persist_docs"]);
  if (persist["relation"] === true && !same(old["description"], now["description"])) return false;
  if (persist["columns"] !== true) return true;
  const texts = (entry: Entry): Entry =>
    Object.fromEntries(
      Object.entries(entriesOf(entry["columns"])).map(([name, c]) => [name, entriesOf(c)["description"]]),
    );
  return same(texts(old), texts(now));
}

const contractSame = (old: Entry, now: Entry): boolean => {
  const [a, b] = [entriesOf(old["contract"]), entriesOf(now["contract"])];
  if (a["enforced"] !== true && b["enforced"] !== true) return true;
  return same(a["enforced"], b["enforced"]) && same(a["checksum"], b["checksum"]);
};

/** What dbt compares of each kind. */
function contentsSame(old: Entry | undefined, now: Entry): boolean {
  const type = String(now["resource_type"]);
  // A source, exposure or metric that was not there before is new, not modified.
  if (old === undefined) return ["source", "exposure", "metric", "semantic_model", "saved_query"].includes(type);
  switch (type) {
    case "source":
      return (
        relationSame(old, now) &&
        fieldsSame(old, now, ["fqn", "quoting", "freshness", "loaded_at_field", "external"]) &&
        configSame(old, now)
      );
    case "exposure":
      return (
        fieldsSame(old, now, ["fqn", "type", "owner", "maturity", "url", "description", "label"]) &&
        same(
          [...listOf(entriesOf(old["depends_on"])["nodes"])].sort(),
          [...listOf(entriesOf(now["depends_on"])["nodes"])].sort(),
        ) &&
        configSame(old, now)
      );
    case "metric":
      return (
        fieldsSame(old, now, ["filter", "metadata", "type", "type_params", "description", "label"]) &&
        configSame(old, now)
      );
    case "semantic_model":
      return (
        fieldsSame(old, now, [
          "model",
          "description",
          "defaults",
          "entities",
          "dimensions",
          "measures",
          "primary_entity",
          "group",
        ]) && configSame(old, now)
      );
    case "saved_query":
      return (
        fieldsSame(old, now, ["query_params", "description", "label", "exports", "group", "tags"]) &&
        configSame(old, now)
      );
    case "unit_test":
      return same(old["checksum"], now["checksum"]);
    case "test":
      if (isEntry(now["test_metadata"])) return configSame(old, now) && same(old["fqn"], now["fqn"]);
      break;
  }
  const refs = type !== "model" || fieldsSame(old, now, ["version", "latest_version", "access", "deprecation_date"]);
  return (
    bodySame(old, now) &&
    configSame(old, now) &&
    descriptionsSame(old, now) &&
    same(old["fqn"], now["fqn"]) &&
    relationSame(old, now) &&
    contractSame(old, now) &&
    refs
  );
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const modified: FullCheck = (old, now, macroChanged) => !contentsSame(old, now) || macroChanged(now);
const nodes =
  (same: (old: Entry, now: Entry) => boolean): FullCheck =>
  (old, now) =>
    isNode(now) && (old === undefined || !same(old, now));

const checks = {
  new: (old) => old === undefined,
  old: (old) => old !== undefined,
  modified,
  unmodified: (old, now, macroChanged) => !modified(old, now, macroChanged),
  "modified.body": nodes(bodySame),
  "modified.configs": (old, now) =>
    (isNode(now) ||
      ["source", "exposure", "metric", "semantic_model", "saved_query"].includes(String(now["resource_type"]))) &&
    (old === undefined || !configSame(old, now)),
  "modified.persisted_descriptions": nodes(descriptionsSame),
  "modified.relation": (old, now) =>
    (isNode(now) || now["resource_type"] === "source") && (old === undefined || !relationSame(old, now)),
  "modified.macros": (_, now, macroChanged) => macroChanged(now),
  "modified.contract": nodes(contractSame),
} as const satisfies Readonly<Record<string, FullCheck>>;
