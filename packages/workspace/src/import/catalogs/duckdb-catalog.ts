import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Cell, Session } from "@meshwork/engine";
import { EngineError } from "@meshwork/engine";
import { duckdbEngine } from "@meshwork/engine-duckdb";
import type { CatalogTable } from "@meshwork/formats";
import { readCatalog } from "@meshwork/formats";
import { relation, sql, statement } from "@meshwork/sql";
import { Refusal } from "../../operation.ts";
import { profile } from "../profile.ts";
import type { ColumnProfile } from "../profile.ts";
import type { SourceRead } from "../read-source.ts";
import { chosen } from "../read-source.ts";
import type { Catalog } from "./catalog.ts";

/** Reads the tables and views of a database file, which is opened to be read only. */
export async function readDuckdb(options: Parameters<Catalog["read"]>[0]): Promise<SourceRead> {
  const path = resolve(options.cwd, options.source);
  if (!existsSync(path)) throw new Refusal(`${options.source} cannot be read.\nName a database file of DuckDB.`);
  const engine = duckdbEngine({ path, readOnly: true, onlyBelow: [] });
  try {
    const session = await engine.open({ signal: options.signal });
    try {
      const tables = await tablesOf(session);
      const read = chosen(readCatalog(tables, "duckdb"), options);
      const profiles = new Map<string, readonly ColumnProfile[]>();
      if (options.profile !== false) {
        for (const port of read.imported.ports) {
          const place = relation({ schema: port.namespace ?? "main", name: port.name });
          const { columns } = await session.query(statement(sql`SELECT * FROM ${place} AS t LIMIT 0`, session.dialect));
          profiles.set(port.name, await profile(session, place, columns, options.signal));
        }
      }
      return { format: "duckdb", read, profiles };
    } finally {
      await session.close();
    }
  } catch (error) {
    if (!(error instanceof EngineError) || error.code === "cancelled") throw error;
    throw new Refusal(
      `${options.source} cannot be read: ${error.message.split("\n")[0]!.slice(0, 300)}\nClose what has it open, or name another file.`,
      3,
    );
  } finally {
    await engine.close();
  }
}

async function tablesOf(session: Session): Promise<CatalogTable[]> {
  const ask = async (text: string): Promise<Cell[][]> => (await (await session.query(text)).rows()) as Cell[][];
  const here = "database_name = current_database() AND NOT internal";
  const relations = await ask(
    `SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE ${here} UNION ALL SELECT schema_name, view_name, comment FROM duckdb_views() WHERE ${here} ORDER BY 1, 2`,
  );
  const columns = await ask(
    `SELECT schema_name, table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns() WHERE ${here} ORDER BY schema_name, table_name, column_index`,
  );
  const constraints = await ask(
    "SELECT schema_name, table_name, constraint_type, constraint_column_names, expression, referenced_table, referenced_column_names FROM duckdb_constraints() WHERE database_name = current_database() ORDER BY constraint_index",
  );
  return relations.map(([schema, name, comment]): CatalogTable => {
    const own = (row: readonly Cell[]): boolean => row[0] === schema && row[1] === name;
    const of = (kind: string): Cell[][] => constraints.filter((row) => own(row) && row[2] === kind);
    return {
      schema: String(schema),
      name: String(name),
      comment: text(comment),
      columns: columns.filter(own).map((row) => ({
        name: String(row[2]),
        type: String(row[3]),
        nullable: row[4] !== false,
        comment: text(row[5]),
      })),
      primaryKey: list(of("PRIMARY KEY")[0]?.[3]),
      unique: of("UNIQUE").map((row) => list(row[3])),
      checks: of("CHECK").map((row) => ({ condition: String(row[4]) })),
      references: of("FOREIGN KEY").map((row) => ({ columns: list(row[3]), table: String(row[5]), to: list(row[6]) })),
    };
  });
}

const text = (cell: Cell | undefined): string | undefined =>
  typeof cell === "string" && cell !== "" ? cell : undefined;
const list = (cell: Cell | undefined): string[] => (Array.isArray(cell) ? cell.map(String) : []);
