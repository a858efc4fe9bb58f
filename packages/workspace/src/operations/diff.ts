import { readFileSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import type { ClassifyOptions, CompatibilityMode, Direction, GradedChange, Level } from "@meshwork/compatibility";
import {
  changeDiagnostic,
  classifyAll,
  compatibilityModes,
  diff as changesBetween,
  isCompatibilityMode,
  semverVerdict,
  sentenceOf,
} from "@meshwork/compatibility";
import type { Contract, Read } from "@meshwork/contract";
import { readContract } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors, nearest } from "@meshwork/diagnostics";
import { fileAt, resolveRef } from "../git.ts";
import type { OperationResult } from "../operation.ts";
import { answering, Refusal } from "../operation.ts";

export interface DiffOptions {
  /** Absolute; paths are relative to it. */
  readonly cwd: string;
  /** A contract file, or `REF:path/to/contract.yaml` of git. */
  readonly before: string;
  readonly after: string;
  readonly direction?: string | undefined;
  readonly mode?: string | undefined;
  readonly now?: Date | undefined;
}

export interface GradedLine {
  readonly code: string;
  readonly path: readonly (string | number)[];
  readonly level: Level;
  readonly reason: string;
  readonly message: string;
}

export interface DiffResult {
  readonly level: Level;
  readonly before: string;
  readonly after: string;
  /** The least version that the changes ask for. */
  readonly required: string;
  readonly announced: boolean;
  readonly changes: readonly GradedLine[];
}

/** What changed between two contracts, how far each change reaches, and whether the new version says so. */
export const diff = (options: DiffOptions): Promise<OperationResult<DiffResult | null>> =>
  answering<DiffResult | null>(null, async () => {
    const before = readAt(options.cwd, options.before);
    const after = readAt(options.cwd, options.after);
    const broken = [...before.diagnostics, ...after.diagnostics].filter((d) => d.severity === "error");
    if (!before.value || !after.value) return { exitCode: 1, diagnostics: broken, summary: {}, results: null };
    const graded = grade(before as Usable, after as Usable, {
      direction: directionOf(options.direction),
      mode: modeOf(options.mode),
      today: (options.now ?? new Date()).toISOString().slice(0, 10),
    });
    const diagnostics = [...broken, ...graded.findings()];
    return {
      exitCode: hasErrors(diagnostics) ? 1 : 0,
      diagnostics,
      summary: { changes: graded.result.changes.length },
      results: graded.result,
    };
  });

/** What a major change takes from readers or alters: a column (dotted where it is nested), a whole port, or the product. */
export interface Touched {
  readonly port: string | undefined;
  readonly column: string | undefined;
  /** It is there no more: whoever still reads it breaks. What is there in another form may be read on. */
  readonly gone: boolean;
  /** As a clause: `column "discount" is gone`. */
  readonly what: string;
}

export type Usable = Read<Contract> & { readonly value: Contract };

export interface GradeOptions extends Omit<ClassifyOptions, "today"> {
  readonly today: string;
  readonly product?: string | undefined;
  /** Earlier versions that the new one is held against, too. */
  readonly earlier?: readonly Contract[] | undefined;
  /** What to do about a major change; the version that announces it where absent. */
  readonly help?: string | undefined;
}

export interface Graded {
  readonly result: DiffResult;
  readonly changes: readonly GradedChange[];
  readonly touched: readonly Touched[];
  /** Findings: an error for each major change, unless the version announces it or `permitted` says why it may be. */
  findings(permitted?: string, approvals?: (change: GradedChange) => Agreement): Diagnostic[];
}

/** Whether a change that needs somebody's agreement has it; if not, what is missing. */
export interface Agreement {
  readonly given: boolean;
  readonly help?: string | undefined;
}

/** Grades the removal of a product: none of its ports is there any more, and no version is left to say so. */
export const gradeRemoval = (before: Usable, options: GradeOptions): Graded =>
  grade(
    before,
    { ...before, value: { ...before.value, ports: [] } },
    { ...options, help: "keep it, deprecated with a date that its readers know, and delete it after that" },
  );

