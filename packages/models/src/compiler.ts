import { nearest } from "@meshwork/diagnostics";
import type { Diagnostic, Span } from "@meshwork/diagnostics";
import { callValue, JinjaError, parseTemplate } from "@meshwork/jinja";
import type { SourceMap, Value } from "@meshwork/jinja";
import type { Dialect } from "@meshwork/sql";
import { jinjaDiagnostic, spanOf } from "./context/jinja-diagnostics.ts";
import { columnSql, RenderScope } from "./context/render-scope.ts";
import { relationValue } from "./context/relation-value.ts";
import { relationOf } from "./context/session-functions.ts";
import { Answers, NoEngine, PendingQuestion } from "./context/session-answers.ts";
import { GraphNotReady } from "./context/late-values.ts";
import type { Surroundings } from "./context/surroundings.ts";
import { nodeValue } from "./graph-values.ts";
import { renderConfigValue } from "./context/yaml-values.ts";
import type { Links } from "./links.ts";
import { cteName } from "./links.ts";
import type { CompileOptions, Compiled, Dependency, ProjectNode } from "./model.ts";
import { sqlCodes } from "./sql.codes.ts";
import { leadingWith } from "./sql-start.ts";
import type { Unit } from "./unit.ts";
import { valueOf } from "./yaml.ts";

interface Variant {
  readonly incremental: boolean;
  readonly upstream: "location" | "relation";
  /** For fingerprints: the clock stands at the epoch. */
  readonly timeless?: boolean | undefined;
  readonly reads?: CompileOptions["reads"];
  readonly itself?: string | undefined;
  readonly overrides?: CompileOptions["overrides"];
  readonly batch?: CompileOptions["batch"];
  /** What the engine said to the templates; without it those that ask are rendered as dbt parses them. */
  readonly answers?: AnswerBook | undefined;
}

/** The answers to each template's statements, by what is rendered. */
export class AnswerBook {
  readonly #known = new Map<string, Answers>();
  of(key: string): Answers {
    let answers = this.#known.get(key);
    if (answers === undefined) this.#known.set(key, (answers = new Answers()));
    return answers;
  }
}

/** The text of one node alone, before ephemeral models are put in front. */
export interface Body {
  readonly sql: string;
  readonly map: SourceMap | undefined;
  readonly dependencies: readonly Dependency[];
  readonly macros: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  readonly askedIncremental: boolean;
  readonly volatile: boolean;
  /** `fail_calc` as the macro of a test sets it. */
  readonly failCalc?: string | undefined;
  /** It asks for the graph or the selection, so that it is rendered again once they are known. */
  readonly late?: boolean | undefined;
  /** It asks the engine while it is rendered; without answers the text is what dbt sees when it parses. */
  readonly asks: boolean;
}

const noSql = "select null as could_not_be_compiled where 1 = 0";
const maximumSql = 32 * 1024 * 1024;

/** Renders units and joins them with the ephemeral models they read. */
export class Compiler {
  readonly #around: Surroundings;
  readonly #links: Links;
  readonly #units: ReadonlyMap<string, Unit>;
  readonly #bodies = new Map<string, Body>();
  readonly #compiled = new Map<string, Compiled>();

  constructor(around: Surroundings, links: Links, units: ReadonlyMap<string, Unit>) {
    this.#around = around;
    this.#links = links;
    this.#units = units;
  }

  body(unit: Unit, variant: Variant): Body {
    if (isSpecial(variant)) return this.#render(unit, variant);
    const key = `${unit.node.id}\n${variant.incremental}\n${variant.upstream}\n${variant.timeless === true}`;
    let body = this.#bodies.get(key);
    if (body === undefined) this.#bodies.set(key, (body = this.#render(unit, { ...variant, answers: undefined })));
    return body.asks && variant.answers !== undefined ? this.#render(unit, variant) : body;
  }

