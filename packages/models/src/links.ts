import { nearest } from "@meshwork/diagnostics";
import type { Diagnostic, Span } from "@meshwork/diagnostics";
import type { Value } from "@meshwork/jinja";
import type { Relation } from "@meshwork/sql";
import type { RefCall, SourceCall } from "./context/render-scope.ts";
import { relationValue } from "./context/relation-value.ts";
import type { Dependency, LoadOptions, PortProblem, ProjectNode, SourceNode } from "./model.ts";
import { sqlCodes } from "./sql.codes.ts";
import type { Unit } from "./unit.ts";

/** What a ref or a source call means: the value in the template, and what the node reads because of it. */
export interface Link {
  readonly value: Value;
  readonly dependency?: Dependency | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export const cteName = (name: string): string => `__dbt__cte__${name}`;

/** Answers `ref()` and `source()` for all nodes of a project. */
export class Links {
  readonly #options: LoadOptions;
  readonly #project: string;
  /** Models, seeds and snapshots of the project by name. */
  readonly #named: ReadonlyMap<string, ProjectNode>;
  readonly #disabled: ReadonlyMap<string, string>;
  readonly #sources: Map<string, SourceNode>;
  readonly #known = new Map<string, Link>();

  constructor(
    options: LoadOptions,
    project: string,
    named: ReadonlyMap<string, ProjectNode>,
    disabled: ReadonlyMap<string, string>,
    sources: Map<string, SourceNode>,
  ) {
    this.#options = options;
    this.#project = project;
    this.#named = named;
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

  #once(key: string, make: () => Link): Link {
    let link = this.#known.get(key);
    if (link === undefined) this.#known.set(key, (link = make()));
    return link;
  }

  /** The relation a node has for its readers. */
  nodeValue(node: ProjectNode): Value {
    const { dialect } = this.#options;
    if (node.config.materialized === "ephemeral") {
      return relationValue({ relation: { name: cteName(node.name) }, dialect, type: "cte" });
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

  #places(unit: Unit, name: string, args: readonly string[]): { call: Span; argument: Span } {
    const found = unit.places?.find(name, args);
    return found ?? { call: unit.node.place, argument: unit.node.place };
  }

  #ref(unit: Unit, call: RefCall, upstream: "location" | "relation"): Link {
    const from = unit.node.product;
    const args = call.package === undefined ? [call.name] : [call.package, call.name];
    const places = this.#places(unit, "ref", args);
    const inside = call.package === undefined || call.package === this.#project;
    const local = inside ? this.#named.get(call.name) : undefined;
    const visible =
      local !== undefined && (from === undefined || local.product === undefined || local.product === from);
    if (visible && call.version === undefined) {
      return {
        value: this.nodeValue(local),
        dependency: { kind: "node", id: local.id, place: places.call },
        diagnostics: [],
      };
    }
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
      const near = nearest(call.name, ports);
      const offered = near.length > 0 ? near : ports.slice(0, 3);
      const help =
        offered.length > 0
          ? `read a port of ${local.product} in its place: ${offered
              .map(
                (p) =>
                  `ref(${p
                    .split(".")
                    .map((n) => `'${n}'`)
                    .join(", ")})`,
              )
              .join(" or ")}`
          : `ask ${local.product} for a port that carries it, or read it from a model of your own`;
      const params = { model: call.name, owner: local.product!, from: from ?? this.#project };
      const related = [{ message: `"${call.name}" is defined here`, span: local.place }];
      return {
        value: placeholder,
        diagnostics: [sqlCodes.create("private-ref", params, { span: places.argument, help, related })],
      };
    }
    return { value: placeholder, diagnostics: [this.#unknownRef(unit, call, problem, places.argument)] };
  }

  #unknownRef(unit: Unit, call: RefCall, problem: PortProblem | undefined, span: Span): Diagnostic {
    const from = unit.node.product;
    const own = call.package === undefined || call.package === this.#project;
    const ref = call.package === undefined ? `ref('${call.name}')` : `ref('${call.package}', '${call.name}')`;
    const disabled = own ? this.#disabled.get(call.name) : undefined;
    const visible = own
      ? [...this.#named.values()]
          .filter((n) => n.product === undefined || from === undefined || n.product === from)
          .map((n) => n.name)
      : [];
    const offered = problem?.candidates ?? [];
    const near = nearest(call.name, [...visible, ...offered]);
    // The resolver's own choice stands where no name is close: the ports of a domain whose name was misspelt.
    const candidates = near.length > 0 || own ? near : offered.slice(0, 3);
    let what: string;
    let detail = problem?.detail;
    if (disabled !== undefined) {
      what = `"${call.name}" is disabled.`;
      detail = `Its file is ${disabled}.`;
    } else if (problem?.unknown === "access") {
      what = `${from ?? this.#project} may not read ${ref}.`;
    } else if (problem?.unknown === "version" && call.version !== undefined) {
      what = `${own ? `"${call.name}"` : `"${call.package}.${call.name}"`} has no version ${call.version}.`;
    } else if (own) {
      what = `No model or seed is named "${call.name}".`;
    } else if (problem?.unknown === "port") {
      what = `Domain "${call.package}" has no port "${call.name}".`;
    } else {
      what = `No domain or package is named "${call.package}".`;
    }
    return sqlCodes.create(
      "unknown-ref",
      { ref, what, candidates: disabled === undefined ? candidates : [], detail },
      { span },
    );
  }

  #source(unit: Unit, call: SourceCall, upstream: "location" | "relation"): Link {
    const places = this.#places(unit, "source", [call.source, call.table]);
    const id = `source.${this.#project}.${call.source}.${call.table}`;
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
    return {
      value: relationValue({ relation: { schema: call.source, name: call.table }, dialect: this.#options.dialect }),
      diagnostics: [sqlCodes.create("unknown-source", params, { span: places.argument })],
    };
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
      place,
    };
  }
}

const sameRelation = (a: Relation, b: Relation): boolean =>
  a.database === b.database && a.schema === b.schema && a.name === b.name;
