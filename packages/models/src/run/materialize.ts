import type { Capabilities } from "@meshwork/engine";
import type { Dialect, Relation } from "@meshwork/sql";
import { createHash } from "node:crypto";
import type { NodeConfig } from "../model.ts";

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

/** A table from a query. */
export function tableSteps(target: Target, query: string): Steps {
  const { dialect, relation, capabilities, existing } = target;
  if (capabilities.atomicReplace === "replace") {
    const drop = existing === "view" ? [{ sql: `drop view if exists ${dialect.relation(relation)}` }] : [];
    const create = body(`create or replace table ${dialect.relation(relation)} as\n`, query);
    return { build: [], swap: [...drop, { ...create, counts: true }], clean: [] };
  }
  const fresh = dialect.relation(beside(relation, "new"));
  const { swap, clean } = swapSteps(target);
  return {
    build: [{ sql: `drop table if exists ${fresh}` }, { ...body(`create table ${fresh} as\n`, query), counts: true }],
    swap,
    clean,
  };
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
  if (existing === "view") return { swap: [{ sql: dropOf(target, "view") }, rename(fresh, relation)], clean };
  if (capabilities.transactions) return { swap: [{ sql: dropOf(target, "table") }, rename(fresh, relation)], clean };
  // Without transactions the old table steps aside first: it is there again by one rename if the second fails.
  const old = beside(relation, "old");
  const gone = { sql: `drop table if exists ${dialect.relation(old)}` };
  return { swap: [gone, rename(name, old), rename(fresh, relation), gone], clean };
}

// Trino wants the new name with its schema, the others the name alone.
const renamed = (target: Target, to: Relation): string =>
  target.capabilities.engine === "trino" ? target.dialect.relation(to) : target.dialect.identifier(to.name);

/** As in dbt, views that read what is dropped go with it where the engine ties them together; a run builds them again. */
function dropOf(target: Target, existing: "table" | "view"): string {
  const name = target.dialect.relation(target.relation);
  return target.capabilities.engine === "postgres"
    ? `drop ${existing} if exists ${name} cascade`
    : `drop ${existing} ${name}`;
}

/** A view of a query. */
export function viewSteps(target: Target, query: string): Steps {
  const { dialect, relation, capabilities, existing } = target;
  const name = dialect.relation(relation);
  const drop: Step[] = existing === undefined ? [] : [{ sql: dropOf(target, existing) }];
  if (existing === "view" && !capabilities.transactions) {
    return { build: [], swap: [body(`create or replace view ${name} as\n`, query)], clean: [] };
  }
  return { build: [], swap: [...drop, body(`create view ${name} as\n`, query)], clean: [] };
}

export interface IncrementalInput {
  readonly config: Pick<NodeConfig, "uniqueKey" | "incrementalStrategy">;
  /** Columns that the table has, in its order. */
  readonly columns: readonly string[];
}

/** The rows of this run, built beside. */
export function incrementalRows(target: Target, query: string): Step[] {
  const fresh = target.dialect.relation(beside(target.relation, "new"));
  return [{ sql: `drop table if exists ${fresh}` }, body(`create table ${fresh} as\n`, query)];
}

/** Brings the rows built beside into the table that is there. */
export function incrementalSteps(target: Target, input: IncrementalInput): Pick<Steps, "swap" | "clean"> {
  const { dialect, relation } = target;
  const name = dialect.relation(relation);
  const fresh = dialect.relation(beside(relation, "new"));
  const q = (column: string): string => dialect.identifier(column);
  const columns = input.columns.map(q).join(", ");
  const key = input.config.uniqueKey ?? [];
  const strategy = input.config.incrementalStrategy ?? (key.length > 0 ? "delete+insert" : "append");
  const insert: Step = { sql: `insert into ${name} (${columns}) select ${columns} from ${fresh}`, counts: true };
  const clean = [{ sql: `drop table if exists ${fresh}` }];
  if (key.length === 0 || strategy === "append") return { swap: [insert], clean };
  if (strategy === "delete+insert") {
    const own = dialect.identifier(relation.name);
    const same = key.map((k) => `mesh_rows.${q(k)} = ${own}.${q(k)}`).join(" and ");
    const gone = { sql: `delete from ${name} where exists (select 1 from ${fresh} as mesh_rows where ${same})` };
    return { swap: [gone, insert], clean };
  }
  const on = key.map((k) => `mesh_table.${q(k)} = mesh_rows.${q(k)}`).join(" and ");
  const keys = new Set(key.map((k) => k.toLowerCase()));
  const set = input.columns.filter((c) => !keys.has(c.toLowerCase())).map((c) => `${q(c)} = mesh_rows.${q(c)}`);
  const update = set.length === 0 ? "" : ` when matched then update set ${set.join(", ")}`;
  const values = input.columns.map((c) => `mesh_rows.${q(c)}`).join(", ");
  const merge: Step = {
    sql: `merge into ${name} as mesh_table using ${fresh} as mesh_rows on (${on})${update} when not matched then insert (${columns}) values (${values})`,
    counts: true,
  };
  return { swap: [merge], clean };
}
