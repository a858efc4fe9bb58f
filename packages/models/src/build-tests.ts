import { nearest } from "@meshwork/diagnostics";
import type { Diagnostic } from "@meshwork/diagnostics";
import type { Assembly } from "./assemble.ts";
import { configKey, mergeLayers, readConfig, unrenderedOf } from "./config.ts";
import type { Setting } from "./config.ts";
import { builtinPackage } from "./context/macro-registry.ts";
import type { MacroEntry } from "./context/macro-registry.ts";
import type { ConfigValue, NodeConfig, ProjectNode } from "./model.ts";
import type { ResourceEntry, TestCall } from "./properties.ts";
import type { Reading } from "./reading.ts";
import { sqlCodes } from "./sql.codes.ts";
import { pythonText, testHash, testName } from "./test-names.ts";
import type { TestSubject, Unit } from "./unit.ts";
import { singularTestUnit } from "./units.ts";
import { entryOf, textOf, valueOf } from "./yaml.ts";
import type { YamlNode } from "./yaml.ts";

/** What a generic test is written on. */
interface Attached {
  readonly subject: TestSubject;
  /** The id of the node or source. */
  readonly id: string;
  readonly product: string | undefined;
  readonly group: string | undefined;
  /** Tags of the source and its table, which its tests inherit. */
  readonly tags: readonly string[];
  /** `models.orders`: dbt's name of the entry. */
  readonly fileKey: string;
}

/** Adds a unit for each data test of a package: those of models, seeds and sources, and the singular ones. */
export function buildTests(reading: Reading, built: Assembly): void {
  const own = reading.package.name;
  for (const entry of reading.resources) {
    if (entry.kind === "macro" || entry.kind === "test" || entry.kind === "analysis") continue;
    for (const { node, tests } of testedNodes(entry, own, built)) {
      const version = node.version?.version;
      const attached: Attached = {
        subject: { kind: "ref", name: node.name, version },
        id: node.id,
        product: node.product,
        group: node.group,
        tags: [],
        fileKey: `${entry.kind}s.${entry.name}`,
      };
      for (const call of tests) addGeneric(reading, built, call, attached);
    }
  }
  for (const table of reading.tables) {
    const id = `source.${own}.${table.sourceName}.${table.name}`;
    const source = built.sources.get(id);
    if (source === undefined) continue;
    const attached: Attached = {
      subject: { kind: "source", source: source.source, table: source.name },
      id,
      product: source.product,
      group: undefined,
      tags: [...tagsBeside(table.sourceNode), ...tagsBeside(table.node)],
      fileKey: `sources.${source.source}`,
    };
    for (const call of table.tests) addGeneric(reading, built, call, attached);
  }
  const entries = new Map(reading.resources.flatMap((e) => (e.kind === "test" ? [[e.name, e] as const] : [])));
  for (const file of reading.files) {
    if (file.role === "singular-test") add(reading, built, singularTestUnit(reading, file, entries.get(file.stem)));
  }
}

/** `tags:` beside the name; those below `config:` are the source's alone. */
function tagsBeside(node: YamlNode): readonly string[] {
  const value = entryOf(node, "tags")?.value;
  return (value?.kind === "list" ? value.items : value === undefined ? [] : [value]).flatMap((t) => textOf(t) ?? []);
}

/** The enabled nodes an entry describes, with the tests it has for each: one for every version of a model. */
function testedNodes(
  entry: ResourceEntry,
  own: string,
  built: Assembly,
): { readonly node: ProjectNode; readonly tests: readonly TestCall[] }[] {
  if (entry.versions.length === 0) {
    const node = built.index.in(own, entry.name);
    return node === undefined || node.resourceType !== entry.kind ? [] : [{ node, tests: entry.tests }];
  }
  return entry.versions.flatMap((version) => {
    const node = built.index.in(own, entry.name, version.version);
    if (node === undefined) return [];
    const base = entry.tests.filter((t) => t.column !== undefined && version.keeps(t.column.name));
    const whole = version.tests ?? entry.tests.filter((t) => t.column === undefined);
    return [{ node, tests: [...whole, ...base, ...version.columnTests] }];
  });
}

