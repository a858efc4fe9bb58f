import { nearest } from "@meshwork/diagnostics";
import type { Diagnostic, Span } from "@meshwork/diagnostics";
import type { Assembly } from "./assemble.ts";
import { mergeLayers } from "./config.ts";
import { parseCsv } from "./csv.ts";
import { describe, entryLayers } from "./entry-values.ts";
import type { ConfigValue, ProjectNode, UnitTest, UnitTestInput, UnitTestRows } from "./model.ts";
import type { PropertiesEntry } from "./properties.ts";
import { unitTestKeys } from "./properties-keys.ts";
import type { Reading } from "./reading.ts";
import { renameFix } from "./rename-fix.ts";
import { sqlCodes } from "./sql.codes.ts";
import { writtenCall } from "./written-call.ts";
import { entryOf, itemsOf, textOf, valueOf } from "./yaml.ts";
import type { YamlNode } from "./yaml.ts";

/** A unit test with what is wrong about it, and whether it takes part. */
export interface BuiltUnitTest {
  readonly test: UnitTest;
  readonly enabled: boolean;
}

/** The unit tests of a package: one for each version of the model that is chosen. */
export function buildUnitTests(reading: Reading, built: Assembly): BuiltUnitTest[] {
  return reading.others
    .filter((entry) => entry.section === "unit_tests")
    .flatMap((entry) => new UnitTestReader(reading, built, entry).read());
}

class UnitTestReader {
  readonly #reading: Reading;
  readonly #built: Assembly;
  readonly #entry: PropertiesEntry;

  constructor(reading: Reading, built: Assembly, entry: PropertiesEntry) {
    this.#reading = reading;
    this.#built = built;
    this.#entry = entry;
  }

  read(): BuiltUnitTest[] {
    const entry = this.#entry;
    const reading = this.#reading;
    const model = textOf(entryOf(entry.node, "model")?.value);
    const expected = entryOf(entry.node, "expect")?.value;
    if (model === undefined || expected === undefined) {
      this.#wrong(entry.place, `Unit test "${entry.name}" needs a model and what is expected of it.`);
      return [];
    }
    const nodes = this.#models(model);
    if (nodes.length === 0) return [];
    const own = reading.package.name;
    // A unit test stands below the model it tests, as its id does.
    const fqn = [own, ...entry.source.path.split("/").slice(1, -1), model, entry.name];
    const settings = mergeLayers(reading.trees.unit_tests.around(fqn, entryLayers(reading, entry)));
    const tags = settings.get("tags")?.value ?? [];
    const expect = this.#rows(expected, "what is expected", undefined);
    if (expect === undefined) return [];
    return nodes.map((node): BuiltUnitTest => {
      const version = node.version?.version;
      return {
        enabled: settings.get("enabled")?.value !== false,
        test: {
          id: `unit_test.${own}.${model}.${entry.name}${version === undefined ? "" : `_v${version}`}`,
          name: entry.name,
          package: own,
          product: node.product,
          model: node.id,
          modelName: model,
          version,
          versions: this.#versions(),
          given: itemsOf(entryOf(entry.node, "given")?.value).flatMap((item) => this.#input(item, node) ?? []),
          expect,
          overrides: this.#overrides(),
          description: describe(reading, entry.node, entry.source),
          config: new Map([...settings].map(([key, setting]) => [key, setting.value])),
          tags: (Array.isArray(tags) ? (tags as readonly ConfigValue[]) : [tags]).filter((t) => typeof t === "string"),
          fqn,
          path: entry.source.path,
          file: entry.source.file,
          place: entry.place,
        },
      };
    });
  }

  /** The model, or those of its versions that `versions:` chooses. */
  #models(model: string): readonly ProjectNode[] {
    const { index } = this.#built;
    const own = this.#reading.package.name;
    const all = index.all().filter((n) => n.name === model && n.resourceType === "model");
    const near = all.filter((n) => n.package === own);
    const found = near.length > 0 ? near : all;
    const place = this.#span(entryOf(this.#entry.node, "model")!.value);
    if (found.length === 0) {
      if (this.#built.disabled.has(`model.${own}.${model}`)) return [];
      const models = index.all().filter((n) => n.resourceType === "model");
      const candidates = nearest(
        model,
        models.map((n) => n.name),
      );
      const params = { ref: model, what: `No model is named "${model}".`, candidates };
      const fixes = renameFix(model, candidates, place, (name) => name);
      this.#report(sqlCodes.create("unknown-ref", params, { span: place, fixes }));
      return [];
    }
    const versions = entryOf(this.#entry.node, "versions")?.value;
    const chosen = (key: string): string[] | undefined => {
      const value = entryOf(versions, key)?.value;
      return value === undefined ? undefined : itemsOf(value).flatMap((v) => textOf(v) ?? []);
    };
    const include = chosen("include");
    const exclude = chosen("exclude") ?? [];
    return found.filter(
      (n) =>
        n.version === undefined ||
        ((include === undefined || include.includes(n.version.version)) && !exclude.includes(n.version.version)),
    );
  }

  #versions(): UnitTest["versions"] {
    const versions = entryOf(this.#entry.node, "versions")?.value;
    if (versions === undefined) return undefined;
    const list = (key: string): string[] | undefined => {
      const value = entryOf(versions, key)?.value;
      return value === undefined ? undefined : itemsOf(value).flatMap((v) => textOf(v) ?? []);
    };
    const [include, exclude] = [list("include"), list("exclude")];
    return { ...(include === undefined ? {} : { include }), ...(exclude === undefined ? {} : { exclude }) };
  }

  #input(item: YamlNode, tested: ProjectNode): UnitTestInput | undefined {
    const written = entryOf(item, "input")?.value;
    const input = textOf(written);
    if (written === undefined || input === undefined) {
      this.#wrong(
        this.#span(item),
        `Every input of unit test "${this.#entry.name}" needs an "input": ref('orders'), source('raw', 'orders') or this.`,
      );
      return undefined;
    }
    this.#keys(item, unitTestKeys.input, `The input ${input} of unit test "${this.#entry.name}"`);
    const place = this.#span(written);
    const itself = input.trim() === "this";
    const target = itself ? tested : this.#resolve(input, place);
    if (target === undefined) return undefined;
    const data = this.#rows(item, `the input ${input}`, target);
    return data === undefined ? undefined : { input, id: target.id, itself, data, place };
  }

