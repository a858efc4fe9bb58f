import type { Contract, ContractCheck, ContractColumn, InputPort, OutputPort } from "@meshwork/contract";
import type { Field, LogicalType } from "@meshwork/sql";
import { changeKinds } from "./changes/registry.ts";
import type { Change, ChangeKind, Columns, Finders, Finding, Pair } from "./define-change.ts";
import { promiseOf } from "./compare-checks.ts";
import { canonical } from "./define-change.ts";

type Place = Pair<unknown>["place"];
type Contracts = Pair<unknown>["contracts"];

/**
 * Every difference between two states of a contract, product first, then ports, inputs, columns and checks in the
 * order of the newer contract. Pure. Empty exactly when both promise the same in the same words.
 */
export function diff(before: Contract, after: Contract): Change[] {
  const contracts = { before, after };
  const changes: Change[] = [];
  const look = lookup(contracts, changes);
  look("contract", { before, after }, { scope: "product" });
  for (const pair of paired(before.ports, after.ports)) {
    const name = (pair.after ?? pair.before)!.name;
    const place: Place = { scope: "port", port: name };
    look("port", pair, place);
    if (pair.before && pair.after) comparePorts(pair.before, pair.after, place, look);
  }
  for (const pair of paired(before.inputs, after.inputs)) {
    const place: Place = { scope: "input", input: (pair.after ?? pair.before)!.name };
    look("input", pair, place);
    if (pair.before && pair.after) compareColumns(pair.before.columns, pair.after.columns, place, look, "");
  }
  return changes;
}

type Look = <K extends keyof Finders>(what: K, pair: States<Of<K>>, place: Place, inserted?: boolean) => void;
type Of<K extends keyof Finders> = {
  contract: Contract;
  port: OutputPort;
  input: InputPort;
  columns: Columns;
  column: ContractColumn;
  check: ContractCheck;
}[K];
interface States<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** Asks every kind of change about a pair. */
function lookup(contracts: Contracts, changes: Change[]): Look {
  return (what, pair, place, inserted) => {
    if (same(pair.before, pair.after)) return;
    for (const kind of changeKinds) {
      const find = kind.find[what] as ((p: Pair<unknown>) => Finding | readonly Finding[] | undefined) | undefined;
      const found = find?.({ ...pair, contracts, place, inserted });
      for (const finding of found === undefined
        ? []
        : Array.isArray(found)
          ? (found as readonly Finding[])
          : [found as Finding]) {
        changes.push(changeOf(kind, finding, pair, place));
      }
    }
  };
}

/** Equal values, wherever they stand in the file: most of two contracts is, and nobody need look at it. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]));
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  keys.delete("at");
  return [...keys].every((key) => same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}

function changeOf(kind: ChangeKind, finding: Finding, pair: States<unknown>, place: Place): Change {
  const document = pair.after === undefined ? "before" : "after";
  const at = (pair[document] as { at?: Change["path"] } | undefined)?.at ?? [];
  return { code: `compat/${kind.name}`, ...place, document, path: at, ...finding };
}

function comparePorts(before: OutputPort, after: OutputPort, place: Place, look: Look): void {
  compareColumns(before.columns, after.columns, place, look, "");
  for (const pair of pairedChecks(before.checks, after.checks)) {
    look("check", pair, { ...place, check: (pair.after ?? pair.before)!.name });
  }
}

function compareColumns(former: Columns, after: Columns, place: Place, look: Look, prefix: string): void {
  const renamed = renamedColumns(former, after);
  // Orders and keys are compared by what columns are called now.
  const before =
    renamed.size === 0 ? former : former.map((c) => (renamed.has(c.name) ? { ...c, name: renamed.get(c.name)! } : c));
  look("columns", { before, after }, prefix === "" ? place : { ...place, column: prefix });
  const formerOf = renamed.size === 0 ? undefined : new Map(before.map((column, i) => [column, former[i]!]));
  const known = new Set(before.map((column) => column.name));
  const last = after.findLastIndex((column) => known.has(column.name));
  for (const { before: old, after: now } of paired(before, after)) {
    const pair = { before: old && (formerOf?.get(old) ?? old), after: now };
    const name = (pair.after ?? pair.before)!.name;
    const column = prefix === "" ? name : `${prefix}.${name}`;
    const inserted = pair.after !== undefined && after.indexOf(pair.after) < last;
    look("column", pair, { ...place, column }, inserted);
    if (pair.before && pair.after) compareInside(pair.before, pair.after, place, look, column);
  }
}

/** New names by former ones, where a new column says what it was called and nothing is called that any more. */
function renamedColumns(before: Columns, after: Columns): ReadonlyMap<string, string> {
  if (!after.some((column) => column.renamedFrom !== undefined)) return new Map();
  const [old, now] = [new Set(before.map((c) => c.name)), new Set(after.map((c) => c.name))];
  const out = new Map<string, string>();
  for (const { name, renamedFrom: from } of after)
    if (from !== undefined && old.has(from) && !now.has(from) && !old.has(name) && !out.has(from)) out.set(from, name);
  return out;
}

