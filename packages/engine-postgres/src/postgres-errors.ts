import { EngineError, type EngineErrorCode } from "@meshwork/engine";

/** What the server (or PGlite) says of an error: the fields of the protocol's ErrorResponse. */
interface Report {
  /** SQLSTATE, or a code of Node's network layer. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly hint?: string | undefined;
  readonly detail?: string | undefined;
  /** 1 for the first character, counted in code points. */
  readonly position?: string | undefined;
}

/** SQLSTATEs, or the first two digits of a class of them: PostgreSQL's manual, appendix A. */
const codes: ReadonlyMap<string, EngineErrorCode> = new Map<string, EngineErrorCode>([
  ["42601", "syntax"],
  ["42P01", "unknown-relation"],
  ["3F000", "unknown-relation"],
  ["42703", "unknown-column"],
  ["42702", "ambiguous-column"],
  ["42804", "type-mismatch"],
  ["42846", "type-mismatch"],
  ["42725", "type-mismatch"],
  ["42P18", "type-mismatch"],
  ["57014", "cancelled"],
  ["53100", "disk-full"],
  ["53200", "out-of-memory"],
  ["55P03", "locked"],
  ["22", "conversion"],
  ["23", "constraint"],
  ["08", "unreachable"],
  ["57P", "unreachable"],
  ["53300", "unreachable"],
  ["28", "unreachable"],
  ["3D000", "unreachable"],
]);
const network = /^(?:ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|ENOENT)/;
/** Deadlocks and serialisation failures: the same statement may do the next time. */
const again = new Set(["40001", "40P01", "53300", "55P03", "57P03"]);

function codeOf({ code = "", message = "" }: Report): EngineErrorCode {
  if (network.test(code) || /^(?:Connection terminated|timeout expired)/.test(message)) return "unreachable";
  // One SQLSTATE for functions and operators: an operator that lacks a type is a mismatch, an unknown function is none.
  if (code === "42883") return message.startsWith("operator does not exist") ? "type-mismatch" : "other";
  return codes.get(code) ?? codes.get(code.slice(0, 3)) ?? codes.get(code.slice(0, 2)) ?? "other";
}

/** UTF-16 units before a position that counts code points from 1. */
export function utf16Offset(sql: string, position: number): number {
  let at = 0;
  for (let left = position - 1; left > 0 && at < sql.length; left--) at += sql.codePointAt(at)! > 0xffff ? 2 : 1;
  return at;
}

/** The column names of `Perhaps you meant to reference the column "t.amount" or the column "u.amount".` */
function candidatesOf(hint: string): string[] {
  const found = [...hint.matchAll(/the column "((?:[^"]|"")+)"/g)].map((m) => m[1]!);
  return [...new Set(found.map((name) => name.slice(name.indexOf(".") + 1)))];
}

/** PostgreSQL's error as one of ours: what kind it is, where in the statement, and which names would do. */
export function engineError(thrown: unknown, sql = "", options: { readonly cancelled?: boolean } = {}): EngineError {
  if (thrown instanceof EngineError) return thrown;
  const report = (typeof thrown === "object" && thrown !== null ? thrown : { message: String(thrown) }) as Report;
  const code = options.cancelled ? "cancelled" : codeOf(report);
  // Node joins the failures of several addresses into one error without a message.
  const inner = (report as { errors?: readonly Report[] }).errors?.[0]?.message;
  const message = (report.message || inner || report.code || "PostgreSQL gave no reason").trim();
  const hint = report.hint?.trim() ?? "";
  const candidates = candidatesOf(hint);
  const more = [report.detail?.trim(), candidates.length > 0 ? "" : hint].filter((t) => t !== undefined && t !== "");
  const position = Number(report.position);
  return new EngineError(
    code,
    code === "cancelled" ? "The query was cancelled." : [sentence(message), ...more].join("\n"),
    {
      retryable: code === "unreachable" ? network.test(report.code ?? "") : again.has(report.code ?? ""),
      offset: sql === "" || !Number.isInteger(position) || position < 1 ? undefined : utf16Offset(sql, position),
      candidates,
      cause: thrown,
    },
  );
}

/** PostgreSQL begins its messages in lower case. */
const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
