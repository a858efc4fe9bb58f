import { gt, gte, inc, parse } from "semver";
import type { Change, Grade, Level } from "./define-change.ts";

export interface Verdict {
  /** The highest level among the changes that a reader of the product sees. */
  readonly level: Level;
  /** The least version that says so; the version before where nothing asks for a step. */
  readonly required: string;
  /** True where the version after says at least as much. */
  readonly announced: boolean;
  /** `backwards` where the new version is older than the one before; `unreadable` where one is no semantic version. */
  readonly problem?: "backwards" | "unreadable" | undefined;
}

const order: readonly Level[] = ["none", "patch", "minor", "major"];

/** The higher of two levels. */
export const higher = (a: Level, b: Level): Level => (order.indexOf(a) >= order.indexOf(b) ? a : b);

/**
 * Which version step the changes ask for, and whether the contract takes it. Changed expectations of the product's
 * own inputs concern its suppliers, not its readers: for its version they weigh no more than a patch.
 * Before 1.0.0 a minor step announces a break (semver.org, 4). A pre-release announces what its release would.
 */
export function semverVerdict(
  changes: readonly (Pick<Change, "scope"> & Pick<Grade, "level">)[],
  beforeVersion: string,
  afterVersion: string,
): Verdict {
  const level = changes.reduce<Level>((most, change) => higher(most, weight(change)), "none");
  const [before, after] = [parse(beforeVersion), parse(afterVersion)];
  if (before === null || after === null) {
    return { level, required: beforeVersion, announced: level === "none", problem: "unreadable" };
  }
  const step = level === "major" && before.major === 0 ? "minor" : level;
  const required = step === "none" ? before.version : (inc(before, step) ?? before.version);
  const release = `${after.major}.${after.minor}.${after.patch}`;
  if (gt(before, after)) return { level, required, announced: false, problem: "backwards" };
  return { level, required, announced: step === "none" || (gt(after, before) && gte(release, required)) };
}

const weight = (change: Pick<Change, "scope"> & Pick<Grade, "level">): Level =>
  change.scope === "input" && order.indexOf(change.level) > order.indexOf("patch") ? "patch" : change.level;
