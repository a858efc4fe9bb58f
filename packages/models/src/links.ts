import { nearest } from "@meshwork/diagnostics";
import type { Diagnostic, Span } from "@meshwork/diagnostics";
import type { Value } from "@meshwork/jinja";
import type { Relation } from "@meshwork/sql";
import type { CallPlace } from "./context/call-places.ts";
import type { RefCall, SourceCall } from "./context/render-scope.ts";
import { relationValue } from "./context/relation-value.ts";
import type { NodeIndex } from "./node-index.ts";
import type { Dependency, LoadOptions, PortProblem, ProjectNode, SourceNode } from "./model.ts";
import { renameFix } from "./rename-fix.ts";
import { sqlCodes } from "./sql.codes.ts";
import type { Unit } from "./unit.ts";

/** What a ref or a source call means: the value in the template, and what the node reads because of it. */
export interface Link {
  readonly value: Value;
  readonly dependency?: Dependency | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

const refText = (domain: string | undefined, name: string): string =>
  `ref(${[domain, name].flatMap((n) => (n === undefined ? [] : [quoted(n)])).join(", ")})`;

/** The nearest of what was offered; where nothing is near, the resolver's own choice stands. */
function near(word: string, offered: readonly string[]): readonly string[] {
  const found = nearest(word, offered);
  return found.length > 0 ? found : offered.slice(0, 3);
}

const quoted = (name: string): string => `'${name.replaceAll("'", "\\'")}'`;

export const cteName = (name: string): string => `__dbt__cte__${name}`;

/** Answers `ref()` and `source()` for all nodes of a project. */
export class Links {
  readonly #options: LoadOptions;
  readonly #project: string;
  readonly #index: NodeIndex;
  readonly #disabled: ReadonlyMap<string, string>;
  readonly #sources: Map<string, SourceNode>;
  readonly #known = new Map<string, Link>();
  #sourcesByName: Map<string, string> | undefined;

  constructor(
    options: LoadOptions,
    project: string,
    index: NodeIndex,
    disabled: ReadonlyMap<string, string>,
    sources: Map<string, SourceNode>,
  ) {
    this.#options = options;
    this.#project = project;
    this.#index = index;
    this.#disabled = disabled;
    this.#sources = sources;
  }

  /** One answer for each node and call, so that trouble is reported once. */
  ref(unit: Unit, call: RefCall, upstream: "location" | "relation"): Link {
    const key = JSON.stringify(["ref", unit.node.id, upstream, call.package, call.name, call.version]);
    return this.#once(key, () => this.#ref(unit, call, upstream));
  }

  source(unit: Unit, call: SourceCall, upstream: "location" | "relation"): Link {
    const key = JSON.stringify(["source", unit.node.id, upstream, call.source, call.table]);
    return this.#once(key, () => this.#source(unit, call, upstream));
  }

  /** What a generic test is attached to. */
  test(unit: Unit): Link {
    const { subject } = unit.test!;
    if (subject.kind === "source") return this.source(unit, subject, "location");
    return this.ref(unit, { package: undefined, name: subject.name, version: subject.version }, "location");
  }

  #once(key: string, make: () => Link): Link {
    let link = this.#known.get(key);
    if (link === undefined) this.#known.set(key, (link = make()));
    return link;
  }

  /** The relation a node has for its readers. */
  nodeValue(node: ProjectNode): Value {
    const { dialect } = this.#options;
    if (node.config.materialized === "ephemeral") {
      return relationValue({ relation: { name: cteName(node.relation.name) }, dialect, type: "cte" });
    }
    return relationValue({
      relation: node.relation,
      dialect,
      type: node.config.materialized === "view" ? "view" : "table",
    });
  }

  sourceValue(source: SourceNode, upstream: "location" | "relation"): Value {
    const { dialect } = this.#options;
    const location = upstream === "location" ? source.location : undefined;
    return relationValue({
      relation: source.relation,
      dialect,
      location,
      type: location === undefined ? "table" : "external",
    });
  }

