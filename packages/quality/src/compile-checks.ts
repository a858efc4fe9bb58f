import type { Path } from "@meshwork/diagnostics";
import type { CheckSeverity, ContractCheck, ContractColumn, OutputPort } from "@meshwork/contract";
import { relation as nameOf, type Fragment, type LogicalType, type Relation } from "@meshwork/sql";
import {
  promised,
  refused,
  type CheckCall,
  type CheckKind,
  type Plan,
  type ResolvedReference,
  type Scope,
  type Source,
} from "./check-kind.ts";
import { elementsOf, fieldOf, fieldsOf, filtered } from "./fragments.ts";
import { kindOf } from "./registry.ts";

/** A check ready to be planned and run. */
export interface Check {
  /** Unique within the port. */
  readonly name: string;
  /** `not-null` … of `check/not-null`. */
  readonly code: string;
  /** As the contract names it; ours for those that follow from the schema. */
  readonly assertion: string;
  readonly column: string | undefined;
  readonly severity: CheckSeverity;
  readonly threshold: number;
  readonly dimension?: string | undefined;
  readonly description?: string | undefined;
  /** Where it stands in the contract. */
  readonly at: Path;
  readonly port: OutputPort;
  /** What it looks at: the port, its rows under a condition, or the inside of a column. */
  readonly source: Source;
  /** True where `source` is not the port's rows, so that the key's columns are not there to show. */
  readonly nested: boolean;
  readonly kind: CheckKind | undefined;
  readonly plan: Plan;
}

export interface CompileOptions {
  /** The relation to check, or files as `forFiles` gives them. */
  readonly relation: Relation | Fragment;
  /** `retention.by` of the contract: tells the time for freshness. */
  readonly retentionBy?: string | undefined;
  /** Where a `references` target can be read; unresolved ones are skipped and say so. */
  readonly resolve?:
    | ((reference: string) => { readonly relation: Relation | Fragment; readonly column: string } | undefined)
    | undefined;
}

const isFragment = (value: Relation | Fragment): value is Fragment => "print" in value;
const sourceOf = (value: Relation | Fragment): Source => (isFragment(value) ? value : nameOf(value));

interface Draft {
  readonly base: string;
  readonly call: CheckCall;
  readonly at: Path;
  readonly severity?: CheckSeverity | undefined;
  readonly source?: Source | undefined;
  readonly type?: LogicalType | undefined;
}

/**
 * All checks of a port: those that follow from its schema and service levels, then those it lists. Pure: nothing is
 * read. What cannot be a check (an unknown assertion, a missing argument) becomes one that is `refused`, so that it
 * shows up among the results as an error.
 */
export function compileChecks(port: OutputPort, options: CompileOptions): Check[] {
  const source = sourceOf(options.relation);
  const resolve = (reference: string): ResolvedReference | undefined => {
    const found = options.resolve?.(reference);
    return found === undefined ? undefined : { source: sourceOf(found.relation), column: found.column };
  };
  const scope: Scope = {
    port,
    source,
    retentionBy: options.retentionBy,
    resolve,
    typeOf: (column) => promised(port, column)?.type ?? { kind: "string" },
  };
  const taken = new Set(port.checks.map((check) => check.name));
  const checks: Check[] = [];
  const add = (draft: Draft, of: Partial<ContractCheck>): void => {
    const kind = kindOf(draft.call.assertion);
    const { type } = draft;
    const own = type === undefined ? scope : { ...scope, typeOf: () => type };
    const from = draft.source ?? source;
    const plan =
      kind?.plan(draft.call, { ...own, source: from }) ?? refused(`no assertion is called "${draft.call.assertion}"`);
    checks.push({
      name: of.name ?? freeName(draft.base, taken),
      code: kind?.code ?? "not-run",
      assertion: draft.call.assertion,
      column:
        draft.call.column ??
        (plan.form === "skipped" || plan.form === "refused" ? undefined : plan.columns.join(", ") || undefined),
      severity: draft.severity ?? "error",
      threshold: draft.call.threshold ?? 1,
      dimension: of.dimension,
      description: of.description,
      at: draft.at,
      port,
      source: from,
      nested: draft.source !== undefined && of.where === undefined,
      kind,
      plan,
    });
  };
  for (const draft of implied(port, source)) add(draft, {});
  for (const check of port.checks) {
    const call: CheckCall = {
      assertion: check.assertion,
      column: check.column,
      arguments: check.arguments,
      sql: check.sql,
      threshold: check.threshold,
    };
    const where = check.where === undefined || check.where.trim() === "" ? undefined : filtered(source, check.where);
    add({ base: check.name, call, at: check.at, severity: check.severity, source: where }, check);
  }
  return checks;
}

function freeName(base: string, taken: Set<string>): string {
  let name = base;
  for (let n = 2; taken.has(name); n++) name = `${base}.${n}`;
  taken.add(name);
  return name;
}

/** The default port's service levels stand beside its schema, those of others inside the port. */
const freshnessPath = (port: OutputPort): Path => [...(port.default ? ["spec"] : port.at), "sla", "freshness"];

