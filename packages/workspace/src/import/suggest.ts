import type { Constraints, Contract, ContractColumn, OutputPort } from "@meshwork/contract";
import { personalLook } from "@meshwork/governance";
import type { LogicalType } from "@meshwork/sql";
import type { ColumnProfile } from "./profile.ts";
import { wellKnown } from "./profile.ts";

/** Something that the data, or a name, speak for and nobody promised: a person takes it or leaves it. */
export interface Suggestion {
  /** What `--accept` takes: `order_id.primary-key`, with the port before it where there are several. */
  readonly id: string;
  readonly port: string;
  readonly column: string;
  readonly kind:
    | "primary-key"
    | "unique"
    | "not-null"
    | "accepted-values"
    | "range"
    | "length"
    | "format"
    | "type"
    | "pii";
  /** What the contract would say: `never null`. */
  readonly says: string;
  /** Why: `1,204 of 1,204 rows distinct`. */
  readonly evidence: string;
  readonly change: {
    readonly constraints?: Constraints | undefined;
    readonly nullable?: false | undefined;
    readonly pii?: true | undefined;
    readonly type?: LogicalType | undefined;
  };
}

/** Fewer rows than this are an example, and no evidence for a list of values. */
const enoughRows = 20;

/** What a profile of a port's rows speaks for, column by column; without one, what names speak for. */
export function suggestions(contract: Contract, profiles: ReadonlyMap<string, readonly ColumnProfile[]>): Suggestion[] {
  return contract.ports.flatMap((port) => {
    const measured = new Map(profiles.get(port.name)?.map((each) => [each.name, each]));
    const key = likelyKey(port, measured);
    return port.columns.flatMap((column) => {
      const idOf = (kind: Suggestion["kind"]): string =>
        `${contract.ports.length > 1 ? `${port.name}.` : ""}${column.name}.${kind}`;
      const one = (
        kind: Suggestion["kind"],
        says: string,
        evidence: string,
        change: Suggestion["change"],
      ): Suggestion => ({ id: idOf(kind), port: port.name, column: column.name, kind, says, evidence, change });
      const found = measured.get(column.name);
      return [
        ...(found === undefined || found.rows === 0 ? [] : ofData(column, found, column === key, one)),
        ...personal(column, found, one),
      ];
    });
  });
}

type One = (kind: Suggestion["kind"], says: string, evidence: string, change: Suggestion["change"]) => Suggestion;

const count = (n: number): string => n.toLocaleString("en-US");
const allDifferent = (profile: ColumnProfile): boolean =>
  profile.rows > 1 && profile.nulls === 0 && profile.distinct === profile.rows;

/** Of the columns without a null or a repeated value the one that is named or placed like a key. */
function likelyKey(port: OutputPort, measured: ReadonlyMap<string, ColumnProfile>): ContractColumn | undefined {
  if (port.columns.some((column) => column.constraints.primaryKey === true)) return undefined;
  const candidates = port.columns.filter((column) => {
    const profile = measured.get(column.name);
    return (
      profile !== undefined &&
      allDifferent(profile) &&
      ["integer", "string", "uuid", "decimal"].includes(column.type.kind)
    );
  });
  return (
    candidates.find(({ name }) => /^(?:id|key|uuid)$/i.test(name)) ??
    candidates.find(({ name }) => /(?:_|^)(?:id|key|uuid|no|number|code)$/i.test(name) || name.endsWith("Id")) ??
    (candidates[0] === port.columns[0] ? candidates[0] : undefined)
  );
}