  #places(unit: Unit, name: string, args: readonly string[]): CallPlace {
    const found = unit.places?.find(name, args);
    return found ?? { call: unit.node.place, argument: unit.node.place, exact: false };
  }

  #ref(unit: Unit, call: RefCall, upstream: "location" | "relation"): Link {
    const from = unit.node.product;
    const args = call.package === undefined ? [call.name] : [call.package, call.name];
    const places = this.#places(unit, "ref", args);
    const found = this.#index.find(call.name, unit.node.package, call.package, call.version);
    const local = found.node;
    const visible =
      local !== undefined && (from === undefined || local.product === undefined || local.product === from);
    if (visible) {
      const forbidden = this.#groupProblem(unit, local, places);
      if (forbidden !== undefined) return { value: this.nodeValue(local), diagnostics: [forbidden] };
      return {
        value: this.nodeValue(local),
        dependency: { kind: "node", id: local.id, package: call.package, version: call.version, place: places.call },
        diagnostics: [],
      };
    }
    if (found.versions.length > 0 && local === undefined) return this.#noVersion(call, found.versions, places);
    const domain = call.package ?? this.#project;
    const answer = this.#options.resolvePort?.({ domain, port: call.name, version: call.version, from });
    if (answer !== undefined && !("error" in answer)) {
      const { dialect } = this.#options;
      const location = upstream === "location" ? answer.location : undefined;
      const warnings =
        answer.warning === undefined
          ? []
          : [sqlCodes.create("port-warning", { text: answer.warning }, { span: places.argument })];
      return {
        value: relationValue({
          relation: answer.relation,
          dialect,
          location,
          type: location === undefined ? "view" : "external",
        }),
        dependency: {
          kind: "port",
          domain,
          port: call.name,
          product: answer.product,
          version: answer.version,
          relation: answer.relation,
          place: places.call,
        },
        diagnostics: warnings,
      };
    }
    const placeholder = relationValue({ relation: { name: call.name }, dialect: this.#options.dialect });
    const problem = answer?.error;
    if (local !== undefined && !visible) {
      const ports = problem?.candidates ?? [];
      const offers = near(call.name, ports).map((p) => refText(undefined, p));
      const help =
        offers.length > 0
          ? `read a port in its place: ${offers.join(" or ")}`
          : `ask ${local.product} for a port that carries it, or build it in a model of your own`;
      const params = { model: call.name, owner: local.product!, from: from ?? this.#project };
      const related = [{ message: `"${call.name}" is defined here`, span: local.place }];
      return {
        value: placeholder,
        diagnostics: [sqlCodes.create("private-ref", params, { span: places.argument, help, related })],
      };
    }
    return { value: placeholder, diagnostics: [this.#unknownRef(unit, call, problem, places)] };
  }

  /** A private model is its group's: a ref from outside it is refused, as dbt does. */
  #groupProblem(unit: Unit, target: ProjectNode, places: CallPlace): Diagnostic | undefined {
    if (target.access !== "private" || target.resourceType !== "model" || unit.node.resourceType === "analysis")
      return undefined;
    if (unit.node.group !== undefined && unit.node.group === target.group) return undefined;
    const owner = target.group === undefined ? "its author (it has no group)" : `the group "${target.group}"`;
    const own =
      unit.node.group === undefined
        ? `"${unit.node.name}" is in no group`
        : `"${unit.node.name}" is in "${unit.node.group}"`;
    const related = [{ message: `"${target.name}" is defined here`, span: target.place }];
    const help =
      target.group === undefined
        ? `give "${target.name}" a group and this node the same, or set its access to protected`
        : `put this node into the group "${target.group}", or set the access of "${target.name}" to protected`;
    const params = { model: target.name, owner, from: own, group: true };
    return sqlCodes.create("private-ref", params, { span: places.argument, related, help });
  }

  #noVersion(call: RefCall, versions: readonly string[], places: CallPlace): Link {
    const ref = refText(call.package, call.name);
    const what =
      call.version === undefined
        ? `"${call.name}" has versions, and its latest is not there.`
        : `"${call.name}" has no version ${call.version}. There is ${versions.join(", ")}.`;
    const help = `write ${ref.slice(0, -1)}, v=${versions.at(-1)})`;
    const params = { ref, what, candidates: [] };
    return {
      value: relationValue({ relation: { name: call.name }, dialect: this.#options.dialect }),
      diagnostics: [sqlCodes.create("unknown-ref", params, { span: places.argument, help })],
    };
  }

  #unknownRef(unit: Unit, call: RefCall, problem: PortProblem | undefined, places: CallPlace): Diagnostic {
    const from = unit.node.product;
    const domain = call.package ?? this.#project;
    const own = domain === this.#project;
    const ref = refText(call.package, call.name);
    const label = own ? `"${call.name}"` : `"${domain}.${call.name}"`;
    const offered = problem?.candidates ?? [];
    const report = (what: string, candidates: readonly string[], help?: string, rename = true): Diagnostic => {
      const fixes = rename && places.exact ? renameFix(call.name, candidates, places.argument, quoted) : undefined;
      const extra = {
        span: places.argument,
        ...(fixes === undefined ? {} : { fixes }),
        ...(help === undefined ? {} : { help }),
      };
      return sqlCodes.create("unknown-ref", { ref, what, candidates, detail: problem?.detail }, extra);
    };
    const disabled = own ? this.#disabled.get(call.name) : undefined;
    if (disabled !== undefined)
      return report(`"${call.name}" is disabled in ${disabled}.`, [], "enable it, or take the ref out");
    if (problem?.unknown === "access")
      return report(`${from ?? this.#project} may not read ${ref}.`, [], "ask its owner for access");
    if (problem?.unknown === "version") {
      const has = offered.length === 0 ? "" : ` There is ${offered.join(", ")}.`;
      const help = offered.length === 0 ? undefined : `write ${ref.slice(0, -1)}, v=${offered[0]})`;
      return report(`${label} has no version ${call.version ?? "that can be read"}.${has}`, [], help);
    }
    if (problem?.unknown === "domain" && !own) {
      const candidates = near(domain, offered);
      const [first] = candidates;
      const help = first === undefined ? undefined : `write ${refText(first, call.name)}`;
      return report(`No domain or package is named "${domain}".`, candidates, help, false);
    }
    if (!own) {
      const what =
        problem === undefined
          ? `No domain or package is named "${domain}".`
          : `Domain "${domain}" has no port "${call.name}".`;
      const candidates = near(call.name, offered);
      const [first] = candidates;
      return report(what, candidates, first === undefined ? undefined : `write ${refText(domain, first)}`);
    }
    const visible = this.#index
      .all()
      .filter((n) => n.id !== unit.node.id && (n.product === undefined || from === undefined || n.product === from));
    const candidates = nearest(call.name, [...visible.map((n) => n.name), ...offered]);
    const [first] = candidates;
    return report(
      `No model or seed is named "${call.name}".`,
      candidates,
      first === undefined ? undefined : `write ${refText(undefined, first)}`,
    );
  }

  #source(unit: Unit, call: SourceCall, upstream: "location" | "relation"): Link {
    const places = this.#places(unit, "source", [call.source, call.table]);
    const id = this.#sourceId(unit, call);
    const resolved = this.#options.resolveSource?.({ source: call.source, table: call.table, from: unit.node.product });
    let source = this.#sources.get(id);
    if (
      resolved !== undefined &&
      (source === undefined ||
        !sameRelation(source.relation, resolved.relation) ||
        source.location !== resolved.location)
    ) {
      source = {
        ...(source ?? this.#implicit(unit, call, id, places.call)),
        relation: resolved.relation,
        location: resolved.location,
      };
      this.#sources.set(id, source);
    }
    if (source !== undefined) {
      return {
        value: this.sourceValue(source, upstream),
        dependency: { kind: "source", id, relation: source.relation, place: places.call },
        diagnostics: [],
      };
    }
    const tables = [...this.#sources.values()];
    const ofSource = tables.filter((s) => s.source === call.source);
    const candidates =
      ofSource.length > 0
        ? nearest(
            call.table,
            ofSource.map((s) => s.name),
          )
        : nearest(
            call.source,
            tables.map((s) => s.source),
          );
    const params = { source: call.source, table: call.table, knowsSource: ofSource.length > 0, candidates };
    const fixable = places.exact && ofSource.length > 0;
    const fixes = fixable ? renameFix(call.table, candidates, places.argument, quoted) : undefined;
    return {
      value: relationValue({ relation: { schema: call.source, name: call.table }, dialect: this.#options.dialect }),
      diagnostics: [sqlCodes.create("unknown-source", params, { span: places.argument, fixes })],
    };
  }

  /** The asking package's own source, the root project's, then anybody's. */
  #sourceId(unit: Unit, call: SourceCall): string {
    const end = `${call.source}.${call.table}`;
    const own = `source.${unit.node.package}.${end}`;
    const root = `source.${this.#project}.${end}`;
    if (this.#sources.has(own)) return own;
    if (this.#sources.has(root)) return root;
    this.#sourcesByName ??= new Map([...this.#sources.values()].map((s) => [`${s.source}.${s.name}`, s.id]));
    return this.#sourcesByName.get(end) ?? root;
  }

  /** A source that only the workspace knows: an input of a contract. */
  #implicit(unit: Unit, call: SourceCall, id: string, place: Span): SourceNode {
    return {
      id,
      source: call.source,
      name: call.table,
      package: this.#project,
      product: unit.node.product,
      path: unit.node.path,
      file: unit.node.file,
      fqn: [this.#project, call.source, call.table],
      relation: { schema: call.source, name: call.table },
      description: "",
      tags: [],
      columns: new Map(),
      sourceDescription: "",
      loader: "",
      meta: new Map(),
      sourceMeta: new Map(),
      config: new Map(),
      docBlocks: [],
      noFreshness: false,
      unrendered: { config: new Map() },
      quoting: {},
      place,
    };
  }
}

const sameRelation = (a: Relation, b: Relation): boolean =>
  a.database === b.database && a.schema === b.schema && a.name === b.name;