/** Grades the differences of two readable contracts; an unannounced major change is an error at its place. */
export function grade(before: Usable, after: Usable, options: GradeOptions): Graded {
  const direct = classifyAll(changesBetween(before.value, after.value), options);
  const changes = [...direct, ...sinceEarlier(before.value, after.value, direct, options)];
  const verdict = semverVerdict(changes, before.value.version, after.value.version);
  const major = changes.filter((c) => c.level === "major" && c.scope !== "input");
  return {
    changes,
    touched: major.map((c) => ({
      port: c.port,
      column: c.code === "compat/column-renamed" ? formerName(c) : c.column,
      gone: c.code === "compat/column-renamed" || (c.after === undefined && gone.has(c.code)),
      what: c.message,
    })),
    result: {
      level: verdict.level,
      before: before.value.version,
      after: after.value.version,
      required: verdict.required,
      announced: verdict.announced,
      changes: changes.map((c) => ({
        code: c.code,
        path: c.path,
        level: c.level,
        reason: c.reason,
        message: sentenceOf(c),
      })),
    },
    findings: (permitted, approvals) =>
      changes.flatMap((c) => {
        const approval = c.approval === true ? approvals?.(c) : undefined;
        if ((verdict.announced || !major.includes(c)) && (c.approval !== true || approval?.given === true)) return [];
        const step = verdict.announced
          ? undefined
          : (permitted ?? options.help ?? `take it back, or set version: ${verdict.required}`);
        const help = [...(major.includes(c) && step ? [step] : []), ...(approval?.help ? [approval.help] : [])];
        return [
          changeDiagnostic(c, {
            announced: verdict.announced || permitted !== undefined,
            approval: approval && (approval.given ? "given" : "missing"),
            product: options.product,
            // What is gone has no place in the new text: the nearest thing that is left stands for it.
            span: () => after.source.spanOf(c.document === "before" ? c.path.slice(0, -1) : c.path),
            ...(help.length > 0 ? { help: help.join("; ") } : {}),
          }),
        ];
      }),
  };
}

/**
 * What breaks who still reads an earlier version, though neither of the steps from there to here did: a column that went
 * in time and is there again with another type.
 */
function sinceEarlier(
  before: Contract,
  after: Contract,
  direct: readonly GradedChange[],
  options: GradeOptions,
): GradedChange[] {
  const keyOf = (c: Pick<GradedChange, "code" | "port" | "column" | "check">) =>
    JSON.stringify([c.code, c.port, c.column, c.check]);
  const known = new Set(direct.map(keyOf));
  return (options.earlier ?? []).flatMap((version) => {
    const then = new Set(changesBetween(version, before).map(keyOf));
    return classifyAll(changesBetween(version, after), options)
      .filter((c) => c.level === "major" && c.scope !== "input" && !then.has(keyOf(c)) && !known.has(keyOf(c)))
      .map((c) => {
        known.add(keyOf(c));
        return { ...c, message: `${c.message} (as version ${version.version} promised it)` };
      });
  });
}

/** A renamed column is gone under the name that its readers know. */
const formerName = ({ column = "", before }: GradedChange): string =>
  `${column.slice(0, column.lastIndexOf(".") + 1)}${String(before)}`;

const gone: ReadonlySet<string> = new Set(["compat/column-removed", "compat/port-removed"]);

function readAt(cwd: string, name: string): Read<Contract> {
  const colon = name.indexOf(":");
  if (colon > 1) {
    const [ref, file] = [name.slice(0, colon), name.slice(colon + 1)];
    const commit = resolveRef(cwd, ref);
    const text = commit && fileAt(cwd, commit, file);
    if (commit !== undefined && text !== undefined) return readContract({ file, text });
    throw new Refusal(
      commit === undefined
        ? `git knows no "${ref}" here.\nName a commit, branch or tag before the colon.`
        : `${file} does not exist at ${ref}.\ngit ls-tree -r --name-only ${ref} lists what does.`,
    );
  }
  const path = resolve(cwd, name);
  try {
    return readContract({ file: relative(cwd, path).split(sep).join("/"), text: readFileSync(path, "utf8") });
  } catch {
    throw new Refusal(`${name} cannot be read.\nName a contract file, or REF:path for one in git.`);
  }
}

function directionOf(asked: string | undefined): Direction {
  if (asked === undefined || asked === "output" || asked === "input") return asked ?? "output";
  throw new Refusal(`No direction "${asked}".\nIt is output (what a product offers) or input (what it expects).`);
}

export function modeOf(asked: string | undefined): CompatibilityMode {
  if (asked === undefined) return "keep-readers";
  if (isCompatibilityMode(asked)) return asked;
  const near = nearest(asked, compatibilityModes)[0];
  throw new Refusal(
    `No mode "${asked}".${near ? ` Did you mean ${near}?` : ""}\nKnown: ${compatibilityModes.join(", ")}.`,
  );
}
