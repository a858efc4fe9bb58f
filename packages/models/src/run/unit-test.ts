import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import { EngineError } from "@meshwork/engine";
import type { Row } from "@meshwork/engine";
import type { Column } from "@meshwork/sql";
import { cteName } from "../links.ts";
import type {
  Compiled,
  CompileOptions,
  ConfigValue,
  ProjectNode,
  UnitTest,
  UnitTestInput,
  UnitTestRows,
} from "../model.ts";
import { sqlCodes } from "../sql.codes.ts";
import { leadingWith } from "../sql-start.ts";
import { askSession } from "./ask-session.ts";
import { engineDiagnostic } from "./engine-diagnostics.ts";
import type { NodeStatus } from "./outcome.ts";
import { columnsOf, columnsOfQuery, StepError } from "./perform-steps.ts";
import type { Work } from "./perform-steps.ts";

export interface UnitTested {
  readonly status: NodeStatus;
  readonly failures?: number | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** The model's query over the rows given. */
  readonly sql?: string | undefined;
}

/** Fixture trouble that ends a unit test. */
class FixtureTrouble extends Error {
  readonly diagnostic: Diagnostic;
  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}

/**
 * Runs a model's query over the rows of a unit test in place of what it reads, and compares what comes out.
 * Columns that a row leaves out are NULL of the type that the real relation has.
 */
export async function runUnitTest(work: Work, test: UnitTest): Promise<UnitTested> {
  const { project } = work;
  const model = project.nodes.get(test.model);
  if (model === undefined) throw new Error(`${test.id} tests ${test.model}, which is no node`);
  let compiled: Compiled | undefined;
  try {
    const ctes = new Map<string, string>();
    for (const input of test.given) ctes.set(input.id, await fixtureSql(work, test, input));
    compiled = await compileOver(work, model, test, new Set(ctes.keys()));
    if (hasErrors(compiled.diagnostics)) return { status: "error", diagnostics: compiled.diagnostics };
    const named = test.given.map((input) => [nameOf(work, input), ctes.get(input.id)!] as const);
    const whole = withFixtures(compiled.sql, named, (n) => work.session.dialect.identifier(n));
    let actual: readonly Column[];
    try {
      actual = await columnsOfQuery(work, whole.sql);
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      return { status: "error", diagnostics: [failedQuery(work, model, error, compiled, whole)], sql: whole.sql };
    }
    const expected = await expectedSql(work, test, actual);
    const columns = expected.columns.map((c) => work.session.dialect.identifier(c.name)).join(", ");
    const got = await rowsOf(work, `select ${columns} from (\n${whole.sql}\n) mesh_actual`);
    const wanted = await rowsOf(work, expected.sql);
    const difference = compareRows(got, wanted);
    if (difference.missing.length + difference.extra.length === 0)
      return { status: "pass", failures: 0, diagnostics: [], sql: whole.sql };
    const diagnostics = [unequal(test, model, expected.columns, difference)];
    return {
      status: "fail",
      failures: difference.missing.length + difference.extra.length,
      diagnostics,
      sql: whole.sql,
    };
  } catch (error) {
    if (error instanceof FixtureTrouble) return { status: "error", diagnostics: [error.diagnostic] };
    const failed = error instanceof StepError ? error.error : error;
    if (!(failed instanceof EngineError)) throw error;
    const reason = `The engine refuses the rows of the unit test: ${failed.message.split("\n")[0]!}`;
    const extra = { span: test.place, product: test.product };
    return { status: "error", diagnostics: [sqlCodes.create("query-failed", { reason }, extra)] };
  }
}

function failedQuery(
  work: Work,
  model: ProjectNode,
  failed: StepError,
  compiled: Compiled,
  whole: { readonly sql: string; readonly origin: (offset: number) => number | undefined },
): Diagnostic {
  const { error, step } = failed;
  const at = error.offset === undefined || step.bodyAt === undefined ? undefined : error.offset - step.bodyAt;
  const offset = at === undefined || at < 0 ? undefined : whole.origin(at);
  const trouble = { code: error.code, message: error.message, offset, candidates: error.candidates };
  return engineDiagnostic(work.project, model, trouble, compiled);
}

/** The name that stands in the query for an input. */
function nameOf(work: Work, input: UnitTestInput): string {
  if (input.itself) return cteName(`${work.project.nodes.get(input.id)!.name}__this`);
  const node = work.project.nodes.get(input.id);
  const source = work.project.sources.get(input.id);
  const version = node?.version === undefined ? "" : `_v${node.version.version}`;
  return cteName(source === undefined ? `${node?.name ?? input.id}${version}` : `${source.source}__${source.name}`);
}

