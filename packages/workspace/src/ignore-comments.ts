import type { Diagnostic, Span } from "@meshwork/diagnostics";
import { didYouMean } from "@meshwork/diagnostics";
import { meshArea } from "@meshwork/contract";
import { ignoreArea } from "./rules/area.ts";

/** A comment that accepts findings: `# mesh-ignore contract/owner-email: moves in Q1 until 2027-01-31`. */
export interface IgnoreComment {
  readonly codes: readonly string[];
  /** Absent where nobody says why; such a comment holds nothing back. */
  readonly reason: string | undefined;
  /** The last day on which it holds, `YYYY-MM-DD`. */
  readonly until: string | undefined;
  /** Of the comment itself. */
  readonly span: Span;
  /** Lines whose findings it accepts, both included. */
  readonly from: number;
  readonly to: number;
}

const MARK = "mesh-ignore";
const COMMENT = /(?:^|\s)(?:#|--|\{#-?|\/\*)\s*(mesh-ignore\b(.*?))\s*(?:-?#\}|\*\/)?\s*$/;

/**
 * The comments of a YAML or SQL text. One that stands behind something is about its line; one on a line of its own is
 * about the line below, and in YAML about everything that is indented deeper than that.
 */
export function ignoreComments(file: string, text: string): readonly IgnoreComment[] {
  if (!text.includes(MARK)) return [];
  const lines = text.split(/\r?\n/);
  const yaml = /\.ya?ml$/.test(file);
  return lines.flatMap((line, at): IgnoreComment[] => {
    const found = line.includes(MARK) ? COMMENT.exec(line) : null;
    if (found === null) return [];
    const column = line.indexOf(MARK) + 1;
    const span = { file, line: at + 1, column, endLine: at + 1, endColumn: column + found[1]!.trimEnd().length };
    const [named = "", ...rest] = found[2]!.split(":");
    const said = /^(.*?)(?:\s*\buntil\s+(\d{4}-\d{2}-\d{2}))?$/.exec(rest.join(":").trim())!;
    const codes = named.split(/[\s,]+/).filter((code) => code !== "");
    const own = line.slice(0, found.index).trim() === "";
    return [{ codes, reason: said[1] || undefined, until: said[2], span, ...(own ? below(lines, at, yaml) : on(at)) }];
  });
}

const on = (at: number) => ({ from: at + 1, to: at + 1 });

function below(lines: readonly string[], at: number, yaml: boolean): { from: number; to: number } {
  const idle = (line: string): boolean => /^\s*(?:#|--|\{#|$)/.test(line);
  let first = at + 1;
  while (first < lines.length && idle(lines[first]!)) first++;
  let last = first;
  if (yaml) {
    const depth = indentOf(lines[first] ?? "");
    while (last + 1 < lines.length && (lines[last + 1]!.trim() === "" || indentOf(lines[last + 1]!) > depth)) last++;
  }
  return { from: first + 1, to: last + 1 };
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** Which findings comments accept, and which comments accept none. */
export class AcceptedFindings {
  readonly #byFile = new Map<string, IgnoreComment[]>();
  readonly #used = new Set<string>();
  readonly #today: string;

  constructor(comments: Iterable<IgnoreComment>, today: string) {
    this.#today = today;
    for (const comment of comments) {
      const list = this.#byFile.get(comment.span.file);
      if (list) list.push(comment);
      else this.#byFile.set(comment.span.file, [comment]);
    }
  }

  /** What nobody accepts. Places are worked out only where a comment may be about them. */
  rest(found: readonly Diagnostic[]): readonly Diagnostic[] {
    if (this.#byFile.size === 0) return found;
    return found.filter((d) => {
      const comments = d.span && this.#byFile.get(d.span.file);
      if (!comments) return true;
      const { line } = d.span;
      const hits = comments.filter(
        (c) => !this.#isOver(c) && c.reason !== undefined && c.from <= line && line <= c.to && c.codes.includes(d.code),
      );
      for (const hit of hits) this.#used.add(keyOf(hit, d.code));
      return hits.length === 0;
    });
  }

  /** Comments that are over, that do not say why or name no code, and that accept nothing. */
  problems(codes: ReadonlySet<string>, isLinted: (code: string) => boolean): Diagnostic[] {
    const all = [...this.#byFile.values()].flat();
    return all.flatMap((comment): Diagnostic[] => {
      const { span, until, reason } = comment;
      if (comment.codes.length === 0 || reason === undefined)
        return [ignoreArea.create("ignore-unexplained", { named: comment.codes.length > 0 }, { span })];
      return comment.codes.flatMap((code): Diagnostic[] => {
        if (!codes.has(code))
          return [meshArea.create("unknown-rule", { rule: code, suggestion: didYouMean(code, codes) }, { span })];
        if (this.#isOver(comment)) return [meshArea.create("ignore-expired", { rule: code, until: until! }, { span })];
        const idle = isLinted(code) && !this.#used.has(keyOf(comment, code));
        return idle ? [ignoreArea.create("ignore-unused", { rule: code }, { span })] : [];
      });
    });
  }

  #isOver({ until }: IgnoreComment): boolean {
    return until !== undefined && until < this.#today;
  }
}

const keyOf = ({ span }: IgnoreComment, code: string): string => `${span.file}\n${span.line}\n${code}`;
