import { nearest } from "@meshwork/diagnostics";
import { methodNames } from "./select-methods.ts";

export type IndirectSelection = "eager" | "cautious" | "buildable" | "empty";

/** One term: a method, its value, and how far to walk. */
export interface Criteria {
  readonly kind: "criteria";
  readonly raw: string;
  readonly method: string;
  readonly value: string;
  /** Steps up and down; nothing where none is asked for. */
  readonly parents: number | undefined;
  readonly children: number | undefined;
  /** `@`: children, and all the parents of those. */
  readonly at: boolean;
  readonly indirect: IndirectSelection;
}

/** Sets of terms, as the command line and `selectors.yml` combine them. */
export interface SpecGroup {
  readonly kind: "union" | "intersection" | "difference";
  readonly parts: readonly Spec[];
  readonly indirect: IndirectSelection;
  /** What the author wrote, where it is odd that nothing is found. */
  readonly expected?: string | undefined;
}

export type Spec = Criteria | SpecGroup;

const grammar = /^(@)?(?:(\d*)(\+))?(?:([\w.]+):)?(.*?)(?:(\+)(\d*))?$/s;

/** Reads one term, `2+tag:nightly+1`. What is wrong with it comes back as text. */
export function readTerm(raw: string, indirect: IndirectSelection): Criteria | string {
  const [, at, up, plusBefore, method, value, plusAfter, down] = grammar.exec(raw)!;
  if (at !== undefined && plusAfter !== undefined) return "@ and + exclude each other.";
  if (value === undefined || value === "") return "it has the form [+]name[+], method:value or @name.";
  const kind = method ?? defaultMethod(value);
  const trouble = methodTrouble(kind);
  if (trouble !== undefined) return trouble;
  const steps = (sign: string | undefined, count: string | undefined): number | undefined =>
    sign === undefined ? undefined : count === undefined || count === "" ? Infinity : Number(count);
  return {
    kind: "criteria",
    raw,
    method: kind,
    value,
    parents: steps(plusBefore, up),
    children: steps(plusAfter, down),
    at: at !== undefined,
    indirect,
  };
}

const defaultMethod = (value: string): string =>
  value.includes("/") ? "path" : /\.(?:sql|py|csv)$/i.test(value) ? "file" : "fqn";

export function methodTrouble(method: string): string | undefined {
  const name = method.split(".")[0]!;
  if (methodNames.includes(name)) return undefined;
  const [near] = nearest(name, methodNames);
  return `there is no method "${name}"${near === undefined ? `; there are ${methodNames.join(", ")}.` : `, did you mean "${near}"?`}`;
}

/** `--select` or `--exclude`: a space is a union, a comma an intersection. Trouble goes to `report`. */
export function readUnion(
  specs: readonly string[],
  indirect: IndirectSelection,
  report: (selector: string, reason: string) => void,
): SpecGroup {
  const parts: Spec[] = [];
  for (const spec of specs.flatMap((s) => s.split(/\s+/)).filter((s) => s !== "")) {
    const terms: Spec[] = [];
    let wrong = false;
    for (const part of spec.split(",")) {
      const term = readTerm(part, indirect);
      if (typeof term !== "string") terms.push(term);
      else {
        report(part, term);
        wrong = true;
      }
    }
    if (!wrong) parts.push({ kind: "intersection", parts: terms, indirect, expected: spec });
  }
  return { kind: "union", parts, indirect };
}