function add(reading: Reading, built: Assembly, unit: Unit): void {
  if (!unit.node.config.enabled) {
    built.disabled.set(unit.node.id, unit);
    return;
  }
  const before = built.units.get(unit.node.id);
  if (before === undefined) {
    built.units.set(unit.node.id, unit);
    return;
  }
  const params = { kind: "tests", name: unit.node.name, other: before.node.file };
  const related = [{ message: "the other one is here", span: before.node.place }];
  const help = "take one of them out, or give it a name of its own with name:";
  reading.diagnostics.push(
    sqlCodes.create("duplicate-model", params, { span: unit.node.place, related, help, product: unit.node.product }),
  );
}

function addGeneric(reading: Reading, built: Assembly, call: TestCall, attached: Attached): void {
  const { around } = reading;
  const own = reading.package.name;
  const [namespace, testOf] = splitName(call.test);
  const macro =
    namespace === undefined ? around.macros.find(`test_${testOf}`, own) : around.macros.in(namespace, `test_${testOf}`);
  if (macro === undefined) {
    unknownTest(reading, built, call, namespace, attached.product);
    return;
  }
  const { subject, product } = attached;
  const args = new Map<string, ConfigValue>(call.arguments.map((a) => [a.key, valueOf(a.value)]));
  const trouble: Diagnostic[] = unknownArguments(call, macro, product);
  const kwargs = new Map(args);
  if (call.column !== undefined) kwargs.set("column_name", columnOf(reading, call.column));
  const target =
    subject.kind === "source"
      ? `${subject.source}_${subject.table}`
      : subject.name + (subject.version === undefined ? "" : `_v${subject.version}`);
  const kind = `${namespace === undefined ? "" : `${namespace}_`}${subject.kind === "source" ? "source_" : ""}${testOf}`;
  const { name, short } =
    call.name === undefined ? testName(kind, target, kwargs) : { name: call.name, short: call.name };
  const settings = new Map<string, Setting>();
  for (const entry of call.config) {
    const span = call.source.span(entry.value.start, entry.value.end);
    settings.set(configKey(entry.key), {
      value: reading.value(entry.value, call.source),
      raw: valueOf(entry.value),
      span,
    });
  }
  // dbt leaves out the first folder of the file, whatever it is called.
  const fqn = [own, ...call.source.path.split("/").slice(1, -1), name];
  // dbt gives a test whose name is too long its short one as the alias.
  if (short !== name && !settings.has("alias")) settings.set("alias", { value: short });
  const merged = mergeLayers(reading.trees.data_tests.around(fqn, [settings]));
  const read = readConfig("test", merged, `test "${name}"`, call.place);
  trouble.push(...read.diagnostics);
  // Tags of the column and of the source select the test and are none of its settings.
  const tags = [...new Set([...attached.tags, ...(call.column?.tags ?? []), ...read.config.tags])].sort();
  const config: NodeConfig = { ...read.config, tags };
  kwargs.set("model", `{{ get_where_subquery(${subjectCall(subject)}) }}`);
  const { target: where } = around.options;
  const unit: Unit = {
    node: {
      id: `test.${own}.${name}.${testHash(name, namespace, testOf, kwargs)}`,
      resourceType: "test",
      name,
      package: own,
      product: product ?? (reading.package.root ? around.options.productOf?.(call.source.path) : undefined),
      path: call.source.path,
      file: call.source.file,
      fqn,
      config,
      relation: {
        database: config.database ?? where.database,
        schema: `${where.schema}_${config.schema ?? "dbt_test__audit"}`,
        name: config.alias ?? short,
      },
      description: textOf(call.description) ?? "",
      docBlocks: [],
      columns: new Map(),
      dependencies: [],
      macros: [],
      test: {
        kind: "generic",
        name: call.test,
        attachedTo: attached.id,
        column: call.column?.name,
        arguments: args,
        kwargs,
        fileKey: attached.fileKey,
      },
      access: "protected",
      group: attached.group ?? config.group,
      constraints: [],
      unrendered: unrenderedOf(reading.trees.data_tests.around(fqn, [settings])),
      packageRoot: reading.package.folder,
      source: genericTestCode(namespace, testOf, settings),
      place: call.place,
    },
    text: call.source,
    test: { call, macro, subject },
    trouble,
  };
  add(reading, built, unit);
}

