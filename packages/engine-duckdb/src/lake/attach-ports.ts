import type { Session } from "@meshwork/engine";
import { id, join, literal, relation as name, sql, statement, type Fragment, type Relation } from "@meshwork/sql";

export interface AttachedPort {
  readonly relation: Relation;
  /** Absolute paths of one snapshot's files. */
  readonly files: readonly string[];
}

/** A scan of Parquet files as a table expression. */
export const parquetScan = (files: readonly string[]): Fragment =>
  sql`read_parquet([${join(files.map((f) => literal(f)))}])`;

/**
 * Makes each port readable under its relation's name in the session's database: a schema and a view over exactly
 * the files of one snapshot, so that a run sees one state of its upstreams however often they are built meanwhile.
 */
export async function attachPorts(session: Session, ports: readonly AttachedPort[]): Promise<void> {
  const schemas = new Set<string>();
  const run = (fragment: Fragment): Promise<unknown> => session.query(statement(fragment, session.dialect));
  for (const { relation, files } of ports) {
    if (relation.schema !== undefined && !schemas.has(relation.schema)) {
      schemas.add(relation.schema);
      await run(sql`CREATE SCHEMA IF NOT EXISTS ${id(relation.schema)}`);
    }
    await run(sql`CREATE OR REPLACE VIEW ${name(relation)} AS SELECT * FROM ${parquetScan(files)}`);
  }
}