  #resolve(input: string, place: Span): { readonly id: string } | undefined {
    const call = writtenCall(input);
    if (call === undefined || call.kind === "metric") {
      this.#wrong(place, `"${input}" is no input: write ref('model'), source('source', 'table') or this.`);
      return undefined;
    }
    const own = this.#reading.package.name;
    if (call.kind === "source") {
      const ids = [own, this.#built.around.project].map((p) => `source.${p}.${call.source}.${call.table}`);
      const id = ids.find((i) => this.#built.sources.has(i));
      if (id !== undefined) return { id };
      const tables = [...this.#built.sources.values()];
      const knowsSource = tables.some((s) => s.source === call.source);
      const candidates = knowsSource
        ? nearest(
            call.table,
            tables.filter((s) => s.source === call.source).map((s) => s.name),
          )
        : nearest(
            call.source,
            tables.map((s) => s.source),
          );
      const params = { source: call.source, table: call.table, knowsSource, candidates };
      this.#report(sqlCodes.create("unknown-source", params, { span: place }));
      return undefined;
    }
    const found = this.#built.index.find(call.name, own, call.package, call.version);
    if (found.node !== undefined) return found.node;
    // A port of another domain has rows of its own too.
    const port = this.#built.around.options.resolvePort?.({
      domain: call.package ?? own,
      port: call.name,
      version: call.version,
    });
    if (port !== undefined && !("error" in port)) return { id: `port:${call.package ?? own}.${call.name}` };
    const names = this.#built.index.all().map((n) => n.name);
    const candidates = nearest(call.name, names);
    const params = { ref: input, what: `No model or seed is named "${call.name}".`, candidates };
    this.#report(sqlCodes.create("unknown-ref", params, { span: place }));
    return undefined;
  }

