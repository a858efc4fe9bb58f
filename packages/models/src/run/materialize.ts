import type { Capabilities } from "@meshwork/engine";
import type { Dialect, Relation } from "@meshwork/sql";
import { createHash } from "node:crypto";
import type { NodeConfig } from "../model.ts";
import type { ContractTable } from "./model-contract.ts";

/** One statement of a materialisation. `bodyAt` is where the compiled query begins in it, so that errors find their line. */
export interface Step {
  readonly sql: string;
  readonly bodyAt?: number | undefined;
  /** The rows this statement changes are the node's. */
  readonly counts?: boolean | undefined;
}

/**
 * How a node becomes a relation. `build` works beside the old relation, which readers see until `swap`;
 * `swap` is one transaction where the engine has them; `clean` removes what is left over, whatever happened.
 */
export interface Steps {
  readonly build: readonly Step[];
  readonly swap: readonly Step[];
  readonly clean: readonly Step[];
}

export interface Target {
  readonly relation: Relation;
  readonly dialect: Dialect;
  readonly capabilities: Capabilities;
  /** What stands under the relation's name today. */
  readonly existing: "table" | "view" | undefined;
}

/** The name beside a relation under which its successor is built: short enough for every engine. */
export function beside(relation: Relation, purpose: "new" | "old"): Relation {
  const hash = createHash("sha256").update(relation.name).digest("hex").slice(0, 8);
  return { ...relation, name: `mesh_${purpose}__${relation.name.slice(0, 40)}_${hash}` };
}

const body = (before: string, sql: string, after = ""): Pick<Step, "sql" | "bodyAt"> => ({
  sql: `${before}${sql}${after}`,
  bodyAt: before.length,
});

/** How a model's own settings bear on the statement that creates it. */
export interface Creation {
  /** SQL in front of the statement. */
  readonly header?: string | undefined;
  /** The table's columns and constraints, where a contract is enforced. */
  readonly contract?: ContractTable | undefined;
  /** PostgreSQL's tables that no log follows: faster, and empty after a crash. */
  readonly unlogged?: boolean | undefined;
}

const headed = (header: string | undefined): string =>
  header === undefined || header.trim() === "" ? "" : `${header.trim().replace(/;?$/, ";")}\n`;

/** A query as a new table: in one statement, or with the columns that a contract declares. */
export function createTable(target: Target, name: string, query: string, creation: Creation = {}): readonly Step[] {
  const { contract } = creation;
  const header = headed(creation.header);
  const create = `${header}create ${creation.unlogged ? "unlogged " : ""}table ${name}`;
  if (contract === undefined) return [{ ...body(`${create} as\n`, query), counts: true }];
  const columns = contract.columns.map((c) => target.dialect.identifier(c)).join(", ");
  return [
    { sql: `${create} (\n  ${contract.definition}\n)` },
    { ...body(`insert into ${name} (${columns})\nselect ${columns} from (\n`, query, "\n) mesh_query"), counts: true },
  ];
}

/** A table from a query. */
export function tableSteps(target: Target, query: string, creation: Creation = {}): Steps {
  const { dialect, relation, capabilities, existing } = target;
  if (capabilities.atomicReplace === "replace" && creation.contract === undefined) {
    const drop = existing === "view" ? [{ sql: `drop view if exists ${dialect.relation(relation)}` }] : [];
    const start = `${headed(creation.header)}create or replace table ${dialect.relation(relation)} as\n`;
    return { build: [], swap: [...drop, { ...body(start, query), counts: true }], clean: [] };
  }
  const fresh = dialect.relation(beside(relation, "new"));
  const { swap, clean } = swapSteps(target);
  const build = [{ sql: `drop table if exists ${fresh}` }, ...createTable(target, fresh, query, creation)];
  return { build, swap, clean };
}

/** Puts the table built beside in the place of the relation. */
export function swapSteps(target: Target): Pick<Steps, "swap" | "clean"> {
  const { dialect, relation, capabilities, existing } = target;
  const name = dialect.relation(relation);
  const fresh = dialect.relation(beside(relation, "new"));
  const rename = (from: string, to: Relation): Step => ({
    sql: `alter table ${from} rename to ${renamed(target, to)}`,
  });
  const clean = [{ sql: `drop table if exists ${fresh}` }];
  if (existing === undefined) return { swap: [rename(fresh, relation)], clean };
  const under = dialect.replaceUnderViews?.({ relation, kind: existing, successor: [rename(fresh, relation).sql] });
  if (under !== undefined) return { swap: [{ sql: under }], clean };
  if (existing === "view" || capabilities.transactions)
    return { swap: [{ sql: `drop ${existing} ${name}` }, rename(fresh, relation)], clean };
  // Without transactions the old table steps aside first: it is there again by one rename if the second fails.
  const old = beside(relation, "old");
  const gone = { sql: `drop table if exists ${dialect.relation(old)}` };
  return { swap: [gone, rename(name, old), rename(fresh, relation), gone], clean };
}

// Trino wants the new name with its schema, the others the name alone.
const renamed = (target: Target, to: Relation): string =>
  target.capabilities.engine === "trino" ? target.dialect.relation(to) : target.dialect.identifier(to.name);

