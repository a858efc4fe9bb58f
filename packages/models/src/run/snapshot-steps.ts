import type { Column, Dialect } from "@meshwork/sql";
import type { SnapshotConfig } from "../model.ts";
import { beside } from "./materialize.ts";
import type { Step, Steps, Target } from "./materialize.ts";

/** dbt's clock of a snapshot: the engine's, without a zone. */
const engineNow = "cast(current_timestamp as timestamp)";

/** What identifies a version of a row; the hash is dbt's, so that a table may change hands. */
const versionHash = (expressions: readonly string[]): string =>
  `md5(${expressions.map((e) => `coalesce(cast(${e} as varchar), '')`).join(" || '|' || ")})`;

/** The rows of now, with the columns of a snapshot behind them. */
function versions(target: Target, config: SnapshotConfig, query: string): Pick<Step, "sql" | "bodyAt"> {
  const { dialect } = target;
  const q = (name: string): string => dialect.identifier(name);
  const names = config.columns;
  const rows = (column: string): string => `mesh_query.${q(column)}`;
  const updated = config.updatedAt === undefined ? engineNow : `mesh_query.${q(config.updatedAt)}`;
  const current = config.validToCurrent === undefined ? `nullif(${updated}, ${updated})` : `(${config.validToCurrent})`;
  const columns = [
    `${versionHash([...config.uniqueKey.map(rows), updated])} as ${q(names.scdId)}`,
    `${updated} as ${q(names.updatedAt)}`,
    `${updated} as ${q(names.validFrom)}`,
    `${current} as ${q(names.validTo)}`,
    ...(config.hardDeletes === "new_record" ? [`'False' as ${q(names.isDeleted)}`] : []),
  ];
  const before = `create table ${dialect.relation(beside(target.relation, "new"))} as\nselect mesh_query.*, ${columns.join(", ")}\nfrom (\n`;
  return { sql: `${before}${query}\n) mesh_query`, bodyAt: before.length };
}

/** The first version of every row. */
export function firstVersions(target: Target, config: SnapshotConfig, query: string): readonly Step[] {
  const drop = `drop table if exists ${target.dialect.relation(beside(target.relation, "new"))}`;
  return [{ sql: drop }, { ...versions(target, config, query), counts: true }];
}

/** Columns that the snapshot itself adds. */
export const ownColumns = (config: SnapshotConfig): ReadonlySet<string> =>
  new Set(Object.values(config.columns).map((c) => c.toLowerCase()));

/**
 * Brings the rows built beside into the snapshot: versions that changed are closed and opened anew,
 * rows that are gone are left, closed, or closed and marked, as `hard_deletes` says.
 */
export function snapshotSteps(
  target: Target,
  config: SnapshotConfig,
  input: { readonly columns: readonly Column[]; readonly added: readonly Column[] },
): Steps {
  const { dialect, relation } = target;
  const q = (name: string): string => dialect.identifier(name);
  const name = dialect.relation(relation);
  const fresh = dialect.relation(beside(relation, "new"));
  const changes = dialect.relation(beside(relation, "old"));
  const names = config.columns;
  const open = (alias: string): string =>
    config.validToCurrent === undefined
      ? `${alias}.${q(names.validTo)} is null`
      : `(${alias}.${q(names.validTo)} is null or ${alias}.${q(names.validTo)} = ${config.validToCurrent})`;
  const sameKey = (a: string, b: string): string =>
    config.uniqueKey.map((k) => `${a}.${q(k)} = ${b}.${q(k)}`).join(" and ");
  const own = ownColumns(config);
  const data = input.columns.filter((c) => !own.has(c.name.toLowerCase()));
  const watched = config.checkColumns === "all" ? data.map((c) => c.name) : config.checkColumns;
  const changed =
    config.strategy === "timestamp"
      ? `mesh_table.${q(names.validFrom)} < mesh_rows.${q(names.updatedAt)}`
      : watched.length === 0
        ? "1 = 0"
        : `(${watched.map((c) => `mesh_table.${q(c)} is distinct from mesh_rows.${q(c)}`).join(" or ")})`;
  const marks = config.hardDeletes === "new_record";
  const back = marks ? ` or mesh_table.${q(names.isDeleted)} = 'True'` : "";
  const list = input.columns.map((c) => q(c.name)).join(", ");
  const self = q(relation.name);
  const drop: readonly Step[] = [fresh, changes].map((t) => ({ sql: `drop table if exists ${t}` }));
  const build: Step[] = [
    { sql: `drop table if exists ${changes}` },
    {
      sql:
        `create table ${changes} as select mesh_rows.* from ${fresh} as mesh_rows left join ${name} as mesh_table ` +
        `on ${sameKey("mesh_table", "mesh_rows")} and ${open("mesh_table")} ` +
        `where mesh_table.${q(names.scdId)} is null or ${changed}${back}`,
    },
  ];
  const close: Step = {
    sql:
      `update ${name} set ${q(names.validTo)} = mesh_rows.${q(names.updatedAt)} from ${changes} as mesh_rows ` +
      `where ${sameKey(self, "mesh_rows")} and ${open(self)}`,
  };
  const gone = (alias: string): string =>
    `${open(alias)} and not exists (select 1 from ${fresh} as mesh_rows where ${sameKey(alias, "mesh_rows")})` +
    (marks ? ` and ${alias}.${q(names.isDeleted)} <> 'True'` : "");
  const deleted: Step[] = [];
  if (marks) {
    const values = [
      versionHash([`mesh_table.${q(names.scdId)}`, engineNow]),
      engineNow,
      engineNow,
      config.validToCurrent ?? "null",
      "'True'",
    ];
    const into = [
      ...data.map((c) => q(c.name)),
      ...[names.scdId, names.updatedAt, names.validFrom, names.validTo, names.isDeleted].map(q),
    ];
    const from = [...data.map((c) => `mesh_table.${q(c.name)}`), ...values];
    deleted.push({
      sql: `insert into ${changes} (${into.join(", ")}) select ${from.join(", ")} from ${name} as mesh_table where ${gone("mesh_table")}`,
    });
  }
  if (config.hardDeletes !== "ignore") {
    deleted.push({ sql: `update ${name} set ${q(names.validTo)} = ${engineNow} where ${gone(self)}` });
  }
  const insert: Step = { sql: `insert into ${name} (${list}) select ${list} from ${changes}`, counts: true };
  const add = addColumns(dialect, name, input.added);
  return { build: [...add, ...build], swap: [close, ...deleted, insert], clean: drop };
}

export const addColumns = (dialect: Dialect, table: string, columns: readonly Column[]): Step[] =>
  columns.map((c) => ({
    sql: `alter table ${table} add column ${dialect.identifier(c.name)} ${dialect.type(c.type)}`,
  }));
