import { didYouMean } from "@meshwork/diagnostics";
import { assertions } from "./assertions.ts";
import type { ArgumentKind, Assertion } from "./assertions.ts";
import { durationOf } from "./duration.ts";
import type { ContractCheck } from "./model.ts";
import { shown } from "./names.ts";

export interface ArgumentProblem {
  readonly reason: string;
  /** The argument that is wrong; absent where one is missing. */
  readonly key?: string | undefined;
  readonly help: string;
}

/** What the arguments of each kind have to be, in words. */
const WANTED: Readonly<Record<ArgumentKind, string>> = {
  number: "a number",
  integer: "a whole number",
  share: "a number from 0 to 1",
  bound: "a number or a date",
  text: "a text",
  flag: "true or false",
  list: "a list",
  names: "a column or a list of columns",
  column: "a column",
  duration: "a length of time such as 24h",
  any: "a value",
};

/** Keys that Great Expectations takes with every assertion and that say nothing about the data. */
const FREE = new Set(["mostly", "meta", "condition_parser", "row_condition"]);

/** Everything that keeps a check from running: unknown, missing or wrong arguments, a column too many or too few. */
export function argumentProblems(check: ContractCheck): readonly ArgumentProblem[] {
  const shape = assertions.get(check.assertion);
  if (shape === undefined) return [];
  const usage = `${shape.name} takes ${signature(shape)}`;
  const problems: ArgumentProblem[] = [];
  const given = new Set<string>();
  for (const [key, value] of Object.entries(check.arguments)) {
    const single = key === "value" && !Object.hasOwn(shape.arguments, key);
    if (FREE.has(key) && !Object.hasOwn(shape.arguments, key)) continue;
    const name = single ? shape.single : key;
    const argument = name === undefined || !Object.hasOwn(shape.arguments, name) ? undefined : shape.arguments[name];
    if (argument === undefined || name === undefined) {
      const reason = single
        ? `${shape.name} takes no single value`
        : `${shape.name} has no argument "${shown(key)}"${didYouMean(key, Object.keys(shape.arguments)).replace(/\?$/, "")}`;
      problems.push({ reason, key, help: usage });
      continue;
    }
    given.add(name);
    if (!fits(argument.kind, value)) {
      problems.push({ reason: `"${name}" has to be ${WANTED[argument.kind]}`, key, help: usage });
    }
  }
  for (const [name, argument] of Object.entries(shape.arguments)) {
    if (argument.required === true && !given.has(name)) problems.push({ reason: `"${name}" is missing`, help: usage });
  }
  if (shape.oneOf !== undefined && !shape.oneOf.some((name) => given.has(name))) {
    problems.push({ reason: `it needs one of ${shape.oneOf.join(", ")}`, help: usage });
  }
  return [...problems, ...aroundArguments(check, shape)];
}

function aroundArguments(check: ContractCheck, shape: Assertion): readonly ArgumentProblem[] {
  const problems: ArgumentProblem[] = [];
  if (shape.column === "needed" && check.column === undefined) {
    problems.push({ reason: `${shape.name} looks at a column and none is named`, help: "add column:" });
  }
  if (shape.column === "none" && check.column !== undefined) {
    problems.push({ reason: `${shape.name} looks at the whole port`, key: "column", help: "remove column:" });
  }
  if (shape.name === "sql" && check.sql === undefined) {
    problems.push({ reason: "there is no query", help: "add sql: with a query that gives one value" });
  }
  if (shape.name !== "sql" && check.sql !== undefined) {
    problems.push({ reason: `it has a query and is named ${shape.name}`, key: "sql", help: "keep assertion or sql" });
  }
  if (check.threshold !== undefined && !shape.byRow) {
    const reason = `${shape.name} does not look at single rows, so a share of them says nothing`;
    problems.push({ reason, key: "threshold", help: "remove threshold:" });
  }
  const needsColumns = (shape.name === "unique" || shape.name === "primary_key") && check.column === undefined;
  if (needsColumns && Object.keys(check.arguments).length === 0) {
    problems.push({
      reason: `${shape.name} needs a column or a list of columns`,
      help: "add column:, or value: [a, b]",
    });
  }
  return problems;
}

function fits(kind: ArgumentKind, value: unknown): boolean {
  switch (kind) {
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "integer":
      return Number.isSafeInteger(value);
    case "share":
      return typeof value === "number" && value >= 0 && value <= 1;
    case "bound":
      return (typeof value === "number" && Number.isFinite(value)) || typeof value === "string";
    case "text":
    case "column":
      return typeof value === "string";
    case "flag":
      return typeof value === "boolean";
    case "list":
      return Array.isArray(value);
    case "names":
      return (
        typeof value === "string" ||
        (Array.isArray(value) && value.length > 0 && value.every((v) => typeof v === "string"))
      );
    case "duration":
      return typeof value === "string" && durationOf(value) !== undefined;
    case "any":
      return value !== undefined;
  }
}

/** `min, max, equals` with a star at what is required. */
function signature(shape: Assertion): string {
  const names = Object.entries(shape.arguments).map(([name, { required, kind }]) => {
    return `${name} (${WANTED[kind]}${required === true ? ", required" : ""})`;
  });
  return names.length === 0 ? "no arguments" : names.join(", ");
}