async function compileOver(
  work: Work,
  model: ProjectNode,
  test: UnitTest,
  given: ReadonlySet<string>,
): Promise<Compiled> {
  const { dialect } = work.session;
  const names = new Map(test.given.filter((i) => !i.itself).map((i) => [i.id, dialect.identifier(nameOf(work, i))]));
  const itself = test.given.find((i) => i.itself);
  const options: CompileOptions = {
    incremental: test.overrides.macros.get("is_incremental") === true,
    overrides: test.overrides,
    itself: itself === undefined ? undefined : dialect.identifier(nameOf(work, itself)),
    reads: (read) => {
      if (read.kind === "port") return undefined;
      const name = names.get(read.id);
      if (name !== undefined) return name;
      const node = work.project.nodes.get(read.id);
      // An ephemeral model is part of the query; what it reads is given in its place.
      if (node?.config.materialized === "ephemeral" || given.has(read.id)) return undefined;
      const label = node?.name ?? work.project.sources.get(read.id)?.name ?? read.id;
      const call = node === undefined ? `source(…, '${label}')` : `ref('${label}')`;
      const reason = `The unit test "${test.name}" gives no rows for ${call}, which "${model.name}" reads.`;
      const help = `add "- input: ${call}" with rows: [] to given`;
      throw new FixtureTrouble(
        sqlCodes.create("query-failed", { reason }, { span: test.place, product: test.product, help }),
      );
    },
  };
  const known = work.project.compile(model, options);
  return known.diagnostics.some((d) => d.code === "sql/needs-engine")
    ? work.project.prepare(model, askSession(work.session, work.signal), options)
    : known;
}

/** The query with the fixtures in front, and where an offset of it lies in the query alone. */
function withFixtures(
  sql: string,
  fixtures: readonly (readonly [string, string])[],
  quote: (name: string) => string,
): { sql: string; origin: (offset: number) => number | undefined } {
  if (fixtures.length === 0) return { sql, origin: (offset) => offset };
  const list = fixtures.map(([name, body]) => `${quote(name)} as (\n${body}\n)`).join(",\n");
  const start = leadingWith(sql);
  const front = start === undefined ? `with ${list}\n` : `${sql.slice(0, start)} ${list},`;
  const from = start ?? 0;
  return {
    sql: front + sql.slice(from),
    origin: (offset) => (offset < front.length ? undefined : offset - front.length + from),
  };
}

async function fixtureSql(work: Work, test: UnitTest, input: UnitTestInput): Promise<string> {
  if (input.data.format === "sql") return input.data.sql;
  const columns = await inputColumns(work, test, input);
  return selectRows(work, test, input.data.rows, columns, { every: true, of: input.input, place: input.place });
}

/** The columns of what an input stands for: of its relation, or of its query while there is none. */
async function inputColumns(work: Work, test: UnitTest, input: UnitTestInput): Promise<readonly Column[]> {
  const { project, session } = work;
  const source = project.sources.get(input.id);
  const node = project.nodes.get(input.id);
  try {
    if (source !== undefined)
      return source.location === undefined
        ? await columnsOf(work, source.relation)
        : await columnsOfQuery(work, `select * from ${source.location}`);
    if (node !== undefined && node.config.materialized !== "ephemeral") return await columnsOf(work, node.relation);
  } catch (error) {
    if (!(error instanceof StepError) || error.error.code === "cancelled") throw error;
  }
  if (node !== undefined && node.resourceType !== "seed") {
    try {
      const compiled = await project.prepare(node, askSession(session, work.signal));
      return await columnsOfQuery(work, compiled.sql);
    } catch (error) {
      if (!(error instanceof StepError) || error.error.code === "cancelled") throw error;
    }
  }
  const reason = `The columns of ${input.input} are not known: it is not built yet.`;
  const name = node?.name ?? source?.name ?? "it";
  const help = `build it first (mesh build --select ${name} --empty is enough), or give the rows as format: sql`;
  throw new FixtureTrouble(
    sqlCodes.create("query-failed", { reason }, { span: input.place, product: test.product, help }),
  );
}

interface Fixture {
  /** Every column of the relation, or those only that the rows name. */
  readonly every: boolean;
  readonly of: string;
  readonly place: Diagnostic["span"];
}