const splitName = (test: string): readonly [string | undefined, string] => {
  const parts = test.split(".");
  return parts.length > 1 ? [parts[0]!, parts.at(-1)!] : [undefined, parts[0]!];
};

const columnOf = (reading: Reading, column: NonNullable<TestCall["column"]>): string =>
  column.quote ? reading.around.options.dialect.identifier(column.name) : column.name;

const subjectCall = (subject: TestSubject): string =>
  subject.kind === "source"
    ? `source('${subject.source}', '${subject.table}')`
    : `ref('${subject.name}'${subject.version === undefined ? "" : `, version='${subject.version}'`})`;

/** The order in which dbt writes a test's settings down. */
const configOrder =
  "severity tags enabled where limit warn_if error_if fail_calc store_failures store_failures_as sql_header meta database schema alias".split(
    " ",
  );

/** The text that dbt keeps of a generic test: a call of its macro, then its configuration. */
function genericTestCode(namespace: string | undefined, test: string, settings: ReadonlyMap<string, Setting>): string {
  const word = (value: ConfigValue): string =>
    typeof value === "string" ? `"${value.replaceAll('"', '\\"')}"` : pythonText(value);
  const place = (key: string): number => (configOrder.includes(key) ? configOrder.indexOf(key) : configOrder.length);
  const ordered = [...settings].sort(([a], [b]) => place(a) - place(b));
  const entries = ordered.filter(([, s]) => s.value !== null).map(([key, s]) => `${key}=${word(s.value)}`);
  const config = entries.length === 0 ? "" : `{{ config(${entries.join(",")}) }}`;
  return `{{ ${namespace === undefined ? "" : `${namespace}.`}test_${test}(**_dbt_generic_test_kwargs) }}${config}`;
}

/** A package that is missing altogether is said once. */
function unknownTest(
  reading: Reading,
  built: Assembly,
  call: TestCall,
  namespace: string | undefined,
  product: string | undefined,
): void {
  const { around } = reading;
  const missing = namespace === undefined ? undefined : around.missing.get(namespace);
  if (missing !== undefined) return;
  const own = reading.package.name;
  const tests = around.macros.all().filter((m) => m.info.name.startsWith("test_"));
  const open = (packageName: string): boolean =>
    packageName === own || packageName === around.project || packageName === builtinPackage;
  const names = tests.map(
    (m) => (open(m.info.package) ? "" : `${m.info.package}.`) + m.info.name.slice("test_".length),
  );
  const candidates = nearest(call.test, names);
  const help =
    candidates.length > 0
      ? `write ${candidates[0]}`
      : "define it with {% test … %} in tests/generic, or install its package under dbt_packages/";
  built.diagnostics.push(
    sqlCodes.create("unknown-macro", { name: call.test, candidates }, { span: call.place, help, product }),
  );
}

function unknownArguments(call: TestCall, macro: MacroEntry, product: string | undefined): Diagnostic[] {
  const { parameters, body } = macro.definition;
  if (/\bkwargs\b/.test(body)) return [];
  const names = parameters.map((p) => p.name);
  const known = names.filter((p) => p !== "model" && (p !== "column_name" || call.column === undefined));
  return call.arguments
    .filter((a) => !names.includes(a.key))
    .map((a) =>
      sqlCodes.create(
        "unknown-key",
        { key: a.key, of: `Test "${call.test}"`, known: [...known, "config", "name", "where", "severity"] },
        { span: call.source.span(a.start, a.end), product },
      ),
    );
}
