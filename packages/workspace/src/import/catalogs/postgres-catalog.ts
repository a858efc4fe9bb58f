import type { Cell, Session } from "@meshwork/engine";
import { EngineError } from "@meshwork/engine";
import { postgresEngine } from "@meshwork/engine-postgres";
import type { CatalogTable } from "@meshwork/formats";
import { readCatalog } from "@meshwork/formats";
import { Refusal } from "../../operation.ts";
import type { SourceRead } from "../read-source.ts";
import { chosen } from "../read-source.ts";
import type { Catalog } from "./catalog.ts";
import { withoutSecret } from "./catalog.ts";

const outside =
  "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%' AND n.nspname NOT LIKE 'pg_temp%'";
const relations = `SELECT n.nspname, c.relname, obj_description(c.oid, 'pg_class')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND ${outside} ORDER BY 1, 2`;
const columns = `SELECT n.nspname, c.relname, a.attname, format_type(CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE a.atttypid END, CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END),
  NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)), col_description(c.oid, a.attnum),
  (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder)::text FROM pg_enum e WHERE e.enumtypid = a.atttypid)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${outside} ORDER BY 1, 2, a.attnum`;
const constraints = `SELECT n.nspname, c.relname, k.conname, k.contype::text, pg_get_expr(k.conbin, k.conrelid),
  (SELECT json_agg(a.attname ORDER BY x.n)::text FROM unnest(k.conkey) WITH ORDINALITY x(num, n) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = x.num),
  fn.nspname, f.relname,
  (SELECT json_agg(a.attname ORDER BY x.n)::text FROM unnest(k.confkey) WITH ORDINALITY x(num, n) JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = x.num)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class f ON f.oid = k.confrelid LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
WHERE k.contype IN ('p', 'u', 'c', 'f') AND ${outside} ORDER BY 1, 2, k.conname`;

/** Reads the tables and views of a PostgreSQL database: `postgresql://user@host:5432/database`, the password from `PGPASSWORD`. */
export async function readPostgres(options: Parameters<Catalog["read"]>[0]): Promise<SourceRead> {
  const url = options.source;
  if (!/^postgres(?:ql)?:\/\//i.test(url))
    throw new Refusal(
      `${url} is no address of a database.\nWrite postgresql://user@host:5432/database; the password comes from PGPASSWORD.`,
    );
  const engine = postgresEngine({
    url,
    password: options.env?.["PGPASSWORD"],
    applicationName: "meshwork import",
    connectTimeoutMs: 15_000,
    settings: { default_transaction_read_only: "on", statement_timeout: "120000" },
  });
  try {
    const session = await engine.open({ signal: options.signal });
    try {
      const read = readCatalog(await postgresTables(session, options.signal), "postgres");
      return { format: "postgres", read: chosen(read, options) };
    } finally {
      await session.close();
    }
  } catch (error) {
    if (!(error instanceof EngineError) || error.code === "cancelled") throw error;
    throw new Refusal(
      `${withoutSecret(url)} cannot be read: ${error.message.split("\n")[0]!.slice(0, 300)}\nCheck host, port, user and PGPASSWORD.`,
      3,
    );
  } finally {
    await engine.close();
  }
}

/** Every table and view outside the system's schemas. */
export async function postgresTables(session: Session, signal?: AbortSignal): Promise<CatalogTable[]> {
  const ask = async (text: string): Promise<Cell[][]> =>
    (await (await session.query(text, { signal })).rows()) as Cell[][];
  return join(await ask(relations), await ask(columns), await ask(constraints));
}

function join(tables: readonly Cell[][], all: readonly Cell[][], rules: readonly Cell[][]): CatalogTable[] {
  const key = (row: readonly Cell[]): string => JSON.stringify(row.slice(0, 2));
  const grouped = (rows: readonly Cell[][]): Map<string, Cell[][]> => {
    const groups = new Map<string, Cell[][]>();
    for (const row of rows) {
      const group = groups.get(key(row));
      if (group === undefined) groups.set(key(row), [row]);
      else group.push(row);
    }
    return groups;
  };
  const [columnsOf, rulesOf] = [grouped(all), grouped(rules)];
  return tables.map((table): CatalogTable => {
    const own = rulesOf.get(key(table)) ?? [];
    const of = (type: string): Cell[][] => own.filter((row) => row[3] === type);
    return {
      schema: String(table[0]),
      name: String(table[1]),
      comment: text(table[2]),
      columns: (columnsOf.get(key(table)) ?? []).map((row) => ({
        name: String(row[2]),
        type: String(row[3]),
        nullable: row[4] !== false,
        comment: text(row[5]),
        values: row[6] === null ? undefined : names(row[6]),
      })),
      primaryKey: names(of("p")[0]?.[5]),
      unique: of("u").map((row) => names(row[5])),
      checks: of("c").map((row) => ({ name: String(row[2]), condition: String(row[4]) })),
      references: of("f").map((row) => ({
        columns: names(row[5]),
        schema: text(row[6]),
        table: String(row[7]),
        to: names(row[8]),
      })),
    };
  });
}

const text = (cell: Cell | undefined): string | undefined =>
  typeof cell === "string" && cell !== "" ? cell : undefined;
const names = (cell: Cell | undefined): string[] => (typeof cell === "string" ? (JSON.parse(cell) as string[]) : []);