/** Rows as a query: each value is cast to its column's type. */
function selectRows(
  work: Work,
  test: UnitTest,
  rows: readonly Readonly<Record<string, ConfigValue>>[],
  columns: readonly Column[],
  fixture: Fixture,
): string {
  const { dialect } = work.session;
  const known = new Map(columns.map((c) => [c.name.toLowerCase(), c]));
  for (const row of rows) {
    for (const name of Object.keys(row)) {
      if (known.has(name.toLowerCase())) continue;
      const params = {
        key: name,
        of: fixture.of,
        known: columns.map((c) => c.name),
        effect: "the row has no place for it",
      };
      const help = `columns: ${columns.map((c) => c.name).join(", ")}`;
      const extra = { span: fixture.place ?? test.place, product: test.product, help };
      throw new FixtureTrouble(sqlCodes.create("unknown-key", params, extra));
    }
  }
  const wanted = fixture.every ? columns : namedColumns(rows, known);
  const cell = (value: ConfigValue | undefined, column: Column): string =>
    `cast(${literalOf(value, (t) => dialect.literal(t))} as ${dialect.type(column.type)}) as ${dialect.identifier(column.name)}`;
  const select = (row: Readonly<Record<string, ConfigValue>>): string => {
    const own = new Map(Object.entries(row).map(([k, v]) => [k.toLowerCase(), v]));
    return `select ${wanted.map((c) => cell(own.get(c.name.toLowerCase()), c)).join(", ")}`;
  };
  return rows.length === 0 ? `${select({})} where 1 = 0` : rows.map(select).join("\nunion all\n");
}

function namedColumns(
  rows: readonly Readonly<Record<string, ConfigValue>>[],
  known: ReadonlyMap<string, Column>,
): readonly Column[] {
  const names = new Set(rows.flatMap((r) => Object.keys(r).map((k) => k.toLowerCase())));
  return names.size === 0 ? [...known.values()] : [...names].map((n) => known.get(n)!);
}

function literalOf(value: ConfigValue | undefined, text: (t: string) => string): string {
  if (value === undefined || value === null) return "null";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return text(typeof value === "string" ? value : JSON.stringify(value));
}

async function expectedSql(
  work: Work,
  test: UnitTest,
  actual: readonly Column[],
): Promise<{ readonly sql: string; readonly columns: readonly Column[] }> {
  const data: UnitTestRows = test.expect;
  if (data.format === "sql") return { sql: data.sql, columns: await columnsOfQuery(work, data.sql) };
  const fixture = { every: false, of: `what "${test.name}" expects`, place: test.place };
  const sql = selectRows(work, test, data.rows, actual, fixture);
  return { sql, columns: namedColumns(data.rows, new Map(actual.map((c) => [c.name.toLowerCase(), c]))) };
}

async function rowsOf(work: Work, sql: string): Promise<readonly Row[]> {
  return (await work.session.query(sql, { signal: work.signal })).rows();
}

const shown = (cell: unknown): string =>
  cell === null ? "null" : typeof cell === "object" ? JSON.stringify(cell, bigints) : String(cell);
const bigints = (_: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);

interface Difference {
  readonly missing: readonly Row[];
  readonly extra: readonly Row[];
}

/** Rows of one side only, repetitions counted. */
function compareRows(got: readonly Row[], wanted: readonly Row[]): Difference {
  const key = (row: Row): string => JSON.stringify(row.map((c) => (c === null ? null : shown(c))));
  const left = new Map<string, Row[]>();
  for (const row of got) {
    const same = left.get(key(row));
    if (same === undefined) left.set(key(row), [row]);
    else same.push(row);
  }
  const missing: Row[] = [];
  for (const row of wanted) if (left.get(key(row))?.pop() === undefined) missing.push(row);
  return { missing, extra: [...left.values()].flat() };
}

/** The rows that differ as a table: `-` was expected, `+` came out. */
function unequal(test: UnitTest, model: ProjectNode, columns: readonly Column[], found: Difference): Diagnostic {
  const most = 10;
  const lines = [
    ...found.missing.slice(0, most).map((row) => ["-", ...row.map(shown)]),
    ...found.extra.slice(0, most).map((row) => ["+", ...row.map(shown)]),
  ];
  const table = [["", ...columns.map((c) => c.name)], ...lines];
  const widths = columns.map((_, i) => Math.max(...table.map((cells) => cells[i + 1]!.length)));
  const details = table.map(([mark, ...cells]) =>
    `${mark!.padEnd(1)} ${cells.map((c, i) => c.padEnd(widths[i]!)).join("  ")}`.trimEnd(),
  );
  const params = { test: test.name, model: model.name, missing: found.missing.length, extra: found.extra.length };
  const related = [{ message: `"${model.name}" is here`, span: model.place }];
  return sqlCodes.create("unit-test-failed", params, { span: test.place, product: test.product, details, related });
}
