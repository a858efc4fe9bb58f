import { didYouMean, nearest } from "@meshwork/diagnostics";
import type { Diagnostic, RelatedPlace, Span } from "@meshwork/diagnostics";
import type { EngineErrorCode } from "@meshwork/engine";
import type { Compiled, Project, ProjectNode } from "../model.ts";
import { sqlCodes } from "../sql.codes.ts";

/** What an engine or a binder says of a statement; `offset` counts into the compiled query. */
export interface EngineTrouble {
  readonly code: EngineErrorCode;
  readonly message: string;
  readonly offset?: number | undefined;
  readonly candidates: readonly string[];
}

/** The engine's error at the author's line, with the names that would do. */
export function engineDiagnostic(
  project: Project,
  node: ProjectNode,
  trouble: EngineTrouble,
  compiled: Compiled | undefined,
  extra: { readonly compiledPath?: string | undefined } = {},
): Diagnostic {
  const missing = missingSource(project, node, trouble);
  const product = node.product;
  if (missing !== undefined) {
    const details = [trouble.message.split("\n")[0]!];
    return sqlCodes.create(
      "missing-source-table",
      { source: missing.name, relation: missing.relation },
      { span: missing.place, product, details },
    );
  }
  const word =
    trouble.offset === undefined || compiled === undefined ? undefined : wordAt(compiled.sql, trouble.offset);
  const span =
    (trouble.offset === undefined ? undefined : compiled?.locate(trouble.offset, word?.length ?? 1)) ?? node.place;
  const near = offered(word, trouble.candidates);
  const [first, ...rest] = trouble.message.trim().split("\n");
  const reason = `${sentence(first ?? "The engine gave no reason")}${near}`;
  const details = rest.map((l) => l.trimEnd()).filter((l) => l !== "");
  const slip = compiled === undefined ? undefined : keywordSlip(trouble, compiled);
  const help = slip?.help ?? nextStep(trouble, extra.compiledPath);
  const writers = (trouble.offset === undefined ? [] : (compiled?.writers?.(trouble.offset) ?? []))
    .slice(0, 6)
    .map(({ macro, place }) => ({ message: `written by macro "${macro}"`, span: place }));
  const related = [...(slip === undefined ? [] : [slip.related]), ...writers];
  return sqlCodes.create(
    "query-failed",
    { reason },
    {
      span,
      product,
      ...(details.length === 0 ? {} : { details }),
      ...(related.length === 0 ? {} : { related }),
      ...(help === undefined ? {} : { help }),
    },
  );
}

const keywords =
  "select from where group order having join left right inner outer cross union limit with distinct case when then else over partition qualify".split(
    " ",
  );

/** Engines complain about the word after a misspelt keyword: the one before it is what to look at. */
function keywordSlip(
  trouble: EngineTrouble,
  compiled: Compiled,
): { readonly help: string; readonly related: RelatedPlace } | undefined {
  if (trouble.code !== "syntax" || trouble.offset === undefined) return undefined;
  const before = /([A-Za-z]{4,12})\s+$/.exec(compiled.sql.slice(Math.max(0, trouble.offset - 200), trouble.offset));
  const word = before?.[1];
  if (before === null || word === undefined || keywords.includes(word.toLowerCase())) return undefined;
  const [near] = nearest(word.toLowerCase(), keywords);
  const span = compiled.locate(trouble.offset - before[0].length, word.length);
  if (near === undefined || span === undefined) return undefined;
  return { help: `write ${near}`, related: { message: `"${word}" looks like "${near}"`, span } };
}

function offered(word: string | undefined, candidates: readonly string[]): string {
  if (candidates.length === 0) return "";
  if (candidates.length === 1) return ` Did you mean "${candidates[0]}"?`;
  const list = candidates.slice(0, 8).map((c) => `"${c}"`);
  return didYouMean(word ?? "", candidates) || ` There are: ${list.join(", ")}${candidates.length > 8 ? ", …" : ""}.`;
}

function nextStep(trouble: EngineTrouble, compiledPath: string | undefined): string | undefined {
  switch (trouble.code) {
    case "disk-full":
      return "free some space and run it again; the old table is still there";
    case "locked":
      return "wait for the other process, or end it";
    case "out-of-memory":
      return "give the engine more memory, or read less at once";
    default:
      return compiledPath === undefined ? undefined : `the compiled SQL is in ${compiledPath}`;
  }
}

/** A source whose table or files are not there, where the error says so. */
function missingSource(
  project: Project,
  node: ProjectNode,
  trouble: EngineTrouble,
): { name: string; relation: string; place: Span } | undefined {
  const lost =
    trouble.code === "unknown-relation" ||
    /No files found|does not exist|No such file|could not be found|cannot open file/i.test(trouble.message);
  if (!lost || trouble.code === "unknown-column") return undefined;
  for (const dependency of node.dependencies) {
    if (dependency.kind !== "source") continue;
    const source = project.sources.get(dependency.id);
    if (source === undefined) continue;
    const names = [source.relation.name, ...filesOf(source.location)];
    if (!names.some((n) => trouble.message.includes(n))) continue;
    return {
      name: `${source.source}.${source.name}`,
      relation: source.location ?? project.dialect.relation(source.relation),
      place: dependency.place,
    };
  }
  return undefined;
}

const filesOf = (location: string | undefined): string[] =>
  [...(location ?? "").matchAll(/'((?:[^']|'')+)'/g)].map((m) => m[1]!.replaceAll("''", "'"));

/** The name or word that begins at an offset. */
function wordAt(sql: string, offset: number): string | undefined {
  const rest = sql.slice(offset);
  return /^"((?:[^"]|"")+)"/.exec(rest)?.[1] ?? /^[\p{L}\p{N}_]+/u.exec(rest)?.[0];
}

const sentence = (text: string): string => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);