  /** `rows:` in YAML, CSV or SQL, or a file of `tests/fixtures`. A seed without rows stands for itself. */
  #rows(node: YamlNode, what: string, seed: { readonly id: string } | undefined): UnitTestRows | undefined {
    const format = textOf(entryOf(node, "format")?.value) ?? "dict";
    const rows = entryOf(node, "rows")?.value;
    const fixture = entryOf(node, "fixture")?.value;
    const name = textOf(fixture);
    const place = this.#span(rows ?? fixture ?? node);
    if (seed === undefined) this.#keys(node, unitTestKeys.expect, `What unit test "${this.#entry.name}" expects`);
    const wrong = (reason: string): undefined => this.#wrong(place, reason);
    if (!["dict", "csv", "sql"].includes(format)) {
      return wrong(`Rows are written as dict, csv or sql; "${format}" is none of them.`);
    }
    if (format === "dict") {
      if (rows === undefined) {
        const csv = seed === undefined ? undefined : this.#built.units.get(seed.id);
        if (csv?.node.resourceType === "seed") return this.#csv(csv.text.text, place, undefined);
        return wrong(`Unit test "${this.#entry.name}" gives ${what} no rows; write rows: [] for none.`);
      }
      const items = rows.kind === "list" ? rows.items : undefined;
      if (items === undefined || items.some((i) => i.kind !== "map")) {
        return wrong(`The rows of ${what} are a list of mappings, one a row; for CSV or SQL say so with format:.`);
      }
      const values = items.map((i) => valueOf(i) as Readonly<Record<string, ConfigValue>>);
      return { format: "rows", rows: values, csv: false };
    }
    let text = textOf(rows);
    if (name !== undefined) {
      text = this.#fixture(name, format, this.#span(fixture!));
      if (text === undefined) return undefined;
    }
    if (text === undefined) return wrong(`The rows of ${what} are a text in ${format}, or the name of a fixture.`);
    return format === "sql" ? { format: "sql", sql: text.trim(), fixture: name } : this.#csv(text, place, name);
  }

  #csv(text: string, place: Span, fixture: string | undefined): UnitTestRows | undefined {
    const table = parseCsv(text.replace(/^\s*\n/, ""), ",");
    const [problem] = table.problems;
    if (problem !== undefined) return this.#wrong(place, problem.reason);
    const rows = table.rows.map((row) =>
      Object.fromEntries(
        table.header.map((name, i): [string, ConfigValue] => {
          const cell = row.cells[i]?.text ?? "";
          return [name.trim(), cell === "" ? null : cell];
        }),
      ),
    );
    return { format: "rows", rows, csv: true, fixture };
  }

  #fixture(name: string, format: string, place: Span): string | undefined {
    const files = this.#reading.files.filter((f) => f.role === "fixture");
    const stem = name.replace(/\.(?:csv|sql)$/, "");
    const found = files.find((f) => f.stem === stem && f.source.path.endsWith(`.${format}`));
    if (found !== undefined) return found.source.text;
    const candidates = nearest(
      stem,
      files.map((f) => f.stem),
    );
    const params = { kind: "fixture", name: `${stem}.${format}`, candidates };
    this.#report(
      sqlCodes.create("unknown-properties", params, {
        span: place,
        severity: "error",
        help: "put it into tests/fixtures",
      }),
    );
    return undefined;
  }

  #overrides(): UnitTest["overrides"] {
    const node = entryOf(this.#entry.node, "overrides")?.value;
    if (node !== undefined) this.#keys(node, unitTestKeys.overrides, `overrides of unit test "${this.#entry.name}"`);
    const map = (key: string): [string, ConfigValue][] => {
      const value = entryOf(node, key)?.value;
      return value?.kind === "map" ? value.entries.map((e) => [e.key, valueOf(e.value)]) : [];
    };
    return {
      macros: new Map(map("macros")),
      vars: new Map(map("vars")),
      env: new Map(map("env_vars").map(([key, value]) => [key, String(value)])),
    };
  }

  #keys(node: YamlNode, known: readonly string[], of: string): void {
    for (const entry of node.kind === "map" ? node.entries : []) {
      if (known.includes(entry.key)) continue;
      const span = this.#entry.source.span(entry.start, entry.end);
      const fixes = renameFix(entry.key, nearest(entry.key, known), span, (name) => name);
      const params = { key: entry.key, of, known, effect: "its value is dropped" };
      this.#report(sqlCodes.create("unknown-key", params, { span, fixes }));
    }
  }

  #span(node: YamlNode): Span {
    return this.#entry.source.span(node.start, node.kind === "scalar" ? node.end : node.start + 1);
  }

  #report(diagnostic: Diagnostic): void {
    this.#reading.diagnostics.push(diagnostic);
  }

  #wrong(place: Span, reason: string): undefined {
    this.#report(sqlCodes.create("bad-yaml", { reason }, { span: place }));
    return undefined;
  }
}
