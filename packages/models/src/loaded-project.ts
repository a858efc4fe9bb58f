import type { Diagnostic, Span } from "@meshwork/diagnostics";
import { AnswerBook, Compiler } from "./compiler.ts";
import { builtinPackage } from "./context/macro-registry.ts";
import { MacroCalls } from "./macro-calls.ts";
import { PendingQuestion } from "./context/session-answers.ts";
import type { Surroundings } from "./context/surroundings.ts";
import { parseCsv } from "./csv.ts";
import type { CsvTable } from "./csv.ts";
import { cycleDiagnostics } from "./cycles.ts";
import type { Reader } from "./cycles.ts";
import { graphValue } from "./graph-values.ts";
import type { Plain } from "./semantic.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { Graph } from "./graph.ts";
import { Links } from "./links.ts";
import type {
  AskEngine,
  Compiled,
  CompileOptions,
  ConfigValue,
  Dependency,
  Hooks,
  MacroInfo,
  ManifestParts,
  Project,
  ProjectNode,
  SeedTable,
  Selected,
  Selection,
  SourceNode,
} from "./model.ts";
import { readConfig } from "./config.ts";
import type { MacroEntry } from "./context/macro-registry.ts";
import { evaluate } from "./run/evaluate.ts";
import type { Evaluated, Evaluation } from "./run/evaluate.ts";
import { cellValue, seedColumns } from "./seed-types.ts";
import type { BuiltDeclared } from "./declared.ts";
import type { NodeIndex } from "./node-index.ts";
import type { ProjectFile } from "./project-file.ts";
import type { Reading } from "./reading.ts";
import { SourceText } from "./source-text.ts";
import { selectNodes } from "./select.ts";
import type { Selectors } from "./selectors-file.ts";
import { StateComparison } from "./state-comparison.ts";
import type { BuiltUnitTest } from "./unit-tests.ts";
import { sqlCodes } from "./sql.codes.ts";
import type { GenericTest, Unit } from "./unit.ts";

/** Statements that the templates of one node may run. */
const maximumQuestions = 500;

/** Renders again and again, until every statement of the templates has its answer. */
async function answered<T>(ask: AskEngine, render: (answers: AnswerBook) => T): Promise<T> {
  const answers = new AnswerBook();
  for (let asked = 0; ; asked++) {
    try {
      return render(answers);
    } catch (error) {
      if (!(error instanceof PendingQuestion)) throw error;
      const tooMany = `a template may run ${maximumQuestions} statements, and this one runs more`;
      const answer = asked < maximumQuestions ? await ask(error.question.sql) : { error: tooMany };
      error.answers.give(error.question, answer);
    }
  }
}

interface Parts {
  readonly around: Surroundings;
  readonly version: string;
  readonly units: ReadonlyMap<string, Unit>;
  readonly analyses: ReadonlyMap<string, Unit>;
  readonly index: NodeIndex;
  readonly disabled: ReadonlyMap<string, Unit>;
  readonly disabledSources: ReadonlyMap<string, SourceNode>;
  readonly sources: Map<string, SourceNode>;
  readonly unitTests: readonly BuiltUnitTest[];
  readonly declared: readonly BuiltDeclared[];
  readonly runHooks: Project["runHooks"];
  readonly projectFile: ProjectFile;
  readonly readings: readonly Reading[];
  readonly selectors: Selectors;
  readonly diagnostics: readonly Diagnostic[];
}

