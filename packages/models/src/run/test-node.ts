import type { Diagnostic } from "@meshwork/diagnostics";
import { EngineError } from "@meshwork/engine";
import type { Session } from "@meshwork/engine";
import type { Compiled, Project, ProjectNode } from "../model.ts";
import { sqlCodes } from "../sql.codes.ts";
import { engineDiagnostic } from "./engine-diagnostics.ts";
import type { NodeStatus, RowSample } from "./outcome.ts";

export interface Tested {
  readonly status: NodeStatus;
  readonly failures?: number | undefined;
  readonly sample?: RowSample | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Counts the rows a test finds and holds the count against its thresholds. */
export async function testNode(
  project: Project,
  session: Session,
  node: ProjectNode,
  compiled: Compiled,
  options: {
    readonly sampleRows: number;
    readonly signal: AbortSignal | undefined;
    readonly compiledPath: string | undefined;
  },
): Promise<Tested> {
  const { limit } = node.config;
  const before = `select ${node.config.failCalc ?? "count(*)"} as failures from (\n`;
  const inner = limit === undefined ? compiled.sql : `select * from (\n${compiled.sql}\n) mesh_rows limit ${limit}`;
  const at = limit === undefined ? before.length : before.length + "select * from (\n".length;
  try {
    const result = await session.query(`${before}${inner}\n) mesh_failures`, { signal: options.signal });
    const [[count] = []] = await result.rows();
    const failures = Number(count ?? 0);
    const status = verdict(node, failures);
    if (status === "pass") return { status, failures, diagnostics: [] };
    const sample = options.sampleRows > 0 && failures > 0 ? await sampleOf(session, compiled.sql, options) : undefined;
    return { status, failures, sample, diagnostics: [failure(project, node, status, failures)] };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const offset = error.offset === undefined || error.offset < at ? undefined : error.offset - at;
    const trouble = { code: error.code, message: error.message, offset, candidates: error.candidates };
    return {
      status: "error",
      diagnostics: [engineDiagnostic(project, node, trouble, compiled, { compiledPath: options.compiledPath })],
    };
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

async function sampleOf(
  session: Session,
  sql: string,
  options: { readonly sampleRows: number; readonly signal: AbortSignal | undefined },
): Promise<RowSample> {
  const result = await session.query(`select * from (\n${sql}\n) mesh_failures limit ${options.sampleRows}`, {
    signal: options.signal,
  });
  return { columns: result.columns, rows: await result.rows() };
}

function failure(project: Project, node: ProjectNode, status: "fail" | "warn", failures: number): Diagnostic {
  const { errorIf, warnIf } = node.config;
  const condition = status === "fail" ? errorIf : warnIf;
  const rule = condition === "!= 0" ? "none may be there" : `it may not find ${condition}`;
  const attached = node.test?.attachedTo ?? "";
  const source = project.sources.get(attached);
  const owner =
    project.nodes.get(attached)?.name ?? (source === undefined ? undefined : `${source.source}.${source.name}`);
  const column = node.test?.column;
  const subject = owner === undefined ? "its query" : column === undefined ? `"${owner}"` : `"${owner}.${column}"`;
  const test = node.test?.kind === "generic" ? node.test.name : `"${node.name}"`;
  return sqlCodes.create(
    "test-failed",
    { test, subject, failures, rule },
    {
      severity: status === "fail" ? "error" : "warning",
      span: node.place,
      product: node.product,
    },
  );
}
