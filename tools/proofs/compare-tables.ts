import { DuckDBInstance } from "@duckdb/node-api";

export interface TablePair {
  readonly name: string;
  /** Promised columns, in order. */
  readonly columns: readonly string[];
  /** Globs of Parquet files. */
  readonly ours: string;
  readonly theirs: string;
}

export interface TableVerdict {
  readonly name: string;
  readonly rows: number;
  readonly equal: boolean;
  /** What differs, in words. */
  readonly difference: string | undefined;
}

/** Compares types and rows: nothing may be on one side only, counted with repetitions (EXCEPT ALL both ways). */
export async function compareTables(pairs: readonly TablePair[]): Promise<TableVerdict[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const first = async (sql: string): Promise<readonly unknown[]> =>
    (await connection.runAndReadAll(sql)).getRowsJson()[0] ?? [];
  try {
    const verdicts: TableVerdict[] = [];
    for (const { name, columns, ours, theirs } of pairs) {
      const list = columns.map((column) => `"${column.replaceAll('"', '""')}"`).join(", ");
      const select = (glob: string): string => `select ${list} from read_parquet('${glob.replaceAll("'", "''")}')`;
      const types = async (glob: string): Promise<string> =>
        String(
          (
            await first(`select string_agg(column_name || ' ' || column_type, ', ') from (describe ${select(glob)})`)
          )[0],
        );
      const [ourTypes, theirTypes] = [await types(ours), await types(theirs)];
      const only = async (one: string, other: string): Promise<number> =>
        Number((await first(`select count(*) from ((${select(one)}) except all (${select(other)}))`))[0]);
      const rows = Number((await first(`select count(*) from (${select(ours)})`))[0]);
      let difference: string | undefined;
      if (ourTypes === theirTypes) {
        const [here, there] = [await only(ours, theirs), await only(theirs, ours)];
        if (here + there > 0) difference = `${here} rows in Meshwork's port only, ${there} in dbt's table only`;
      } else difference = `types: Meshwork's port has ${ourTypes}; dbt's table has ${theirTypes}`;
      verdicts.push({ name, rows, equal: difference === undefined, difference });
    }
    return verdicts;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
