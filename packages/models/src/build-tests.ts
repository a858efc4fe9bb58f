import { nearest } from "@meshwork/diagnostics";
import type { Diagnostic } from "@meshwork/diagnostics";
import { configKey, mergeLayers, readConfig } from "./config.ts";
import type { Setting } from "./config.ts";
import { builtinPackage } from "./context/macro-registry.ts";
import type { Entries, Reading } from "./reading.ts";
import type { ConfigValue, ProjectNode, SourceNode } from "./model.ts";
import type { TestCall } from "./properties.ts";
import { sqlCodes } from "./sql.codes.ts";
import { testHash, testName } from "./test-names.ts";
import type { GenericTest, Unit } from "./unit.ts";
import { templateUnit } from "./units.ts";
import { textOf, valueOf } from "./yaml.ts";

interface Built {
  readonly entries: Entries;
  readonly units: Map<string, Unit>;
  readonly named: ReadonlyMap<string, ProjectNode>;
  readonly disabled: ReadonlyMap<string, string>;
  readonly sources: ReadonlyMap<string, SourceNode>;
}

/** Adds a unit for each data test: those of models, seeds and sources, and the singular ones. */
export function buildTests(reading: Reading, built: Built): void {
  for (const entry of reading.resources) {
    const node = built.named.get(entry.name);
    if (node === undefined || node.resourceType !== entry.kind) continue;
    for (const call of entry.tests) addGeneric(reading, built, call, ["ref", node.name], node.id, node.product);
  }
  for (const table of reading.tables) {
    const id = `source.${reading.around.project}.${table.sourceName}.${table.name}`;
    const source = built.sources.get(id);
    if (source === undefined) continue;
    for (const call of table.tests)
      addGeneric(reading, built, call, ["source", source.source, source.name], id, source.product);
  }
  for (const file of reading.files) {
    if (file.role !== "singular-test") continue;
    const product = reading.around.options.productOf?.(file.source.path);
    const identity = {
      resourceType: "test" as const,
      name: file.stem,
      text: file.source,
      folders: file.folders,
      product,
    };
    const unit = templateUnit(reading, identity, built.entries.get(`test ${file.stem}`), reading.trees.tests);
    unit.node.test = { kind: "singular", name: file.stem, arguments: new Map() };
    add(reading, built, unit);
  }
}

function add(reading: Reading, built: Built, unit: Unit): void {
  if (!unit.node.config.enabled) return;
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

function addGeneric(
  reading: Reading,
  built: Built,
  call: TestCall,
  subject: GenericTest["subject"],
  attachedTo: string,
  product: string | undefined,
): void {
  const { around } = reading;
  const parts = call.test.split(".");
  const testOf = parts.at(-1)!;
  const namespace = parts.length > 1 ? parts[0]! : undefined;
  const macro =
    namespace === undefined
      ? around.macros.find(`test_${testOf}`, around.project)
      : around.macros.in(namespace, `test_${testOf}`);
  if (macro === undefined) {
    const tests = around.macros.all().filter((m) => m.info.name.startsWith("test_"));
    const names = tests.map(
      (m) => (isOpen(m.info.package, around.project) ? "" : `${m.info.package}.`) + m.info.name.slice("test_".length),
    );
    const candidates = nearest(call.test, names);
    const help =
      candidates.length > 0
        ? `write ${candidates[0]}`
        : "define it with {% test … %} in tests/generic, or install its package under dbt_packages/";
    reading.diagnostics.push(
      sqlCodes.create("unknown-macro", { name: call.test, candidates }, { span: call.place, help, product }),
    );
    return;
  }
  const args = new Map<string, ConfigValue>(call.arguments.map((a) => [a.key, valueOf(a.value)]));
  const trouble: Diagnostic[] = unknownArguments(
    call,
    macro.definition.parameters.map((p) => p.name),
    macro.definition.body,
    product,
  );
  const named = new Map(args);
  if (call.column !== undefined) named.set("column_name", call.column.name);
  const target = subject.slice(1).join("_");
  const label = subject[0] === "source" ? `source_${target}` : target;
  const kind = subject[0] === "source" ? `source_${call.test}` : call.test;
  const { name, short } =
    call.name === undefined ? testName(kind, target, named) : { name: call.name, short: call.name };
  const settings = new Map<string, Setting>();
  for (const entry of call.config) {
    const span = call.source.span(entry.value.start, entry.value.end);
    settings.set(configKey(entry.key), { value: reading.value(entry.value, call.source), span });
  }
  const folders = call.source.path.split("/").slice(0, -1);
  const fqn = [around.project, ...folders.slice(folders.findIndex((f) => f === "models") + 1), name];
  const { config, diagnostics } = readConfig(
    "test",
    mergeLayers([...reading.trees.tests.layers(fqn), settings]),
    `test "${name}"`,
    call.place,
  );
  trouble.push(...diagnostics);
  const identity: ConfigValue[] = [
    call.test,
    label,
    call.column?.name ?? null,
    call.name ?? null,
    Object.fromEntries(args),
  ];
  const { target: where } = around.options;
  const unit: Unit = {
    node: {
      id: `test.${around.project}.${name}.${testHash(...identity)}`,
      resourceType: "test",
      name,
      package: around.project,
      product: product ?? around.options.productOf?.(call.source.path),
      path: call.source.path,
      file: call.source.file,
      fqn,
      config,
      relation: { database: where.database, schema: `${where.schema}_dbt_test__audit`, name: config.alias ?? short },
      description: textOf(call.description) ?? "",
      columns: new Map(),
      dependencies: [],
      macros: [],
      test: { kind: "generic", name: call.test, attachedTo, column: call.column?.name, arguments: args },
      access: "protected",
      constraints: [],
      packageRoot: "",
      source: "",
      place: call.place,
    },
    text: call.source,
    test: { call, macro, subject },
    trouble,
  };
  add(reading, built, unit);
}

/** Packages whose tests need no prefix. */
const isOpen = (packageName: string, project: string): boolean =>
  packageName === project || packageName === builtinPackage;

function unknownArguments(
  call: TestCall,
  parameters: readonly string[],
  body: string,
  product: string | undefined,
): Diagnostic[] {
  if (/\bkwargs\b/.test(body)) return [];
  const known = parameters.filter((p) => p !== "model" && (p !== "column_name" || call.column === undefined));
  return call.arguments
    .filter((a) => !parameters.includes(a.key))
    .map((a) =>
      sqlCodes.create(
        "unknown-key",
        { key: a.key, of: `Test "${call.test}"`, known: [...known, "config", "name", "where", "severity"] },
        { span: call.source.span(a.start, a.end), product },
      ),
    );
}
