import { nearest } from "@meshwork/diagnostics";
import type { Span } from "@meshwork/diagnostics";
import type { Assembly } from "./assemble.ts";
import { configKey, mergeLayers, unrenderedOf } from "./config.ts";
import type { ConfigLayer, Setting } from "./config.ts";
import { describe, entryLayers } from "./entry-values.ts";
import type { ConfigValue, Declared } from "./model.ts";
import type { PropertiesEntry, ResourceEntry } from "./properties.ts";
import type { Reading, TreeName } from "./reading.ts";
import {
  attachedSemanticModel,
  isPlain,
  metricInputs,
  metricTypeParams,
  semanticModelDetails,
  whereFilter,
} from "./semantic.ts";
import type { Plain } from "./semantic.ts";
import type { SourceText } from "./source-text.ts";
import { sqlCodes } from "./sql.codes.ts";
import { writtenCall } from "./written-call.ts";
import { entryOf, itemsOf, textOf, valueOf } from "./yaml.ts";
import type { YamlNode } from "./yaml.ts";

/** What is declared, and whether it takes part. */
export interface BuiltDeclared {
  readonly item: Declared;
  readonly enabled: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Draft = Mutable<Declared> & { details: Record<string, ConfigValue> };

/** A declared thing before it is known what it reads. */
interface Pending {
  readonly draft: Draft;
  readonly enabled: boolean;
  readonly reading: Reading;
  readonly source: SourceText;
  readonly node: YamlNode;
  /** Finds what it reads, once everything is declared. */
  readonly link: (pending: Pending) => void;
}

const kinds = {
  exposures: "exposure",
  metrics: "metric",
  semantic_models: "semantic_model",
  saved_queries: "saved_query",
  groups: "group",
} as const;

interface Place {
  readonly name: string;
  readonly node: YamlNode;
  readonly source: SourceText;
  readonly place: Span;
  readonly folders: readonly string[];
}

/** Reads exposures, metrics, semantic models, saved queries and groups of all packages, and joins them by name. */
export class DeclaredReader {
  readonly #assembly: Assembly;
  readonly #all = new Map<string, Pending>();
  /** Semantic models by the measures they have. */
  readonly #measures = new Map<string, string>();

  constructor(assembly: Assembly) {
    this.#assembly = assembly;
  }

  read(): BuiltDeclared[] {
    for (const reading of this.#assembly.readings) {
      for (const entry of reading.others) this.#entry(reading, entry);
      for (const entry of reading.resources) if (entry.kind === "model") this.#model(reading, entry);
    }
    for (const pending of this.#all.values()) if (pending.enabled) pending.link(pending);
    for (const pending of this.#all.values()) if (pending.draft.kind === "metric") this.#inputMeasures(pending);
    this.#checkGroups();
    return [...this.#all.values()].map((p) => ({ item: p.draft, enabled: p.enabled }));
  }

  #entry(reading: Reading, entry: PropertiesEntry): void {
    const value = valueOf(entry.node);
    if (!isPlain(value)) return;
    switch (entry.section) {
      case "unit_tests":
        return;
      case "exposures":
        return this.#exposure(reading, entry, value);
      case "metrics":
        return this.#metric(reading, entry, value, undefined);
      case "semantic_models":
        return this.#semanticModel(reading, entry, value);
      case "saved_queries":
        return this.#savedQuery(reading, entry, value);
      case "groups":
        return this.#group(reading, entry, value);
    }
  }

  #add(
    reading: Reading,
    section: keyof typeof kinds,
    place: Place,
    details: Record<string, ConfigValue>,
    link: Pending["link"],
    extra: ConfigLayer[] = [],
  ): Pending | undefined {
    const own = reading.package.name;
    const kind = kinds[section];
    const id = `${kind}.${own}.${place.name}`;
    const before = this.#all.get(id);
    if (before !== undefined) {
      const params = { kind: `${kind.replace("_", " ")}s`, name: place.name, other: before.draft.file };
      const related = [{ message: "the other one is here", span: before.draft.place }];
      reading.diagnostics.push(sqlCodes.create("duplicate-model", params, { span: place.place, related }));
      return undefined;
    }
    const fqn = [own, ...place.folders, place.name];
    const inner = [...entryLayers(reading, { node: place.node, source: place.source }), ...extra];
    const settings = mergeLayers(
      section === "groups" ? inner : reading.trees[section satisfies TreeName].around(fqn, inner),
    );
    const config = new Map([...settings].map(([key, setting]) => [key, setting.value]));
    const tags = config.get("tags") ?? [];
    const draft: Draft = {
      id,
      kind,
      name: place.name,
      package: own,
      path: place.source.path,
      file: place.source.file,
      fqn,
      description: describe(reading, place.node, place.source),
      config,
      unrendered: unrenderedOf(
        section === "groups" ? inner : reading.trees[section satisfies TreeName].around(fqn, inner),
      ),
      tags: [...new Set(asTexts(tags))].sort(),
      parents: [],
      details,
      place: place.place,
    };
    const enabled = config.get("enabled") !== false;
    const pending: Pending = { draft, enabled, reading, source: place.source, node: place.node, link };
    this.#all.set(id, pending);
    return pending;
  }

  #group(reading: Reading, entry: PropertiesEntry, value: Plain): void {
    this.#add(reading, "groups", entry, { owner: isPlain(value["owner"]) ? value["owner"] : {} }, () => undefined);
  }

