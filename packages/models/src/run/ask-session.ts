import { EngineError } from "@meshwork/engine";
import type { Session } from "@meshwork/engine";
import type { AskEngine } from "../model.ts";

/** Rows a template may read at once: more would be a table in a text. */
const maximumRows = 100_000;

/** Runs the statements of templates on a session. */
export const askSession =
  (
    session: Session,
    signal?: AbortSignal | undefined,
    onError?: (sql: string, error: EngineError) => void,
  ): AskEngine =>
  async (sql) => {
    try {
      const result = await session.query(sql, { signal });
      const rows = await result.rows();
      if (rows.length > maximumRows) return { error: `it gives ${rows.length} rows, more than ${maximumRows}` };
      return { columns: result.columns, rows, rowsChanged: (await result.stats()).rowsChanged };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      onError?.(sql, error);
      return { error: error.message };
    }
  };