/** What the schema and the service levels promise without being listed as checks. */
function implied(port: OutputPort, source: Source): Draft[] {
  const drafts: Draft[] = [];
  for (const column of port.columns)
    drafts.push({ base: `schema.${column.name}`, call: call("schema", column.name), at: column.at });
  const keys = port.columns
    .filter((c) => c.constraints.primaryKey === true)
    .sort((a, b) => (a.constraints.primaryKeyPosition ?? 0) - (b.constraints.primaryKeyPosition ?? 0));
  if (keys.length > 0) {
    const names = keys.map((c) => c.name);
    drafts.push({
      base: `primary_key.${names.join("+")}`,
      call: { ...call("primary_key", undefined, { columns: names }) },
      at: keys[0]!.at,
    });
  }
  for (const column of port.columns) {
    if (column.constraints.unique === true && !(keys.length === 1 && keys[0] === column))
      drafts.push({ base: `unique.${column.name}`, call: call("unique", column.name), at: column.at });
    drafts.push(...ofValues(column, column.name, undefined), ...ofMedia(column, column.name, undefined));
    drafts.push(...inside(column, column.name, source, 0));
  }
  const { freshness } = port.sla;
  if (freshness !== undefined)
    // Old data is no reason to keep older data: a late port is reported and still replaced.
    drafts.push({
      base: "freshness",
      call: call("freshness", undefined, { max_age: freshness.text }),
      at: freshnessPath(port),
      severity: "warning",
    });
  return drafts;
}

const call = (
  assertion: string,
  column: string | undefined,
  args: Readonly<Record<string, unknown>> = {},
): CheckCall => ({ assertion, column, arguments: args });

/** Constraints on the values of one column, or of a field that a derived source shows as a column. */
function ofValues(column: ContractColumn, name: string, source: Source | undefined): Draft[] {
  const { constraints: c, type } = column;
  const drafts: Draft[] = [];
  const add = (assertion: string, args: Readonly<Record<string, unknown>> = {}): void => {
    drafts.push({
      base: `${assertion}.${name}`,
      call: call(assertion, name, args),
      at: column.at,
      source,
      ...(source === undefined ? {} : { type }),
    });
  };
  if (!column.nullable) add("not_null");
  if (c.enum !== undefined) add("accepted_values", { values: c.enum });
  if (c.min !== undefined || c.max !== undefined || c.exclusiveMin !== undefined || c.exclusiveMax !== undefined) {
    const bounds = { min: c.min, max: c.max, exclusive_min: c.exclusiveMin, exclusive_max: c.exclusiveMax };
    add("range", Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== undefined)));
  }
  const maxLength = c.maxLength ?? (type.kind === "string" ? type.maxLength : undefined);
  if (c.minLength !== undefined || maxLength !== undefined)
    add(
      "length",
      Object.fromEntries(
        Object.entries({ min: c.minLength, max: maxLength }).filter(([, value]) => value !== undefined),
      ),
    );
  if (c.pattern !== undefined) add("pattern", { regex: c.pattern });
  if (c.references !== undefined) add("references", { to: c.references });
  if (type.kind === "array" && type.length !== undefined) add("dimensions", { equals: type.length });
  const { embedding } = column;
  if (embedding !== undefined && source === undefined) {
    if (embedding.element !== "int8") add("vector_finite");
    if (embedding.normalized === true && embedding.element !== "int8") add("vector_norm", { equals: 1 });
    else if (embedding.metric === "cosine") add("vector_norm", { above: 0 });
  }
  return drafts;
}

interface Beside {
  readonly source: Source;
  /** What a column beside it is called there. */
  nameOf(column: string): string;
}

const companionsOf = ({ media }: ContractColumn): string[] =>
  [media?.typeColumn, media?.checksum?.column, media?.sizeColumn].filter((name) => name !== undefined);

/** What references to objects promise: by the columns beside them, which a struct's field finds in its struct. */
function ofMedia(column: ContractColumn, name: string, beside: Beside | undefined): Draft[] {
  const { media, type } = column;
  if (media === undefined) return [];
  const named = (companion: string | undefined): string | undefined =>
    companion === undefined ? undefined : (beside?.nameOf(companion) ?? companion);
  const drafts: Draft[] = [];
  const add = (assertion: string, args: Readonly<Record<string, unknown>>): void => {
    const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
    const from = beside === undefined ? {} : { source: beside.source, type };
    drafts.push({ base: `${assertion}.${name}`, call: call(assertion, name, given), at: column.at, ...from });
  };
  add("media_reference", { base: media.base, schemes: media.schemes });
  add("media_type", { types: media.types, type_column: named(media.typeColumn) });
  if (media.checksum !== undefined)
    add("media_checksum", {
      checksum_column: named(media.checksum.column),
      algorithm: media.checksum.algorithm,
    });
  if (media.sizeColumn !== undefined)
    add("media_size", { size_column: named(media.sizeColumn), max_bytes: media.maxBytes });
  return drafts;
}

const deepest = 8;

/** Constraints on fields of a struct and on elements of a list: `address.city`, `lines[].sku`. */
function inside(column: ContractColumn, name: string, source: Source, depth: number): Draft[] {
  if (depth >= deepest) return [];
  const { element } = column;
  const drafts: Draft[] = [];
  if (column.type.kind === "array" && element !== undefined) {
    const path = `${name}[]`;
    const elements = elementsOf(source, name, path);
    // Missing elements are left out with the rest of what is not there.
    drafts.push(
      ...ofValues({ ...element, nullable: true }, path, elements),
      ...ofMedia(element, path, { source: elements, nameOf: (each) => each }),
      ...inside(element, path, elements, depth + 1),
    );
  } else if (column.type.kind === "struct") {
    for (const field of column.fields ?? []) {
      const path = `${name}.${field.name}`;
      const values = fieldOf(source, name, field.name, path);
      drafts.push(...ofValues(field, path, values), ...inside(field, path, values, depth + 1));
      const beside = [field.name, ...companionsOf(field)];
      const whole = new Map(beside.map((each) => [each, `${name}.${each}`]));
      drafts.push(
        ...ofMedia(field, path, { source: fieldsOf(source, name, whole), nameOf: (each) => whole.get(each)! }),
      );
    }
  }
  return drafts;
}