  #exposure(reading: Reading, entry: PropertiesEntry, value: Plain): void {
    const details = {
      type: value["type"] ?? null,
      owner: isPlain(value["owner"]) ? value["owner"] : {},
      label: value["label"] ?? null,
      maturity: value["maturity"] ?? null,
      url: value["url"] ?? null,
    };
    const types = ["dashboard", "notebook", "analysis", "ml", "application"];
    if (typeof value["type"] === "string" && !types.includes(value["type"])) {
      const node = entryOf(entry.node, "type")!.value;
      const where = `exposure "${entry.name}"`;
      const params = { key: "type", value: `"${value["type"]}"`, expected: types.join(", "), where };
      reading.diagnostics.push(sqlCodes.create("bad-config", params, { span: spanOf(entry.source, node) }));
    }
    this.#add(reading, "exposures", entry, details, (pending) => {
      const items = itemsOf(entryOf(entry.node, "depends_on")?.value);
      const calls = this.#calls(pending, items);
      pending.draft.parents = calls.ids;
      pending.draft.details = { ...pending.draft.details, ...calls.written };
    });
  }

  /** What a list of calls names: ids, and the calls as dbt's manifest keeps them. */
  #calls(pending: Pending, items: readonly YamlNode[]): { ids: string[]; written: Record<string, ConfigValue> } {
    const ids: string[] = [];
    const refs: ConfigValue[] = [];
    const sources: ConfigValue[] = [];
    const metrics: ConfigValue[] = [];
    for (const item of items) {
      const text = textOf(item) ?? "";
      const call = writtenCall(text);
      const span = spanOf(pending.source, item);
      if (call === undefined) {
        const reason = `"${text}" names nothing: write ref('model'), source('source', 'table') or metric('name').`;
        pending.reading.diagnostics.push(sqlCodes.create("bad-yaml", { reason }, { span }));
        continue;
      }
      const found = this.#target(pending, call, span);
      if (found !== undefined) ids.push(found);
      if (call.kind === "source") sources.push([call.source, call.table]);
      else if (call.kind === "metric")
        metrics.push(call.package === undefined ? [call.name] : [call.package, call.name]);
      else refs.push({ name: call.name, package: call.package ?? null, version: versionValue(call.version) });
    }
    return { ids, written: { refs, sources, metrics } };
  }

  #target(pending: Pending, call: NonNullable<ReturnType<typeof writtenCall>>, span: Span): string | undefined {
    const own = pending.draft.package;
    const { diagnostics } = pending.reading;
    const label = `${pending.draft.kind.replace("_", " ")} "${pending.draft.name}"`;
    if (call.kind === "metric") {
      const id = this.#metricId(own, call.name, call.package);
      if (id !== undefined) return id;
      this.#unknown(pending, call.name, "metric", span);
      return undefined;
    }
    if (call.kind === "source") {
      const ids = [own, this.#assembly.around.project].map((p) => `source.${p}.${call.source}.${call.table}`);
      const id = ids.find((i) => this.#assembly.sources.has(i));
      if (id !== undefined) return id;
      const tables = [...this.#assembly.sources.values()];
      const knowsSource = tables.some((s) => s.source === call.source);
      const near = tables.map((s) => (knowsSource ? s.name : s.source));
      const candidates = nearest(knowsSource ? call.table : call.source, near);
      const params = { source: call.source, table: call.table, knowsSource, candidates };
      diagnostics.push(sqlCodes.create("unknown-source", params, { span }));
      return undefined;
    }
    const { node } = this.#assembly.index.find(call.name, own, call.package, call.version);
    if (node !== undefined) return node.id;
    const port = this.#assembly.around.options.resolvePort?.({
      domain: call.package ?? own,
      port: call.name,
      version: call.version,
    });
    if (port !== undefined && !("error" in port)) return undefined;
    const candidates = nearest(
      call.name,
      this.#assembly.index.all().map((n) => n.name),
    );
    const what = `No model or seed is named "${call.name}", which ${label} reads.`;
    diagnostics.push(sqlCodes.create("unknown-ref", { ref: `ref('${call.name}')`, what, candidates }, { span }));
    return undefined;
  }

  #metricId(own: string, name: string, packageName?: string): string | undefined {
    const ids = (packageName === undefined ? [own, this.#assembly.around.project] : [packageName]).map(
      (p) => `metric.${p}.${name}`,
    );
    return ids.find((id) => this.#all.get(id)?.enabled === true);
  }

  #unknown(pending: Pending, name: string, kind: "metric" | "measure" | "group", span: Span): void {
    const words =
      kind === "measure"
        ? [...this.#measures.keys()]
        : [...this.#all.values()].filter((p) => p.draft.kind === kind).map((p) => p.draft.name);
    const label = `${pending.draft.kind.replace("_", " ")} "${pending.draft.name}"`;
    const params = { kind, name, of: label, candidates: nearest(name, words) };
    pending.reading.diagnostics.push(sqlCodes.create("unknown-metric", params, { span }));
  }

  #semanticModel(reading: Reading, entry: Place, value: Plain): void {
    const pending = this.#add(reading, "semantic_models", entry, {}, (p) => this.#linkSemanticModel(p));
    if (pending === undefined) return;
    const meta = metaOf(pending.draft.config);
    pending.draft.details = { ...semanticModelDetails(value, meta) };
    this.#noteMeasures(pending);
    for (const measure of listOf(value["measures"])) {
      if (!isPlain(measure) || measure["create_metric"] !== true) continue;
      const name = String(measure["name"] as string);
      const metric: Plain = {
        name,
        label: measure["label"] ?? name,
        type: "simple",
        type_params: { measure: name, expr: measure["expr"] ?? name },
        description: measure["description"] ?? `Metric created from measure ${name}`,
      };
      const layer: ConfigLayer = new Map([
        ["enabled", { value: pending.enabled }],
        ["meta", { value: meta }],
      ]);
      this.#metric(reading, { ...entry, name, node: emptyMap(entry.node) }, metric, undefined, [layer]);
    }
  }

  #noteMeasures(pending: Pending): void {
    for (const measure of listOf(pending.draft.details["measures"])) {
      if (isPlain(measure) && typeof measure["name"] === "string")
        this.#measures.set(measure["name"], pending.draft.id);
    }
  }

  #linkSemanticModel(pending: Pending): void {
    const { details } = pending.draft;
    const text = typeof details["model"] === "string" ? details["model"] : "";
    const call = writtenCall(text);
    const at = entryOf(pending.node, "model")?.value;
    const span = at === undefined ? pending.draft.place : spanOf(pending.source, at);
    if (call?.kind !== "ref") {
      const reason = `A semantic model reads one model: write model: ref('orders').`;
      pending.reading.diagnostics.push(sqlCodes.create("bad-yaml", { reason }, { span }));
      return;
    }
    const id = this.#target(pending, call, span);
    const node = id === undefined ? undefined : this.#assembly.units.get(id)?.node;
    pending.draft.parents = id === undefined ? [] : [id];
    const { dialect } = this.#assembly.around.options;
    pending.draft.details = {
      ...details,
      node_relation:
        node === undefined
          ? null
          : {
              alias: node.relation.name,
              schema_name: node.relation.schema ?? null,
              database: node.relation.database ?? null,
              relation_name: dialect.relation(node.relation),
            },
      refs: [{ name: call.name, package: call.package ?? null, version: versionValue(call.version) }],
    };
  }

  /** `semantic_model:` and `metrics:` of a model: the form that needs no section of its own. */
  #model(reading: Reading, entry: ResourceEntry): void {
    const at = entryOf(entry.node, "semantic_model");
    const written = at === undefined ? undefined : valueOf(at.value);
    const metrics = itemsOf(entryOf(entry.node, "metrics")?.value);
    if (written === undefined || written === null || written === false) return;
    if (isPlain(written) && written["enabled"] === false) return;
    const own = isPlain(written) ? written : {};
    const name = typeof own["name"] === "string" ? own["name"] : entry.name;
    const config = isPlain(own["config"]) ? own["config"] : {};
    const layer: ConfigLayer = new Map(
      Object.entries({ ...config, ...(own["group"] === undefined ? {} : { group: own["group"] }) }).map(
        ([key, value]): [string, Setting] => [configKey(key), { value }],
      ),
    );
    const place: Place = { ...entry, name, node: emptyMap(entry.node) };
    const pending = this.#add(reading, "semantic_models", place, {}, (p) => this.#linkSemanticModel(p), [layer]);
    if (pending === undefined) return;
    const value = valueOf(entry.node);
    if (!isPlain(value)) return;
    pending.draft.description = describe(reading, entry.node, entry.source);
    pending.draft.details = { ...attachedSemanticModel(value, entry.name, metaOf(pending.draft.config)) };
    for (const node of metrics) {
      const metric = valueOf(node);
      const nameOf = entryOf(node, "name")?.value;
      if (!isPlain(metric) || typeof metric["name"] !== "string" || nameOf === undefined) continue;
      const attached =
        metric["type"] === "simple"
          ? { semanticModel: name, id: pending.draft.id, timeDimension: value["agg_time_dimension"] ?? null }
          : undefined;
      const span = spanOf(entry.source, nameOf);
      this.#metric(reading, { ...entry, name: metric["name"], node, place: span }, metric, attached);
    }
  }

  #metric(
    reading: Reading,
    place: Place,
    value: Plain,
    attached: { semanticModel: string; id: string; timeDimension: ConfigValue } | undefined,
    extra: ConfigLayer[] = [],
  ): void {
    const details: Record<string, ConfigValue> = {
      label: value["label"] ?? place.name,
      type: value["type"] ?? null,
      type_params: metricTypeParams(value, attached),
      filter: whereFilter(value["filter"]),
      metadata: null,
      time_granularity: value["time_granularity"] ?? null,
    };
    const link = (pending: Pending): void => this.#linkMetric(pending, attached?.id);
    const pending = this.#add(reading, "metrics", place, details, link, extra);
    if (pending !== undefined && pending.draft.description === "" && typeof value["description"] === "string") {
      pending.draft.description = value["description"];
    }
  }

  #linkMetric(pending: Pending, attachedTo: string | undefined): void {
    const params = pending.draft.details["type_params"] as Plain;
    const inputs = metricInputs(params);
    const ids: string[] = attachedTo === undefined ? [] : [attachedTo];
    const at = entryOf(pending.node, "type_params")?.value;
    const span = at === undefined ? pending.draft.place : spanOf(pending.source, at);
    for (const measure of inputs.measures) {
      const name = String(measure["name"] as string);
      const owner = this.#measures.get(name);
      if (owner !== undefined) ids.push(owner);
      else this.#unknown(pending, name, "measure", span);
    }
    for (const name of inputs.metrics) {
      const id = this.#metricId(pending.draft.package, name);
      if (id !== undefined) ids.push(id);
      else this.#unknown(pending, name, "metric", span);
    }
    pending.draft.parents = [...new Set(ids)];
  }

  /** The measures a metric stands on in the end, through all the metrics it reads. */
  #inputMeasures(pending: Pending): void {
    const found = new Map<string, Plain>();
    const seen = new Set<string>();
    const visit = (id: string): void => {
      const one = this.#all.get(id);
      if (one === undefined || seen.has(id) || one.draft.kind !== "metric") return;
      seen.add(id);
      const params = one.draft.details["type_params"] as Plain;
      for (const measure of metricInputs(params).measures) found.set(JSON.stringify(measure), measure);
      for (const parent of one.draft.parents) visit(parent);
    };
    visit(pending.draft.id);
    const params = pending.draft.details["type_params"] as Plain;
    const type_params = { ...params, input_measures: [...found.values()] };
    pending.draft.details = { ...pending.draft.details, type_params };
  }

  #savedQuery(reading: Reading, entry: PropertiesEntry, value: Plain): void {
    const query = isPlain(value["query_params"]) ? value["query_params"] : {};
    const { target } = this.#assembly.around.options;
    const details: Record<string, ConfigValue> = {
      query_params: {
        metrics: listOf(query["metrics"]),
        group_by: listOf(query["group_by"]),
        where: whereFilter(query["where"]),
        order_by: listOf(query["order_by"]),
        limit: query["limit"] ?? null,
      },
      label: value["label"] ?? null,
      metadata: null,
      exports: listOf(value["exports"])
        .filter(isPlain)
        .map((one) => {
          const config = isPlain(one["config"]) ? one["config"] : {};
          return {
            name: one["name"] ?? null,
            config: {
              export_as: config["export_as"] ?? null,
              schema_name: config["schema_name"] ?? config["schema"] ?? target.schema,
              alias: config["alias"] ?? one["name"] ?? null,
              database: config["database"] ?? target.database ?? null,
            },
            unrendered_config: config,
          };
        }),
      refs: [],
    };
    this.#add(reading, "saved_queries", entry, details, (pending) => {
      const at = entryOf(entryOf(entry.node, "query_params")?.value, "metrics")?.value;
      pending.draft.parents = itemsOf(at).flatMap((item) => {
        const name = textOf(item) ?? "";
        const id = this.#metricId(pending.draft.package, name);
        if (id === undefined) this.#unknown(pending, name, "metric", spanOf(entry.source, item));
        return id ?? [];
      });
    });
  }

  /** A group that is named and not declared. */
  #checkGroups(): void {
    const groups = [...this.#all.values()].filter((p) => p.draft.kind === "group").map((p) => p.draft.name);
    const { units, readings } = this.#assembly;
    for (const { node } of units.values()) {
      if (node.resourceType === "test" || node.group === undefined || groups.includes(node.group)) continue;
      const params = { kind: "group", name: node.group, of: `${node.resourceType} "${node.name}"` };
      const found = sqlCodes.create(
        "unknown-metric",
        { ...params, candidates: nearest(node.group, groups) },
        { span: node.place, product: node.product, help: "declare it under groups: in a properties file" },
      );
      (readings.find((r) => r.package.name === node.package) ?? readings[0]!).diagnostics.push(found);
    }
  }
}

const asTexts = (value: ConfigValue): string[] => listOf(value).filter((t) => typeof t === "string");

const listOf = (value: ConfigValue | undefined): readonly ConfigValue[] =>
  Array.isArray(value) ? (value as readonly ConfigValue[]) : value === undefined || value === null ? [] : [value];

function metaOf(config: ReadonlyMap<string, ConfigValue>): Plain {
  const meta = config.get("meta");
  return isPlain(meta) ? meta : {};
}

const spanOf = (source: SourceText, node: YamlNode): Span =>
  source.span(node.start, node.kind === "scalar" ? node.end : node.start + 1);

/** An entry without keys at the place of another: its settings come from elsewhere. */
const emptyMap = (node: YamlNode): YamlNode => ({ kind: "map", start: node.start, end: node.end, entries: [] });

/** Numbers stay numbers in the manifest. */
const versionValue = (version: string | undefined): ConfigValue =>
  version === undefined ? null : /^\d+$/.test(version) ? Number(version) : version;
