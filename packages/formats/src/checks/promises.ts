import type { ContractCheck, OutputPort } from "@meshwork/contract";
import { canonicalCheck } from "@meshwork/contract";
import type { EmitContext } from "../define-format.ts";

/** Something that holds for the rows of a port, in our words: from a column's keys, or a check of its own. */
export interface Promised {
  readonly assertion: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly column?: string | undefined;
  readonly threshold?: number | undefined;
  readonly severity: "error" | "warning";
  /** The check that says so; absent where it follows from a column. */
  readonly check?: ContractCheck | undefined;
}

/** Every promise of a port about its rows: those of the columns in their order, then the checks. */
export function promisesOf(port: OutputPort): Promised[] {
  const found: Promised[] = [];
  const add = (assertion: string, column: string | undefined, args: Record<string, unknown> = {}): void =>
    void found.push({ assertion, arguments: args, column, severity: "error" });
  const keys = port.columns.filter((column) => column.constraints.primaryKey === true);
  if (keys.length > 1) add("unique", undefined, { columns: keys.map((column) => column.name) });
  for (const { name, nullable, constraints: c } of port.columns) {
    if (!nullable) add("not_null", name);
    if (c.unique === true || (c.primaryKey === true && keys.length === 1)) add("unique", name);
    if (c.enum !== undefined) add("accepted_values", name, { values: [...c.enum] });
    const range = given({ min: c.min, max: c.max, exclusive_min: c.exclusiveMin, exclusive_max: c.exclusiveMax });
    if (Object.keys(range).length > 0) add("range", name, range);
    const length = given({ min: c.minLength, max: c.maxLength });
    if (Object.keys(length).length > 0) add("length", name, length);
    if (c.pattern !== undefined) add("pattern", name, { regex: c.pattern });
    if (c.references !== undefined) add("references", name, { to: c.references });
  }
  for (const check of port.checks) {
    const { assertion, arguments: args } = canonicalCheck(check.assertion, check.arguments);
    const mostly = check.arguments["mostly"];
    found.push({
      assertion,
      arguments: args,
      column: check.column,
      threshold: check.threshold ?? (typeof mostly === "number" ? mostly : undefined),
      severity: check.severity,
      check,
    });
  }
  return found;
}

const given = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** Reports a promise that the format has no word for. */
export function loseCheck(port: OutputPort, promised: Promised, context: EmitContext, message: string): void {
  const column = port.columns.find((each) => each.name === promised.column);
  context.report({
    feature: promised.check === undefined ? promised.assertion.replaceAll("_", "-") : "checks",
    message: promised.check === undefined ? message : `${promised.check.name}: ${message}`,
    port: port.name,
    column: promised.column,
    path: promised.check?.at ?? column?.at ?? port.at,
  });
}
