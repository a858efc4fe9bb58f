import type { ClientBase, FieldDef } from "pg";
import type Cursor from "pg-cursor";
import { engineError } from "./postgres-errors.ts";
import type { NamedType, NamedTypes } from "./postgres-values.ts";

export interface FieldDescription {
  readonly name: string;
  readonly oid: number;
  readonly modifier: number;
}

/** Some rows of a running statement, as the text that the server sends, and how to go on. */
export interface Fetch {
  readonly fields: readonly FieldDescription[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly ended: boolean;
  readonly command: string | undefined;
  readonly count: number | null;
  next(rows: number): Promise<Fetch>;
  /** Gives the rest up. */
  drop(): Promise<void>;
}

/** What a session needs of a server: one connection, or the embedded database that sessions share. */
export interface Connection {
  readonly types: NamedTypes;
  learnTypes(oids: readonly number[]): Promise<void>;
  /** Without `params` the text may hold several statements, which then are not streamed. */
  run(text: string, params: readonly (string | Buffer | null)[] | undefined, rows: number): Promise<Fetch>;
  interrupt(): Promise<void>;
  /** Whether an error is what `interrupt` does to a statement. */
  wasInterrupted(error: unknown): boolean;
  /** Waits until no interruption is under way any more: a late one would hit the next statement. */
  settled(): Promise<void>;
  /** Changes when the server behind was replaced, and all that its session held is gone. */
  generation(): number;
  /** Where sessions share the connection: waits for it, and gives the function that lets go of it. */
  take?: (() => Promise<() => void>) | undefined;
  close(): Promise<void>;
}

interface Driver {
  readonly client: ClientBase;
  readonly Cursor: typeof Cursor;
}

/** All values come as text: decoding is ours, so that nothing is rounded on the way. */
const asText = { getTypeParser: () => (value: string) => value };

const described = (fields: readonly FieldDef[] | undefined): FieldDescription[] =>
  (fields ?? []).map((f) => ({ name: f.name, oid: f.dataTypeID, modifier: f.dataTypeModifier }));

/** Runs statements on one client of `pg`. */
export async function runOn(
  { client, Cursor: Portal }: Driver,
  text: string,
  params: readonly (string | Buffer | null)[] | undefined,
  rows: number,
): Promise<Fetch> {
  if (params === undefined) {
    const answer: unknown = await client.query({ text, rowMode: "array", types: asText });
    const last = (Array.isArray(answer) ? answer.at(-1) : answer) as {
      fields: FieldDef[];
      rows: (string | null)[][];
      command: string | null;
      rowCount: number | null;
    };
    return whole({
      fields: described(last.fields),
      rows: last.rows,
      command: last.command ?? undefined,
      count: last.rowCount,
    });
  }
  const portal = client.query(new Portal<(string | null)[]>(text, [...params], { rowMode: "array", types: asText }));
  return read(portal, rows);
}

const whole = (result: Pick<Fetch, "fields" | "rows" | "command" | "count">): Fetch => ({
  ...result,
  ended: true,
  next: () => Promise.reject(new Error("There are no more rows.")),
  drop: () => Promise.resolve(),
});

function read(portal: Cursor<(string | null)[]>, count: number): Promise<Fetch> {
  return new Promise((resolve, reject) => {
    portal.read(count, (error, rows, result) => {
      if (error) return reject(error);
      const ended = (portal as unknown as { state: string }).state === "done";
      const part = {
        fields: described(result?.fields),
        rows: [...rows],
        command: result?.command ?? undefined,
        count: result?.rowCount ?? null,
      };
      resolve(
        ended
          ? whole(part)
          : { ...part, ended, next: (more) => read(portal, more), drop: () => portal.close().catch(() => {}) },
      );
    });
  });
}

/** Types that are not built in, asked for once. */
export async function readTypes(driver: Driver, oids: readonly number[], known: Map<number, NamedType>): Promise<void> {
  const missing = [...new Set(oids)].filter((oid) => !known.has(oid));
  if (missing.length === 0) return;
  const text = `select oid, format_type(oid, null), nullif(typelem, 0), nullif(typbasetype, 0), typtypmod, typcategory
    from pg_catalog.pg_type where oid in (${missing.join(", ")})`;
  try {
    const { rows } = await runOn(driver, text, [], missing.length + 1);
    const inner: number[] = [];
    for (const [oid, name, element, base, modifier, category] of rows) {
      const part = (value: string | null | undefined) => (value == null ? undefined : Number(value));
      // Fixed vectors and points have elements too, and are no arrays.
      const listed = category === "A" ? part(element) : undefined;
      known.set(Number(oid), { name: name!, element: listed, base: part(base), baseModifier: part(modifier) });
      if (listed !== undefined) inner.push(listed);
      if (base != null) inner.push(Number(base));
    }
    for (const oid of missing) if (!known.has(oid)) known.set(oid, { name: `oid ${oid}` });
    await readTypes(driver, inner, known);
  } catch (error) {
    throw engineError(error);
  }
}
