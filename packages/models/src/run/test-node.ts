import type { Diagnostic, Span } from "@meshwork/diagnostics";
import { EngineError } from "@meshwork/engine";
import type { Cell, Row } from "@meshwork/engine";
import type { Compiled, Project, ProjectNode } from "../model.ts";
import { sqlCodes } from "../sql.codes.ts";
import { ensureSchema } from "./build-node.ts";
import { engineDiagnostic } from "./engine-diagnostics.ts";
import type { Step } from "./materialize.ts";
import type { NodeStatus, RowSample } from "./outcome.ts";
import { inTransaction, runStep, StepError } from "./perform-steps.ts";
import type { Work } from "./perform-steps.ts";

export interface Tested {
  readonly status: NodeStatus;
  readonly failures?: number | undefined;
  readonly sample?: RowSample | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export interface TestOptions {
  readonly sampleRows: number;
  readonly compiledPath: string | undefined;
  /** `--store-failures`. */
  readonly storeFailures: boolean;
  /** Whether values of a column are not to be shown. */
  readonly masks?: ((node: ProjectNode, column: string) => boolean) | undefined;
}

/** Counts the rows a test finds and holds the count against its thresholds. */
export async function testNode(
  work: Work,
  node: ProjectNode,
  compiled: Compiled,
  options: TestOptions,
): Promise<Tested> {
  const { session, project, signal } = work;
  const { limit } = node.config;
  const before = `select ${node.config.failCalc ?? "count(*)"} as failures from (\n`;
  const limited = limit === undefined ? compiled.sql : `select * from (\n${compiled.sql}\n) mesh_rows limit ${limit}`;
  const shift = limit === undefined ? 0 : "select * from (\n".length;
  try {
    const stored = storedAs(node, options.storeFailures);
    const rows = stored === undefined ? undefined : session.dialect.relation(node.relation);
    if (stored !== undefined) await store(work, node, stored, limited, shift);
    const step: Step = {
      sql: `${before}${rows === undefined ? limited : `select * from ${rows}`}\n) mesh_failures`,
      bodyAt: rows === undefined ? before.length + shift : undefined,
    };
    const [[count] = []] = await query(work, step);
    const failures = Number(count ?? 0);
    const status = verdict(node, failures);
    if (status === "pass") return { status, failures: 0, diagnostics: [] };
    const source = rows === undefined ? `(\n${compiled.sql}\n)` : rows;
    const sample =
      options.sampleRows > 0 && failures > 0 ? await sampleOf(work, source, options.sampleRows) : undefined;
    const seen = sample === undefined ? [] : sampleLines(node, sample, options.masks);
    return {
      status,
      failures,
      sample,
      diagnostics: [failure(project, node, status, failures, { seen, rows, options })],
    };
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    const { step, error: reason } = error;
    const inside = reason.offset !== undefined && step.bodyAt !== undefined && reason.offset >= step.bodyAt;
    const offset = inside ? reason.offset! - step.bodyAt! : undefined;
    const trouble = { code: reason.code, message: reason.message, offset, candidates: reason.candidates };
    if (signal?.aborted === true && reason.code === "cancelled") throw reason;
    return {
      status: "error",
      diagnostics: [engineDiagnostic(project, node, trouble, compiled, { compiledPath: options.compiledPath })],
    };
  }
}

/** Whether, and as what, a test keeps the rows it finds. */
function storedAs(node: ProjectNode, always: boolean): "table" | "view" | undefined {
  const { storeFailures, storeFailuresAs } = node.config;
  if (storeFailuresAs !== undefined) return storeFailuresAs === "ephemeral" ? undefined : storeFailuresAs;
  return (storeFailures ?? always) ? "table" : undefined;
}

async function store(work: Work, node: ProjectNode, as: "table" | "view", sql: string, shift: number): Promise<void> {
  await ensureSchema(work, node);
  const name = work.session.dialect.relation(node.relation);
  const existing = work.catalog.get(node.relation);
  const before = `create ${as} ${name} as\n`;
  await inTransaction(work, async () => {
    if (existing !== undefined) await runStep(work, { sql: `drop ${existing} if exists ${name}` });
    await runStep(work, { sql: before + sql, bodyAt: before.length + shift });
  });
  work.catalog.set(node.relation, as);
}

async function query(work: Work, step: Step): Promise<readonly Row[]> {
  try {
    work.sent?.(step.sql);
    return await (await work.session.query(step.sql, { signal: work.signal })).rows();
  } catch (error) {
    throw error instanceof EngineError ? new StepError(step, error) : error;
  }
}

function verdict(node: ProjectNode, failures: number): "pass" | "fail" | "warn" {
  const { severity, errorIf, warnIf } = node.config;
  if (severity === "error" && holds(failures, errorIf)) return "fail";
  return holds(failures, warnIf) ? "warn" : "pass";
}

/** `failures` against a comparison such as `> 10`. */
function holds(failures: number, condition: string): boolean {
  const [, sign, number] = /^\s*(==?|!=|<>|<=|<|>=|>)\s*(\d+)\s*$/.exec(condition) ?? [];
  const limit = Number(number);
  switch (sign) {
    case "=":
    case "==":
      return failures === limit;
    case "!=":
    case "<>":
      return failures !== limit;
    case "<":
      return failures < limit;
    case "<=":
      return failures <= limit;
    case ">":
      return failures > limit;
    case ">=":
      return failures >= limit;
    default:
      throw new Error(`the threshold "${condition}" was let through`);
  }
}

async function sampleOf(work: Work, source: string, rows: number): Promise<RowSample> {
  const sql = `select * from ${source} mesh_failures limit ${rows}`;
  const result = await work.session.query(sql, { signal: work.signal });
  return { columns: result.columns, rows: await result.rows() };
}

const widest = 40;

/** The first rows that break a rule, as a table. */
function sampleLines(node: ProjectNode, sample: RowSample, masks: TestOptions["masks"]): string[] {
  const names = sample.columns.map((c) => c.name);
  const shown = (cell: Cell, column: string): string => {
    if (masks?.(node, column) === true) return "•••";
    const text =
      cell === null
        ? "null"
        : typeof cell === "object"
          ? JSON.stringify(cell, (_, v: unknown) => (typeof v === "bigint" ? v.toString() : v))
          : String(cell);
    return text.length > widest ? `${text.slice(0, widest - 1)}…` : text;
  };
  const table = [names, ...sample.rows.map((row) => row.map((cell, i) => shown(cell, names[i]!)))];
  const widths = names.map((_, i) => Math.max(...table.map((cells) => cells[i]!.length)));
  return table.map((cells) =>
    cells
      .map((c, i) => c.padEnd(widths[i]!))
      .join("  ")
      .trimEnd(),
  );
}

/** Where a model makes a column: the last place of its query that bears the name. */
function columnPlace(project: Project, model: ProjectNode, column: string): Span | undefined {
  if (model.resourceType !== "model") return undefined;
  const compiled = project.compile(model);
  const word = new RegExp(`(?<![\\w.'])"?${column.replaceAll(/[^\w]/g, "\\$&")}"?(?![\\w'.])`, "gi");
  const last = [...compiled.sql.matchAll(word)].at(-1);
  return last === undefined ? undefined : compiled.locate(last.index, last[0].length);
}

function failure(
  project: Project,
  node: ProjectNode,
  status: "fail" | "warn",
  failures: number,
  more: { readonly seen: readonly string[]; readonly rows: string | undefined; readonly options: TestOptions },
): Diagnostic {
  const { errorIf, warnIf } = node.config;
  const condition = status === "fail" ? errorIf : warnIf;
  const rule = condition === "!= 0" ? "none may be there" : `it may not find ${condition}`;
  const attached = node.test?.attachedTo ?? "";
  const source = project.sources.get(attached);
  const model = project.nodes.get(attached);
  const owner = model?.name ?? (source === undefined ? undefined : `${source.source}.${source.name}`);
  const column = node.test?.column;
  const subject = owner === undefined ? "its query" : column === undefined ? `"${owner}"` : `"${owner}.${column}"`;
  const test = node.test?.kind === "generic" ? node.test.name : `"${node.name}"`;
  const place = model === undefined || column === undefined ? undefined : columnPlace(project, model, column);
  const { rows, seen, options } = more;
  const help =
    rows !== undefined
      ? `all of them: select * from ${rows}`
      : options.compiledPath === undefined
        ? undefined
        : `run it yourself: ${options.compiledPath}`;
  return sqlCodes.create(
    "test-failed",
    { test, subject, failures, rule },
    {
      severity: status === "fail" ? "error" : "warning",
      span: node.place,
      product: node.product,
      ...(seen.length === 0 ? {} : { details: seen }),
      ...(place === undefined ? {} : { related: [{ message: `${subject} is made here`, span: place }] }),
      ...(help === undefined ? {} : { help }),
    },
  );
}
