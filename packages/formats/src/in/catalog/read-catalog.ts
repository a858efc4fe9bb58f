import type { NamedPart } from "../columns.ts";
import { defined, toColumn } from "../columns.ts";
import type { ImportedPort, ReadIn } from "../define-import.ts";
import { Cursor } from "../ddl/cursor.ts";
import type { Database } from "../ddl/database.ts";
import { databases } from "../ddl/databases.ts";
import { readType } from "../ddl/read-type.ts";
import { addCondition, primaryKey, unique } from "../ddl/table.ts";
import type { Table } from "../ddl/table.ts";
import { tokensOf } from "../ddl/tokens.ts";
import { reading } from "../read-in.ts";

/** A table as a database's own catalog tells of it. */
export interface CatalogTable {
  readonly schema: string;
  readonly name: string;
  readonly comment?: string | undefined;
  readonly columns: readonly CatalogColumn[];
  readonly primaryKey?: readonly string[] | undefined;
  readonly unique?: readonly (readonly string[])[] | undefined;
  /** Conditions in the database's own words, without `CHECK` around them. */
  readonly checks?: readonly { readonly name?: string | undefined; readonly condition: string }[] | undefined;
  readonly references?:
    | readonly {
        readonly columns: readonly string[];
        readonly schema?: string | undefined;
        readonly table: string;
        readonly to: readonly string[];
      }[]
    | undefined;
}

export interface CatalogColumn {
  readonly name: string;
  /** The database's word for it: `character varying(20)`. */
  readonly type: string;
  readonly nullable: boolean;
  readonly comment?: string | undefined;
  readonly values?: readonly string[] | undefined;
}

/** The tables of a catalog as ports; types and conditions are read as in statements of that database. */
export function readCatalog(tables: readonly CatalogTable[], engine: "duckdb" | "postgres" | "trino"): ReadIn {
  const database = databases.find((each) => each.name === engine)!;
  return reading((context) => ({
    ports: tables.map((from): ImportedPort => {
      const table: Table = {
        name: from.name,
        namespace: from.schema,
        columns: [],
        checks: [],
        references: [],
        description: from.comment,
        span: undefined,
      };
      for (const column of from.columns) table.columns.push(columnOf(column, from.name, database, context));
      primaryKey(from.primaryKey ?? [], table);
      for (const columns of from.unique ?? []) unique(columns, undefined, table);
      for (const { name, condition } of from.checks ?? []) {
        const tokens = tokensOf("", condition, database.quoting);
        if (tokens.open === undefined && tokens.list.length > 1)
          addCondition(new Cursor(tokens, 0, tokens.list.length - 1), name, table, { database, context, tokens });
      }
      for (const { columns, schema, table: port, to } of from.references ?? []) {
        const [column] = columns;
        if (columns.length === 1 && column !== undefined)
          table.references.push(defined({ column, port, namespace: schema, to: to[0] }));
        else
          context.lose({
            feature: "references",
            message: `A reference of ${columns.length} columns together has no word in a contract.`,
            port: from.name,
          });
      }
      return defined({
        name: table.name,
        namespace: table.namespace,
        description: table.description,
        columns: table.columns.map(toColumn),
        checks: table.checks,
        references: table.references,
      });
    }),
  }));
}

function columnOf(
  column: CatalogColumn,
  port: string,
  database: Database,
  context: Parameters<Parameters<typeof reading>[0]>[0],
): NamedPart {
  const tokens = tokensOf("", column.type, database.quoting);
  const found =
    column.values === undefined ? readType(new Cursor(tokens, 0, tokens.list.length - 1), database) : undefined;
  if (column.values === undefined && (found === undefined || found.unknown !== undefined)) {
    context.report("unknown-type", { type: column.type.slice(0, 60), column: `${port}.${column.name}`, taken: "text" });
    context.lose({
      feature: "type",
      message: `A contract has no type ${column.type.slice(0, 60)}.`,
      port,
      column: column.name,
    });
  }
  const values = column.values ?? found?.values;
  return defined({
    name: column.name,
    shape: found?.shape ?? { kind: "string" as const },
    nullable: column.nullable,
    description: column.comment,
    constraints: values === undefined ? undefined : { enum: values },
  });
}
