import { changeKinds } from "./changes/registry.ts";
import type { Change, ChangeKind, Direction, Effect, Grade, GradeContext, Level, Mode } from "./define-change.ts";

/** The registries' names, those that look back over all versions, and Meshwork's default. */
export const compatibilityModes = [
  "keep-readers",
  "NONE",
  "BACKWARD",
  "BACKWARD_TRANSITIVE",
  "FORWARD",
  "FORWARD_TRANSITIVE",
  "FULL",
  "FULL_TRANSITIVE",
] as const;
export type CompatibilityMode = (typeof compatibilityModes)[number];

export const isCompatibilityMode = (text: string): text is CompatibilityMode =>
  (compatibilityModes as readonly string[]).includes(text);

/** True where a change is held against every former version, not only the last. */
export const isTransitive = (mode: CompatibilityMode): boolean => mode.endsWith("_TRANSITIVE");

export interface ClassifyOptions {
  /** Of the whole contract: `output` (the default) for what it offers, `input` for what it expects of a supplier. */
  readonly direction?: Direction | undefined;
  /** Default `keep-readers`. Transitive modes grade as their base; the caller gives them more baselines. */
  readonly mode?: CompatibilityMode | undefined;
  /** Widened types count as major. */
  readonly strict?: boolean | undefined;
  /** Readers take columns by position: a moved or inserted column is major. */
  readonly positional?: boolean | undefined;
  /** ISO date: what was announced to go by then may go. */
  readonly today?: string | undefined;
  /** Levels by code that replace the usual ones: `{"compat/column-moved": "major"}`. */
  readonly rules?: Readonly<Record<string, Level>> | undefined;
}

/** A change with its grade. */
export interface GradedChange extends Change, Grade {}

const kinds = new Map<string, ChangeKind>(changeKinds.map((kind) => [`compat/${kind.name}`, kind]));

/**
 * The version step that a change asks for, and why. An output port breaks when a promise is loosened, an input port
 * when it is tightened; differences inside `inputs` are always graded as an input's.
 */
export function classify(change: Change, options: ClassifyOptions = {}): Grade {
  const mode = (options.mode ?? "keep-readers").replace("_TRANSITIVE", "") as Mode;
  const context: GradeContext = {
    direction: change.scope === "input" ? "input" : (options.direction ?? "output"),
    mode,
    strict: options.strict === true || mode === "FORWARD" || mode === "FULL",
    positional: options.positional === true,
    today: options.today,
  };
  const kind = kinds.get(change.code);
  const usual = usualGrade(change.effect, sideOf(kind, context));
  const grade = kind?.grade?.(change, context, usual) ?? usual;
  const rule =
    options.rules !== undefined && Object.hasOwn(options.rules, change.code) ? options.rules[change.code] : undefined;
  if (rule !== undefined && rule !== grade.level)
    return { ...grade, level: rule, reason: `The rules of this mesh say ${rule}.` };
  if (mode === "NONE" && grade.level === "major") {
    return { ...grade, level: "minor", reason: "Compatibility is not asked for (mode NONE)." };
  }
  return grade;
}

/** All of `diff` with grades. */
export const classifyAll = (changes: readonly Change[], options: ClassifyOptions = {}): GradedChange[] =>
  changes.map((change) => Object.assign({}, change, classify(change, options)));

type Side = Direction | "both";

/** Whose promise counts: the direction's, or that of a registry's mode where names, types and values are concerned. */
export function sideOf(kind: ChangeKind | undefined, context: GradeContext): Side {
  if (kind?.schema !== true) return context.direction;
  if (context.mode === "BACKWARD") return "input";
  if (context.mode === "FORWARD") return "output";
  return context.mode === "FULL" ? "both" : context.direction;
}

function usualGrade(effect: Effect, side: Side): Grade {
  if (effect === "neutral") return { level: "patch", reason: "Nothing that is promised changes." };
  if (effect === "changed")
    return { level: "major", reason: "What was promised no longer holds, and something else does." };
  if (side !== "input" && effect === "loosened")
    return { level: "major", reason: "Readers may rely on what is no longer promised." };
  if (side !== "output" && effect === "tightened")
    return { level: "major", reason: "Whoever supplies the data must keep a promise that was not asked for before." };
  return effect === "loosened"
    ? { level: "minor", reason: "Less is asked of whoever supplies the data." }
    : { level: "minor", reason: "More is promised; whoever reads goes on reading." };
}