/** A view of a query. */
export function viewSteps(target: Target, query: string, creation: Creation = {}): Steps {
  const { dialect, relation, capabilities, existing } = target;
  const name = dialect.relation(relation);
  const drop: Step[] = existing === undefined ? [] : [{ sql: `drop ${existing} ${name}` }];
  const header = headed(creation.header);
  if (existing !== undefined && dialect.replaceUnderViews !== undefined) {
    // Made beside first, so that the engine's complaints are about this query and no other.
    const fresh = dialect.relation(beside(relation, "old"));
    const gone = { sql: `drop view if exists ${fresh}` };
    const rename = `alter view ${fresh} rename to ${dialect.identifier(relation.name)}`;
    return {
      build: [gone, body(`${header}create view ${fresh} as\n`, query)],
      swap: [{ sql: dialect.replaceUnderViews({ relation, kind: existing, successor: [rename] }) }],
      clean: [gone],
    };
  }
  if (existing === "view" && !capabilities.transactions) {
    return { build: [], swap: [body(`${header}create or replace view ${name} as\n`, query)], clean: [] };
  }
  return { build: [], swap: [...drop, body(`${header}create view ${name} as\n`, query)], clean: [] };
}

export interface IncrementalInput {
  readonly config: Pick<
    NodeConfig,
    "uniqueKey" | "incrementalStrategy" | "incrementalPredicates" | "mergeUpdateColumns" | "mergeExcludeColumns"
  >;
  /** Columns that the table has, in its order. */
  readonly columns: readonly string[];
  /** Rows of the table that the new ones stand for, as a condition: a batch's window. */
  readonly window?: string | undefined;
}

/** The rows of this run, built beside. */
export function incrementalRows(target: Target, query: string, creation: Creation = {}): Step[] {
  const fresh = target.dialect.relation(beside(target.relation, "new"));
  return [
    { sql: `drop table if exists ${fresh}` },
    body(`${headed(creation.header)}create table ${fresh} as\n`, query),
  ];
}

// dbt's names of both sides, which `incremental_predicates` are written with.
const table = "DBT_INTERNAL_DEST";
const rows = "DBT_INTERNAL_SOURCE";

/** Brings the rows built beside into the table that is there. */
export function incrementalSteps(target: Target, input: IncrementalInput): Pick<Steps, "swap" | "clean"> {
  const { dialect, relation } = target;
  const name = dialect.relation(relation);
  const fresh = dialect.relation(beside(relation, "new"));
  const q = (column: string): string => dialect.identifier(column);
  const columns = input.columns.map(q).join(", ");
  const { config } = input;
  const key = config.uniqueKey ?? [];
  const strategy = config.incrementalStrategy ?? (key.length > 0 ? "delete+insert" : "append");
  const insert: Step = { sql: `insert into ${name} (${columns}) select ${columns} from ${fresh}`, counts: true };
  const clean = [{ sql: `drop table if exists ${fresh}` }];
  if (input.window !== undefined)
    return { swap: [{ sql: `delete from ${name} where ${input.window}` }, insert], clean };
  if (strategy === "append" || (key.length === 0 && strategy !== "merge")) return { swap: [insert], clean };
  const also = config.incrementalPredicates.map((p) => ` and ${p}`).join("");
  if (strategy === "delete+insert") {
    const gone = { sql: `delete from ${deletion(name, fresh, key, input.columns, q)}${also}` };
    return { swap: [gone, insert], clean };
  }
  const on = key.map((k) => `${table}.${q(k)} = ${rows}.${q(k)}`).join(" and ");
  const set = updatedColumns(input).map((c) => `${q(c)} = ${rows}.${q(c)}`);
  const update = set.length === 0 ? "" : ` when matched then update set ${set.join(", ")}`;
  const values = input.columns.map((c) => `${rows}.${q(c)}`).join(", ");
  const merge: Step = {
    sql: `merge into ${name} as ${table} using ${fresh} as ${rows} on (${on}${also})${update} when not matched then insert (${columns}) values (${values})`,
    counts: true,
  };
  return { swap: [merge], clean };
}

/** Rows whose key is among the new ones. One key may be an expression, which only the bare form can hold. */
function deletion(
  name: string,
  fresh: string,
  key: readonly string[],
  columns: readonly string[],
  q: (column: string) => string,
): string {
  const [only] = key;
  if (key.length === 1 && only !== undefined) {
    const known = columns.some((c) => c.toLowerCase() === only.toLowerCase());
    const one = known || !isExpression(only) ? q(only) : only;
    return `${name} where (${one}) in (select (${one}) from ${fresh})`;
  }
  const alias = "DBT_INCREMENTAL_TARGET";
  const same = key.map((k) => `${rows}.${q(k)} = ${alias}.${q(k)}`).join(" and ");
  return `${name} as ${alias} where exists (select 1 from ${fresh} as ${rows} where ${same})`;
}

/** SQL over columns, as `date_trunc('day', at)`; nothing that could end the statement. */
const isExpression = (text: string): boolean => /^[\w\s().,':|+*/%<>=&-]+$/.test(text) && !text.includes("--");

/** What a merge writes into rows that are there: everything but the key, or what the settings say. */
function updatedColumns({ config, columns }: IncrementalInput): readonly string[] {
  const named = (list: readonly string[]): Set<string> => new Set(list.map((c) => c.toLowerCase()));
  if (config.mergeUpdateColumns !== undefined) {
    const wanted = named(config.mergeUpdateColumns);
    return columns.filter((c) => wanted.has(c.toLowerCase()));
  }
  const out = named([...(config.mergeExcludeColumns ?? []), ...(config.uniqueKey ?? [])]);
  return columns.filter((c) => !out.has(c.toLowerCase()));
}
