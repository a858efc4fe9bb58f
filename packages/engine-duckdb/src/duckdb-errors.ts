import { EngineError, type EngineErrorCode } from "@meshwork/engine";

/** What DuckDB says with `errors_as_json`. */
interface Report {
  readonly exception_type?: string;
  readonly exception_message?: string;
  /** Offset in bytes of UTF-8. */
  readonly position?: string;
  readonly candidates?: string;
  readonly error_subtype?: string;
  readonly type?: string;
  readonly name?: string;
}

function report(message: string): Report {
  const brace = message.indexOf("{");
  if (brace !== -1 && message.includes('"exception_type"')) {
    try {
      return JSON.parse(message.slice(brace)) as Report;
    } catch {
      // An older or wrapped text: read as plain.
    }
  }
  // Opening a database fails before any setting is in force.
  const plain = /^([A-Z][A-Za-z -]*?) Error: ([\s\S]*)$/.exec(
    message.replace(/^.*?: (?=[A-Z][A-Za-z ]* Error: )/s, ""),
  );
  return plain === null ? { exception_message: message } : { exception_type: plain[1]!, exception_message: plain[2]! };
}

/** UTF-16 units before a byte offset. */
function utf16Offset(sql: string, bytes: number): number {
  return Buffer.from(sql, "utf8").subarray(0, bytes).toString("utf8").length;
}

const quoted = (text: string): string[] =>
  [...text.matchAll(/"((?:[^"]|"")+)"/g)].map((m) => m[1]!.replaceAll('""', '"'));

/** Names offered in `Candidate bindings: "a", "b"` and `Did you mean "t" or "u"?`. */
function candidatesOf(text: string): string[] {
  const found = new Set<string>();
  for (const line of text.matchAll(/(?:Candidate bindings:|Did you mean|Candidate tables:|\(use:) *:?([^\n]*)/g))
    for (const name of quoted(line[1]!)) found.add(name);
  return [...found];
}

function codeOf(r: Report, text: string): EngineErrorCode {
  if (/No space left on device|ENOSPC|disk (?:is )?full|max_temp_directory_size/i.test(text)) return "disk-full";
  if (/Could not set lock on file|Conflicting lock|file is already open/i.test(text)) return "locked";
  switch (r.exception_type?.toLowerCase()) {
    case "parser":
    case "syntax":
      return "syntax";
    case "interrupt":
      return "cancelled";
    case "out of memory":
      return "out-of-memory";
    case "constraint":
      return "constraint";
    case "conversion":
      return text.startsWith("Unimplemented type for cast") ? "type-mismatch" : "conversion";
    case "out of range":
    case "decimal":
      return "conversion";
    case "catalog":
      // A missing function, type or setting is no relation.
      return /^(?:Table|View|Schema)\b.* does not exist/s.test(text) ? "unknown-relation" : "other";
    case "binder":
      if (
        r.error_subtype === "COLUMN_NOT_FOUND" ||
        /does not have a column named|Referenced column .* not found/.test(text)
      )
        return "unknown-column";
      if (/^Ambiguous reference to (?:column|table)/.test(text)) return "ambiguous-column";
      if (/^(?:Referenced table|Catalog) .*(?:not found|does not exist)/.test(text)) return "unknown-relation";
      if (
        r.error_subtype === "NO_MATCHING_FUNCTION" ||
        /No function matches|Cannot (?:compare|mix|cast|combine)|type mismatch|Unimplemented type for cast|explicit type cast/i.test(
          text,
        )
      )
        return "type-mismatch";
      return "other";
    default:
      return "other";
  }
}

/** DuckDB's error as one of ours: what kind it is, where in the statement, and which names would do. */
export function engineError(thrown: unknown, sql = "", cancelled = false): EngineError {
  if (thrown instanceof EngineError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const r = report(message);
  const text = (r.exception_message ?? message).trim();
  const code = cancelled ? "cancelled" : codeOf(r, text);
  const candidates = candidatesOf(text);
  if (candidates.length === 0 && r.error_subtype === "MISSING_ENTRY" && r.candidates)
    candidates.push(...r.candidates.split(",").map((c) => c.trim()));
  // The names stand in `candidates`, the line in `offset`: the message keeps what is left.
  const holder = /Conflicting lock is held in (\S+)(?:.*?)\(PID (\d+)\)/s.exec(text);
  const file = /lock on file "([^"]+)"/.exec(text)?.[1];
  if (code === "locked" && holder !== null)
    return new EngineError(code, `The database file ${file ?? ""} is in use by ${holder[1]} (process ${holder[2]}).`, {
      retryable: true,
      cause: thrown,
    });
  const short = text
    .replace(/\n+(?:Candidate bindings:|Candidate tables:|Did you mean)[^\n]*/g, "")
    .replace(/\n+LINE \d+:[\s\S]*$/, "")
    .trim();
  const position = r.position === undefined ? undefined : Number(r.position);
  return new EngineError(code, code === "cancelled" ? "The query was cancelled." : short, {
    retryable: code === "locked",
    offset: position === undefined || sql === "" ? undefined : utf16Offset(sql, position),
    candidates,
    cause: thrown,
  });
}