function* ofData(column: ContractColumn, found: ColumnProfile, isKey: boolean, one: One): Generator<Suggestion> {
  const { constraints: c, type } = column;
  const filled = found.rows - found.nulls;
  if (isKey)
    yield one("primary-key", "it is the key", `${count(found.rows)} of ${count(found.rows)} rows distinct, none null`, {
      constraints: { primaryKey: true },
      nullable: false,
    });
  else if (
    allDifferent(found) &&
    c.unique !== true &&
    c.primaryKey !== true &&
    type.kind !== "timestamp" &&
    type.kind !== "date"
  )
    yield one("unique", "no value twice", `${count(found.rows)} of ${count(found.rows)} rows distinct`, {
      constraints: { unique: true },
    });
  if (column.nullable && found.nulls === 0 && !isKey)
    yield one("not-null", "never null", `0 of ${count(found.rows)} rows null`, { nullable: false });
  if (filled === 0) return;
  const look = Object.entries(found.looks ?? {}).find(([, n]) => n === filled)?.[0];
  // Values of persons are nobody's evidence.
  const secret =
    column.pii || personalLook(column) !== undefined || ["email", "phone", "iban", "ipv4"].includes(look ?? "");
  const values = c.enum === undefined && look !== "country" && !secret ? listOf(found, filled) : undefined;
  if (values !== undefined) {
    const shown = values
      .slice(0, 4)
      .map(([value, n]) => `${JSON.stringify(value)} (${count(n)})`)
      .join(", ");
    const accepted = values
      .map(([value]) => (type.kind === "integer" ? Number(value) : value))
      .sort((a, b) => (a < b ? -1 : 1));
    yield one(
      "accepted-values",
      `one of ${count(values.length)} values`,
      `${count(filled)} rows hold ${count(values.length)} values: ${shown}${values.length > 4 ? " …" : ""}`,
      { constraints: { enum: accepted } },
    );
  }
  if (
    values === undefined &&
    !isKey &&
    !secret &&
    !allDifferent(found) &&
    found.min !== undefined &&
    found.max !== undefined &&
    c.min === undefined &&
    c.max === undefined &&
    c.exclusiveMin === undefined &&
    c.exclusiveMax === undefined
  )
    yield one("range", `${found.min} to ${found.max}`, `smallest and largest of ${count(filled)} values`, {
      constraints: { min: bound(found.min, type), max: bound(found.max, type) },
    });
  if (type.kind !== "string") return;
  if (look === "uuid" || look === "date")
    yield one(
      "type",
      look === "uuid" ? "a uuid" : "a date",
      `${count(filled)} of ${count(filled)} values look like ${wellKnown[look]!.words}`,
      { type: { kind: look } },
    );
  else if (look !== undefined && c.pattern === undefined)
    yield one("format", wellKnown[look]!.words, `${count(filled)} of ${count(filled)} values look like one`, {
      constraints: { pattern: wellKnown[look]!.pattern },
    });
  else if (values === undefined && found.longest !== undefined && found.longest > 0 && c.maxLength === undefined) {
    const same = found.shortest === found.longest;
    yield one(
      "length",
      same ? `${count(found.longest)} characters` : `at most ${count(found.longest)} characters`,
      same ? `all ${count(filled)} values` : `longest of ${count(filled)} values`,
      { constraints: same ? { minLength: found.longest, maxLength: found.longest } : { maxLength: found.longest } },
    );
  }
}

/** A list that somebody keeps: few values, each of them in many rows. */
function listOf(found: ColumnProfile, filled: number): ColumnProfile["values"] {
  const values = found.values;
  return values !== undefined && values.length > 0 && filled >= enoughRows && values.length * 5 <= filled
    ? values
    : undefined;
}

/** Numbers that a double does not keep stay text. */
function bound(text: string, type: LogicalType): number | string {
  if (type.kind === "date" || type.kind === "timestamp") return text;
  const value = Number(text);
  return String(value) === text ||
    (Number.isSafeInteger(value) && /^-?\d+$/.test(text)) ||
    (Number.isFinite(value) && text.replaceAll(/\D/g, "").length <= 15)
    ? value
    : text;
}

function* personal(column: ContractColumn, found: ColumnProfile | undefined, one: One): Generator<Suggestion> {
  if (column.pii || column.classification === "public") return;
  const named = personalLook(column);
  const filled = found === undefined ? 0 : found.rows - found.nulls;
  const seen = (["email", "phone", "iban", "ipv4"] as const)
    .map((name) => [name, found?.looks?.[name] ?? 0] as const)
    .find(([, n]) => filled > 0 && n >= filled * 0.5);
  if (named === undefined && seen === undefined) return;
  const reasons = [
    ...(named === undefined ? [] : [`named like ${named}`]),
    ...(seen === undefined
      ? []
      : [`${count(seen[1])} of ${count(filled)} values look like ${wellKnown[seen[0]]!.words}`]),
  ];
  yield one("pii", "personal data", reasons.join("; "), { pii: true });
}

/** The contract with what was accepted. */
export function withAccepted(contract: Contract, accepted: readonly Suggestion[]): Contract {
  const of = (port: OutputPort, column: ContractColumn): ContractColumn =>
    accepted
      .filter((each) => each.port === port.name && each.column === column.name)
      .reduce<ContractColumn>((before, { change }) => {
        const type = change.type === undefined ? {} : { type: change.type, typeName: change.type.kind };
        return {
          ...before,
          ...type,
          nullable: change.nullable ?? before.nullable,
          pii: change.pii ?? before.pii,
          constraints: { ...before.constraints, ...change.constraints },
        };
      }, column);
  return {
    ...contract,
    ports: contract.ports.map((port) => ({ ...port, columns: port.columns.map((column) => of(port, column)) })),
  };
}