/**
 * Fields of structs, elements of arrays and values of maps, as columns of their own. An element is called `lines[]`,
 * its fields `lines.sku`, as in the rest of Meshwork.
 */
function compareInside(before: ContractColumn, after: ContractColumn, place: Place, look: Look, column: string): void {
  const { type: a } = before;
  const { type: b } = after;
  if (a.kind === "struct" && b.kind === "struct") {
    compareColumns(fieldsOf(before, a.fields), fieldsOf(after, b.fields), place, look, column);
  }
  const [from, to] = [elementOf(before), elementOf(after)];
  if (a.kind !== b.kind || from === undefined || to === undefined) return;
  look("column", { before: from, after: to }, { ...place, column: `${column}${a.kind === "map" ? "{}" : "[]"}` });
  compareInside(from, to, place, look, column);
}

const fieldsOf = (column: ContractColumn, fields: readonly Field[]): Columns =>
  column.fields ?? fields.map((field) => fieldColumn(field, column));

function elementOf(column: ContractColumn): ContractColumn | undefined {
  const { type, element, fields } = column;
  if (type.kind !== "array" && type.kind !== "map") return undefined;
  return element ?? fieldColumn(type.kind === "array" ? type.element : type.value, column, fields);
}

/** A field without constraints of its own as a column; `fields` are those of the struct it leads to. */
const fieldColumn = (field: Field, of: ContractColumn, fields?: Columns): ContractColumn => ({
  name: field.name,
  type: field.type,
  typeName: field.type.kind,
  nullable: field.nullable,
  tags: [],
  constraints: {},
  pii: false,
  extensions: {},
  at: of.at,
  ...(field.description === undefined ? {} : { description: field.description }),
  ...(fields === undefined || !leadsToStruct(field.type) ? {} : { fields }),
});

const leadsToStruct = (type: LogicalType): boolean =>
  type.kind === "struct" ||
  (type.kind === "array" && leadsToStruct(type.element.type)) ||
  (type.kind === "map" && leadsToStruct(type.value.type));

/** Pairs by name: those of the newer state in its order, then what is gone. Of equal names the first meets the first. */
function paired<T extends { readonly name: string }>(before: readonly T[], after: readonly T[]): States<T>[] {
  const old = byOccurrence(before);
  const now = byOccurrence(after);
  return [
    ...[...now].map(([key, item]) => ({ before: old.get(key), after: item })),
    ...[...old].filter(([key]) => !now.has(key)).map(([, item]) => ({ before: item, after: undefined })),
  ];
}

function byOccurrence<T extends { readonly name: string }>(items: readonly T[]): Map<string, T> {
  const seen = new Map<string, number>();
  return new Map(
    items.map((item) => {
      const n = seen.get(item.name) ?? 0;
      seen.set(item.name, n + 1);
      return [`${item.name}\0${n}`, item];
    }),
  );
}

/** As `paired`; a check that has only another name is the same check. */
function pairedChecks(before: readonly ContractCheck[], after: readonly ContractCheck[]): States<ContractCheck>[] {
  const pairs = paired(before, after);
  const gone = pairs.filter((pair) => pair.after === undefined);
  return pairs
    .flatMap((pair) => {
      if (pair.after !== undefined && pair.before === undefined) {
        const twin = gone.findIndex((other) => bodyOf(other.before!) === bodyOf(pair.after!));
        if (twin !== -1) return [{ before: gone.splice(twin, 1)[0]!.before, after: pair.after }];
      }
      return pair.after === undefined ? [] : [pair];
    })
    .concat(gone);
}

const bodyOf = (check: ContractCheck): string => canonical(promiseOf(check));