/** The project once everything is read: links are resolved and every node is rendered on the way in. */
export class LoadedProject implements Project {
  readonly name: string;
  readonly version: string;
  readonly root: string;
  readonly displayPath: string;
  readonly target: Project["target"];
  readonly dialect: Project["dialect"];
  readonly nodes: ReadonlyMap<string, ProjectNode>;
  readonly disabled: readonly string[];
  readonly sources: ReadonlyMap<string, SourceNode>;
  readonly macros: ReadonlyMap<string, MacroInfo>;
  readonly analyses: Project["analyses"];
  readonly unitTests: Project["unitTests"];
  readonly declared: Project["declared"];
  readonly runHooks: Project["runHooks"];
  readonly selectors: Project["selectors"];
  readonly diagnostics: readonly Diagnostic[];
  readonly #parts: Parts;
  readonly #index: NodeIndex;
  readonly #units: ReadonlyMap<string, Unit>;
  readonly #links: Links;
  readonly #around: Surroundings;
  readonly #compiler: Compiler;
  readonly #graph: Graph;
  readonly #seeds = new Map<string, { table: CsvTable; seed: SeedTable }>();
  readonly #fingerprints = new Map<string, string>();

  constructor(parts: Parts) {
    const { around } = parts;
    const units = new Map([...parts.units, ...parts.analyses]);
    const { options } = around;
    this.#around = around;
    this.#parts = parts;
    this.name = around.project;
    this.version = parts.version;
    this.runHooks = parts.runHooks;
    this.selectors = parts.selectors.named;
    this.root = options.root;
    this.displayPath = options.displayPath ?? "";
    this.target = options.target;
    this.dialect = options.dialect;
    this.disabled = [...parts.disabled.values()].map((u) => u.node.name).sort();
    this.unitTests = byId(parts.unitTests.flatMap((t) => (t.enabled ? [t.test] : [])));
    this.declared = byId(parts.declared.flatMap((d) => (d.enabled ? [d.item] : [])));
    this.macros = new Map(around.macros.all().map((m) => [m.info.id, m.info]));
    this.#index = parts.index;
    this.#units = units;
    this.sources = parts.sources;
    const disabled = new Map([...parts.disabled.values()].map((u) => [u.node.name, u.node.file]));
    this.#links = new Links(options, around.project, parts.index, disabled, parts.sources);
    this.#compiler = new Compiler(around, this.#links, units);
    const found = new Set<Diagnostic>();
    for (const unit of units.values()) {
      this.#link(unit);
      if (unit.node.resourceType === "seed") for (const d of this.#readSeed(unit).problems) unit.trouble.push(d);
    }
    this.nodes = byId([...parts.units.values()].map((u) => u.node));
    this.analyses = byId([...parts.analyses.values()].map((u) => u.node));
    let graph: Plain | undefined;
    around.late.graph = () => (graph ??= graphValue(this));
    for (const id of this.#compiler.forgetLate()) this.#link(units.get(id)!);
    this.#graph = new Graph([
      ...[...units.values()].map((u) => [u.node.id, upstreamIds(u.node)] as const),
      ...[...this.declared.values()].map((d) => [d.id, d.parents] as const),
      ...[...this.unitTests.values()].map((t) => [t.id, [t.model]] as const),
    ]);
    const readerOf = (id: string): Reader => units.get(id)?.node ?? { ...this.declared.get(id)!, dependencies: [] };
    for (const { ring, diagnostic } of cycleDiagnostics(this.#graph, readerOf)) {
      for (const id of ring) units.get(id)?.trouble.push(diagnostic);
      found.add(diagnostic);
    }
    for (const unit of units.values()) {
      const hooks = this.hooks(unit.node).diagnostics;
      for (const d of [...unit.trouble, ...this.#bodyTrouble(unit), ...hooks]) found.add(this.#own(d, unit));
    }
    // Keys that nobody reads are the affair of the package's author; what keeps things from working is said.
    const ofPackages = parts.readings
      .flatMap((r) => (r.package.root ? [] : r.diagnostics))
      .filter((d) => d.severity === "error" && d.code !== "sql/unknown-key");
    this.diagnostics = inOrder([...parts.diagnostics, ...parts.selectors.diagnostics, ...ofPackages, ...found]);
  }

  /** Renders a unit in all its forms, and notes what it reads. */
  #link(unit: Unit): void {
    const dependencies = new Map<string, Dependency>();
    const macros = new Set<string>();
    const take = (list: readonly Dependency[]): void => {
      for (const d of list) {
        const key = d.kind === "port" ? `port ${d.domain}.${d.port} ${d.version}` : d.id;
        if (!dependencies.has(key)) dependencies.set(key, d);
      }
    };
    const plain = plainTest(unit);
    if (plain !== undefined) {
      const link = this.#links.test(unit);
      if (link.dependency !== undefined) take([link.dependency]);
      macros.add(plain.macro.info.id);
    }
    for (const body of this.#bodies(unit)) {
      take(body.dependencies);
      for (const macro of body.macros) macros.add(macro);
      const { config } = unit.node;
      if (unit.test !== undefined && body.failCalc !== undefined && config.failCalc === undefined)
        unit.node.config = { ...config, failCalc: body.failCalc };
    }
    unit.node.dependencies = [...dependencies.values()];
    unit.node.macros = [...macros].sort();
  }

  #bodies(unit: Unit): ReturnType<Compiler["body"]>[] {
    if (unit.node.resourceType === "seed" || plainTest(unit) !== undefined) return [];
    const first = this.#compiler.body(unit, { incremental: false, upstream: "location" });
    const branches = first.askedIncremental && unit.node.config.materialized === "incremental";
    return branches ? [first, this.#compiler.body(unit, { incremental: true, upstream: "location" })] : [first];
  }

  #bodyTrouble(unit: Unit): Diagnostic[] {
    if (plainTest(unit) !== undefined) return [...this.#links.test(unit).diagnostics];
    return this.#bodies(unit).flatMap((b) => b.diagnostics);
  }

  readonly #owned = new Map<Diagnostic, Diagnostic>();
  #own(diagnostic: Diagnostic, unit: Unit): Diagnostic {
    if (diagnostic.product !== undefined || unit.node.product === undefined) return diagnostic;
    let owned = this.#owned.get(diagnostic);
    if (owned === undefined) this.#owned.set(diagnostic, (owned = { ...diagnostic, product: unit.node.product }));
    return owned;
  }

  parts(): ManifestParts {
    const { around, disabled, disabledSources, declared, unitTests } = this.#parts;
    const calls = new MacroCalls(around.macros, around.options.target.type);
    return {
      docs: around.docs.all(),
      disabled: {
        nodes: [...disabled.values()].map((u) => u.node),
        sources: [...disabledSources.values()],
        declared: declared.flatMap((d) => (d.enabled ? [] : [d.item])),
        unitTests: unitTests.flatMap((t) => (t.enabled ? [] : [t.test])),
      },
      macro: (id) => calls.macro(id),
      hookCalls: (hook) => calls.hook(hook),
      calls: (node) => calls.node(this.#units.get(node.id) ?? disabled.get(node.id)!),
    };
  }

  noteSelection(ids: readonly string[]): void {
    this.#around.late.selected = [...ids].sort();
    this.#compiler.forgetLate();
  }

  find(name: string): ProjectNode | undefined {
    return this.#index.find(name, this.name).node;
  }

  children(id: string): readonly string[] {
    return this.#graph.children(id);
  }

  parents(id: string): readonly string[] {
    return this.#graph.parents(id);
  }

  select(selection: Selection): Selected {
    const catalogue = {
      project: this.name,
      nodes: this.nodes,
      analyses: this.analyses,
      sources: this.sources,
      unitTests: this.unitTests,
      declared: this.declared,
      graph: this.#graph,
    };
    const state = (asked: Selection): StateComparison | undefined =>
      asked.state === undefined ? undefined : new StateComparison(this, asked.state);
    return selectNodes({ catalogue, named: this.selectors, state }, selection);
  }

  order(nodes: Iterable<ProjectNode>): readonly ProjectNode[] {
    return this.#graph.order([...nodes].map((n) => n.id)).map((id) => this.#unit(id).node);
  }

  compile(node: ProjectNode, options: CompileOptions = {}): Compiled {
    const compiled = this.#compiler.compile(node, options);
    const unit = this.#unit(node.id);
    return { ...compiled, diagnostics: compiled.diagnostics.map((d) => this.#own(d, unit)) };
  }

  async prepare(node: ProjectNode, ask: AskEngine, options: CompileOptions = {}): Promise<Compiled> {
    const unit = this.#unit(node.id);
    const compiled = await answered(ask, (answers) => this.#compiler.compile(node, options, false, answers));
    return { ...compiled, diagnostics: compiled.diagnostics.map((d) => this.#own(d, unit)) };
  }

  async askingHooks(
    node: ProjectNode,
    when: "before" | "after",
    ask: AskEngine,
    options: CompileOptions = {},
  ): Promise<Hooks> {
    const found: string[] = [];
    const diagnostics: Diagnostic[] = [];
    const incremental = options.incremental === true;
    for (const text of when === "before" ? node.config.preHooks : node.config.postHooks) {
      if (!this.#compiler.renderText(node, text, incremental).asks) continue;
      const hook = await answered(ask, (a) => this.#compiler.renderText(node, text, incremental, false, a));
      diagnostics.push(...hook.diagnostics);
      if (hook.sql.trim() !== "") found.push(hook.sql.trim());
    }
    return { before: when === "before" ? found : [], after: when === "after" ? found : [], diagnostics };
  }

  async evaluate(node: ProjectNode | undefined, request: Evaluation, ask?: AskEngine): Promise<Evaluated> {
    const unit = node === undefined ? this.#nobody(request) : this.#unit(node.id);
    const render = (answers: AnswerBook | undefined): Evaluated =>
      evaluate(this.#around, this.#links, unit, request, answers?.of("evaluate"));
    return ask === undefined ? render(undefined) : answered(ask, render);
  }

  /** Whoever asks without being a node: it reads what the project reads, and is built nowhere. */
  #nobody(request: Evaluation): Unit {
    const text = new SourceText(request.place.file, request.place.file, "");
    const { config } = readConfig("analysis", new Map(), "", request.place);
    const node: Unit["node"] = {
      id: `operation.${this.name}`,
      resourceType: "analysis",
      name: "operation",
      package: request.package,
      path: request.place.file,
      file: request.place.file,
      fqn: [this.name],
      config,
      relation: { name: "" },
      description: "",
      docBlocks: [],
      columns: new Map(),
      dependencies: [],
      macros: [],
      access: "protected",
      constraints: [],
      unrendered: new Map(),
      packageRoot: "",
      source: "",
      place: request.place,
    };
    return { node, text, trouble: [] };
  }

  findMacro(name: string, packageName?: string): MacroEntry | undefined {
    const { macros } = this.#around;
    return packageName === undefined ? macros.find(name, this.name) : macros.in(packageName, name);
  }

  ownMacro(name: string): MacroEntry | undefined {
    return this.#around.macros.own(name, this.target.type);
  }

  materialization(name: string): MacroEntry | undefined {
    const { macros } = this.#around;
    const packages = [this.name, ...macros.packages().filter((p) => p !== this.name && p !== builtinPackage)];
    for (const adapter of [this.target.type, "default"]) {
      for (const each of packages) {
        const found = macros.in(each, `materialization_${name}_${adapter}`);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  hooks(node: ProjectNode, options: CompileOptions = {}): Hooks {
    const diagnostics: Diagnostic[] = [];
    const render = (text: string): string => {
      const rendered = this.#compiler.renderText(node, text, options.incremental === true);
      diagnostics.push(...rendered.diagnostics);
      return rendered.sql.trim();
    };
    const before = node.config.preHooks.map(render).filter((sql) => sql !== "");
    const after = node.config.postHooks.map(render).filter((sql) => sql !== "");
    return { before, after, diagnostics };
  }

  fingerprint(node: ProjectNode): string {
    let known = this.#fingerprints.get(node.id);
    if (known === undefined) {
      const unit = this.#unit(node.id);
      const volatile = this.#bodies(unit).some((b) => b.volatile);
      known = fingerprintOf(node, this.dialect, {
        variants: unit.node.resourceType === "seed" ? [] : this.#variants(unit, volatile),
        hooks: [...node.config.preHooks, "", ...node.config.postHooks].map(
          (h) => this.#compiler.renderText(node, h, false, true).sql,
        ),
        seed: unit.node.resourceType === "seed" ? this.seedTable(node) : undefined,
      });
      this.#fingerprints.set(node.id, known);
    }
    return known;
  }

  #variants(unit: Unit, timeless: boolean): string[] {
    const forms = unit.node.config.materialized === "incremental" ? [false, true] : [false];
    return forms.map((incremental) => this.#compiler.compile(unit.node, { incremental }, timeless).sql);
  }

  seedTable(node: ProjectNode): SeedTable {
    return this.#readSeed(this.#unit(node.id)).seed;
  }

  #readSeed(unit: Unit): { seed: SeedTable; problems: readonly Diagnostic[] } {
    const { config, id } = unit.node;
    let known = this.#seeds.get(id);
    if (known === undefined) {
      const table = parseCsv(unit.text.text, config.delimiter);
      const width = table.header.length;
      const rows = table.rows.map((row) =>
        Array.from({ length: width }, (_, i) => (row.cells[i] === undefined ? null : cellValue(row.cells[i]))),
      );
      const declaredTypes = new Map<string, string>();
      for (const [name, type] of config.columnTypes) {
        const column = table.header.find((h) => h.toLowerCase() === name.toLowerCase());
        if (column !== undefined) declaredTypes.set(column, type);
      }
      known = { table, seed: { columns: seedColumns(table, config.columnTypes, this.dialect), declaredTypes, rows } };
      this.#seeds.set(id, known);
    }
    const span = (start: number, end: number): Span => unit.text.span(start, end);
    return {
      seed: known.seed,
      problems: known.table.problems.map((p) =>
        sqlCodes.create("bad-seed", { reason: p.reason }, { span: span(p.start, p.end) }),
      ),
    };
  }

  #unit(id: string): Unit {
    const unit = this.#units.get(id);
    if (unit === undefined) throw new Error(`${id} is no node of this project`);
    return unit;
  }
}

/**
 * A built-in test whose arguments are plain values: it reads what it is attached to and nothing else,
 * and it is rendered when somebody compiles it. Most tests of a project are of this kind.
 */
function plainTest(unit: Unit): GenericTest | undefined {
  const { test, node } = unit;
  if (test === undefined || test.macro.info.package !== builtinPackage || node.config.where !== undefined)
    return undefined;
  return [...node.test!.arguments.values()].some((v) => mayRead(v)) ? undefined : test;
}

const mayRead = (value: ConfigValue): boolean =>
  typeof value === "string"
    ? /[({]/.test(value)
    : typeof value === "object" && value !== null && Object.values(value).some((v) => mayRead(v as ConfigValue));

function upstreamIds(node: ProjectNode): string[] {
  const ids = node.dependencies.flatMap((d) => (d.kind === "port" ? [] : [d.id]));
  const attached = node.test?.attachedTo;
  return attached === undefined ? ids : [...ids, attached];
}

const byId = <T extends { readonly id: string }>(items: readonly T[]): ReadonlyMap<string, T> =>
  new Map([...items].sort((a, b) => (a.id < b.id ? -1 : 1)).map((item) => [item.id, item]));

/** By file, line and column; the same finding at the same place is said once. */
function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Map<string, Diagnostic>();
  for (const d of diagnostics) {
    const key = JSON.stringify([d.code, d.message, d.span?.file, d.span?.line, d.span?.column]);
    if (!seen.has(key)) seen.set(key, d);
  }
  const place = (d: Diagnostic): [string, number, number] => [
    d.span?.file ?? "",
    d.span?.line ?? 0,
    d.span?.column ?? 0,
  ];
  return [...seen.values()].sort((a, b) => {
    const [fa, la, ca] = place(a);
    const [fb, lb, cb] = place(b);
    return fa !== fb ? (fa < fb ? -1 : 1) : la - lb || ca - cb || (a.code < b.code ? -1 : 1);
  });
}