  /** Forgets what was rendered before the graph or the selection was known; the nodes whose text may be another. */
  forgetLate(): readonly string[] {
    const ids = new Set<string>();
    for (const [key, body] of this.#bodies) {
      if (body.late !== true) continue;
      ids.add(key.slice(0, key.indexOf("\n")));
      this.#bodies.delete(key);
    }
    // An ephemeral model among them stands in the text of its readers.
    if (ids.size > 0) this.#compiled.clear();
    return [...ids];
  }

  compile(node: ProjectNode, options: CompileOptions = {}, timeless = false, answers?: AnswerBook): Compiled {
    const variant: Variant = {
      incremental: options.incremental === true && node.config.materialized === "incremental",
      upstream: options.upstream ?? "location",
      timeless,
      answers,
      reads: options.reads,
      itself: options.itself,
      overrides: options.overrides,
      batch: options.batch,
    };
    if (answers !== undefined || isSpecial(variant)) return this.#assemble(this.#unit(node), variant);
    const key = `${node.id}\n${variant.incremental}\n${variant.upstream}\n${timeless}`;
    let compiled = this.#compiled.get(key);
    if (compiled === undefined) this.#compiled.set(key, (compiled = this.#assemble(this.#unit(node), variant)));
    return compiled;
  }

  /** Renders SQL of the configuration (hooks) in the context of a node. */
  renderText(
    node: ProjectNode,
    text: string,
    incremental: boolean,
    timeless = false,
    answers?: AnswerBook,
  ): { sql: string; diagnostics: readonly Diagnostic[]; asks: boolean } {
    if (!/\{[{%#]/.test(text)) return { sql: text, diagnostics: [], asks: false };
    const unit = this.#unit(node);
    const variant: Variant = { incremental, upstream: "location", timeless, answers };
    const { scope } = this.#scope(unit, variant, true, `hook ${text}`);
    try {
      const template = parseTemplate(text, { name: `hook of ${node.name}` });
      const sql = this.#around.environment.render(template, scope).text;
      return { sql, diagnostics: scope.diagnostics, asks: false };
    } catch (error) {
      const waiting = waits(error);
      if (waiting !== undefined) throw waiting;
      if (asksWithoutEngine(error)) return { sql: "", diagnostics: [], asks: true };
      return {
        sql: "",
        asks: false,
        diagnostics: [
          ...scope.diagnostics,
          jinjaDiagnostic(error, { ...this.#around, names: () => [...scope.keys()], snippet: text }, node.place),
        ],
      };
    }
  }

  #unit(node: ProjectNode): Unit {
    const unit = this.#units.get(node.id);
    if (unit === undefined) throw new Error(`${node.id} is no node of this project`);
    return unit;
  }

  #scope(
    unit: Unit,
    variant: Variant,
    execute = true,
    what = "",
  ): { scope: RenderScope; dependencies: Map<string, Dependency>; trouble: Set<Diagnostic> } {
    const { options } = this.#around;
    const dependencies = new Map<string, Dependency>();
    const trouble = new Set<Diagnostic>();
    const take = (link: ReturnType<Links["ref"]>): Value => {
      const dependency = link.dependency;
      const replaced = dependency === undefined ? undefined : variant.reads?.(dependency, text(link.value));
      if (replaced !== undefined) {
        const relation = relationOf(link.value);
        return relationValue({ relation, dialect: options.dialect, location: replaced, type: "cte" });
      }
      if (dependency !== undefined) {
        const key =
          dependency.kind === "port"
            ? `port ${dependency.domain}.${dependency.port} ${dependency.version}`
            : dependency.id;
        if (!dependencies.has(key)) dependencies.set(key, dependency);
      }
      for (const found of link.diagnostics) trouble.add(found);
      return link.value;
    };
    const answers = variant.answers?.of(`${unit.node.id}\n${variant.incremental}\n${what}`);
    answers?.rewind();
    const scope = new RenderScope(this.#around, {
      package: unit.node.package,
      execute,
      ask: (question) => {
        if (answers === undefined) throw new NoEngine();
        return answers.ask(question);
      },
      incremental: variant.incremental,
      now: variant.timeless === true ? new Date(0) : options.now,
      invocationId: variant.timeless === true ? "" : (options.invocationId ?? ""),
      relation: unit.node.relation,
      node: unit.node,
      details: () => nodeValue(unit.node, options.dialect.relation(unit.node.relation)),
      config: unit.node.config.all,
      places: unit.places,
      overrides: variant.overrides,
      batch: variant.batch,
      names: specialNames(variant, unit, options.dialect),
      ref: (call) => take(this.#links.ref(unit, call, variant.upstream)),
      source: (call) => take(this.#links.source(unit, call, variant.upstream)),
    });
    return { scope, dependencies, trouble };
  }

  #render(unit: Unit, variant: Variant): Body {
    if (unit.trouble.some((d) => d.severity === "error")) {
      return {
        sql: noSql,
        map: undefined,
        dependencies: [],
        macros: [],
        diagnostics: [],
        askedIncremental: false,
        volatile: false,
        asks: false,
      };
    }
    return this.#renderAs(unit, variant, true);
  }

  #renderAs(unit: Unit, variant: Variant, execute: boolean): Body {
    const { scope, dependencies, trouble } = this.#scope(unit, variant, execute);
    let sql = noSql;
    let map: SourceMap | undefined;
    const failed: Diagnostic[] = [];
    try {
      if (unit.test !== undefined) sql = this.#genericTest(unit, scope);
      else if (unit.template !== undefined) {
        const rendered = this.#around.environment.render(unit.template, scope, { sourceMap: true });
        sql = rendered.text;
        map = rendered.map;
      }
      failed.push(...this.#unknownNames(unit, scope));
    } catch (error) {
      const waiting = waits(error);
      if (waiting !== undefined) throw waiting;
      if (graphIsMissing(error)) {
        const parsed = this.#renderAs(unit, variant, false);
        return { ...parsed, late: true, dependencies: joined(parsed.dependencies, [...dependencies.values()]) };
      }
      if (asksWithoutEngine(error)) {
        const parsed = this.#renderAs(unit, variant, false);
        return { ...parsed, asks: true, dependencies: joined(parsed.dependencies, [...dependencies.values()]) };
      }
      const names = (): string[] => [...scope.keys()];
      failed.push(jinjaDiagnostic(error, { ...this.#around, names }, unit.node.place));
    }
    return {
      sql,
      map,
      dependencies: [...dependencies.values()],
      macros: [...scope.usedMacros].sort(),
      diagnostics: [...trouble, ...scope.diagnostics, ...failed],
      askedIncremental: scope.askedIncremental,
      volatile: scope.volatile,
      asks: variant.answers !== undefined,
      late: scope.late,
      failCalc: scope.configured.map((c) => c.get("fail_calc")).findLast((v) => typeof v === "string"),
    };
  }

  /** The rows that break the test's rule. */
  #genericTest(unit: Unit, scope: RenderScope): string {
    const { call, macro } = unit.test!;
    const kwargs = new Map<string, Value>();
    const { subject } = unit.test!;
    let model =
      subject.kind === "source"
        ? callValue(scope.get("source")!, [subject.source, subject.table])
        : this.#testedModel(unit, scope, subject);
    const where = unit.node.config.where;
    if (where !== undefined) {
      const condition = this.renderText(unit.node, where, false).sql;
      model = `(select * from ${text(model)} where ${condition}\n) dbt_subquery`;
    }
    kwargs.set("model", model);
    if (call.column !== undefined) {
      const { name, quote } = call.column;
      kwargs.set("column_name", quote ? this.#around.options.dialect.identifier(name) : columnSql(this.#around, name));
    }
    for (const entry of call.arguments) {
      kwargs.set(entry.key, renderConfigValue(this.#around, valueOf(entry.value), scope, entry.key !== "column_name"));
    }
    const rendered = callValue(scope.macro(macro), [], kwargs);
    return text(rendered).trim();
  }

  #testedModel(
    unit: Unit,
    scope: RenderScope,
    subject: { readonly name: string; readonly version?: string | undefined },
  ): Value {
    const { version } = subject;
    return callValue(
      scope.get("ref")!,
      [subject.name],
      version === undefined ? undefined : new Map([["version", version]]),
    );
  }

  /** Names that print as nothing in dbt: reported unless the template asks whether they are defined. */
  #unknownNames(unit: Unit, scope: RenderScope): Diagnostic[] {
    const found: Diagnostic[] = [];
    for (const name of scope.unknownNames) {
      const word = name.replace(/[^\w]/g, "");
      if (this.#around.environment.functions.has(name)) continue;
      const source = unit.text.text;
      if (
        word === "" ||
        unit.template === undefined ||
        new RegExp(`\\b${word}\\s+is\\b|\\b${word}\\s*\\|\\s*(?:default|d)\\b`).test(source)
      )
        continue;
      const at = firstUse(source, word);
      if (at === undefined) continue;
      const candidates = nearest(name, scope.keys());
      found.push(
        sqlCodes.create("undefined-variable", { name, candidates }, { span: unit.text.span(at, at + word.length) }),
      );
    }
    return found;
  }

  #assemble(unit: Unit, variant: Variant): Compiled {
    const own = this.body(unit, variant);
    const ephemeral: Unit[] = [];
    const diagnostics = new Set<Diagnostic>([...unit.trouble, ...own.diagnostics]);
    if (own.asks && variant.answers === undefined) {
      const span = unit.node.place;
      diagnostics.add(sqlCodes.create("needs-engine", { name: unit.node.name }, { span, product: unit.node.product }));
    }
    this.#collect(unit, variant, ephemeral, new Set([unit.node.id]), diagnostics);
    const pieces: Piece[] = [];
    let sql = "";
    const add = (piece: string, body?: { map: SourceMap | undefined; unit: Unit; start: number }): void => {
      if (body !== undefined) {
        const { map, unit } = body;
        pieces.push({ start: sql.length, end: sql.length + piece.length, mapStart: body.start, map, unit });
      }
      sql += piece;
    };
    if (ephemeral.length === 0) {
      add(own.sql, { map: own.map, unit, start: 0 });
    } else {
      const start = leadingWith(own.sql);
      const { dialect } = this.#around.options;
      if (start !== undefined) add(own.sql.slice(0, start), { map: own.map, unit, start: 0 });
      else add("with");
      ephemeral.forEach((upstream, i) => {
        const body = this.body(upstream, variant);
        add(`${i === 0 ? " " : ",\n"}${dialect.identifier(cteName(upstream.node.relation.name))} as (\n`);
        add(body.sql, { map: body.map, unit: upstream, start: 0 });
        add("\n)");
      });
      add(start === undefined ? "\n" : ",");
      add(own.sql.slice(start ?? 0), { map: own.map, unit, start: start ?? 0 });
    }
    if (sql.length > maximumSql) {
      diagnostics.add(
        sqlCodes.create(
          "limits",
          { what: `compiled SQL of more than ${maximumSql / 1024 / 1024} MB` },
          { span: unit.node.place },
        ),
      );
      sql = noSql;
    }
    return {
      node: unit.node,
      sql,
      dependencies: own.dependencies,
      diagnostics: [...diagnostics],
      locate: (offset, length = 0) => this.#locate(pieces, offset, length),
      writers: (offset) => this.#writers(pieces, offset),
    };
  }

  /** Ephemeral models a unit reads, each after those it reads itself. */
  #collect(unit: Unit, variant: Variant, into: Unit[], open: Set<string>, diagnostics: Set<Diagnostic>): void {
    for (const dependency of this.body(unit, variant).dependencies) {
      if (dependency.kind !== "node") continue;
      const upstream = this.#units.get(dependency.id);
      if (upstream === undefined || upstream.node.config.materialized !== "ephemeral") continue;
      if (into.includes(upstream) || open.has(dependency.id)) continue;
      open.add(dependency.id);
      this.#collect(upstream, { ...variant, incremental: false }, into, open, diagnostics);
      into.push(upstream);
      for (const found of [...upstream.trouble, ...this.body(upstream, variant).diagnostics]) {
        if (found.severity === "error") diagnostics.add(found);
      }
    }
  }

  #locate(pieces: readonly Piece[], offset: number, length: number): Span | undefined {
    const piece =
      pieces.find((p) => offset >= p.start && offset < p.end) ?? pieces.findLast((p) => p.start <= offset) ?? pieces[0];
    if (piece === undefined) return undefined;
    const at = Math.min(offset, piece.end) - piece.start + piece.mapStart;
    const from = this.#origin(piece, at);
    if (from === undefined) return piece.unit.node.place;
    if (length <= 1) return from;
    const to = this.#origin(piece, Math.min(at + length - 1, piece.mapStart + piece.end - piece.start - 1));
    if (to === undefined || to.file !== from.file || to.line < from.line) return from;
    return { ...from, endLine: to.endLine, endColumn: to.endColumn };
  }

  #writers(pieces: readonly Piece[], offset: number): { macro: string; place: Span }[] {
    const piece = pieces.find((p) => offset >= p.start && offset < p.end);
    const found = piece?.map?.locate(offset - piece.start + piece.mapStart);
    if (found === undefined) return [];
    // Each macro's own place: where the text stands in the innermost, where the next one in is called in the others.
    return found.frames.flatMap((frame, i) => {
      const place = spanOf(this.#around, i === 0 ? found.place : found.frames[i - 1]!.place);
      return place === undefined ? [] : [{ macro: frame.macro, place }];
    });
  }

  #origin(piece: Piece, at: number): Span | undefined {
    const found = piece.map?.locate(at);
    if (found === undefined) return undefined;
    // Text of a macro belongs to the call that its author wrote into the model.
    const outer = found.frames.at(-1);
    return (outer === undefined ? undefined : spanOf(this.#around, outer.place)) ?? spanOf(this.#around, found.place);
  }
}

/** A variant that is rendered for one purpose, and remembered for none. */
const isSpecial = (variant: Variant): boolean =>
  variant.reads !== undefined ||
  variant.itself !== undefined ||
  variant.overrides !== undefined ||
  variant.batch !== undefined;

function specialNames(variant: Variant, unit: Unit, dialect: Dialect): ReadonlyMap<string, Value> | undefined {
  const names = new Map<string, Value>();
  if (variant.itself !== undefined)
    names.set("this", relationValue({ relation: unit.node.relation, dialect, location: variant.itself, type: "cte" }));
  return names.size === 0 ? undefined : names;
}

/** The statement that a failed render waits for. */
function waits(error: unknown): PendingQuestion | undefined {
  if (error instanceof PendingQuestion) return error;
  return error instanceof JinjaError && error.cause instanceof PendingQuestion ? error.cause : undefined;
}

const graphIsMissing = (error: unknown): boolean =>
  error instanceof GraphNotReady || (error instanceof JinjaError && error.cause instanceof GraphNotReady);

const asksWithoutEngine = (error: unknown): boolean =>
  error instanceof NoEngine || (error instanceof JinjaError && error.cause instanceof NoEngine);

function joined(first: readonly Dependency[], second: readonly Dependency[]): readonly Dependency[] {
  const key = (d: Dependency): string => (d.kind === "port" ? `port ${d.domain}.${d.port} ${d.version}` : d.id);
  return [...new Map([...second, ...first].map((d) => [key(d), d])).values()];
}

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly mapStart: number;
  readonly map: SourceMap | undefined;
  readonly unit: Unit;
}

function text(value: Value): string {
  if (typeof value === "string") return value;
  if (typeof value === "object" && value !== null && "protocol" in value) return value.protocol.text?.() ?? "";
  return "";
}

/** The first use of a name inside `{{ }}` or `{% %}`. */
function firstUse(source: string, name: string): number | undefined {
  for (const block of source.matchAll(/\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g)) {
    const use = new RegExp(`(?<![\\w.'"])${name}\\b(?!\\s*=(?!=))`).exec(block[0]);
    if (use !== null) return block.index + use.index;
  }
  return undefined;
}
