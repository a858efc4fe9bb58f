import type { BindError, BoundQuery } from "@meshwork/engine";

const name = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)`;
const qualified = new RegExp(String.raw`(${name})\s*\.\s*(?=${name})`, "uy");

/**
 * Missing columns that DuckDB tells otherwise: of `x.gone` in a subquery that there is no table `x`, as it looked for it
 * further out last; and of `USING (gone)` without a place. Other errors stay as they are.
 */
export async function clearerError(
  error: BindError,
  sql: string,
  bind: (sql: string) => Promise<BoundQuery | BindError>,
): Promise<BindError> {
  if (error.code === "unknown-relation" && error.offset !== undefined) {
    qualified.lastIndex = error.offset;
    const prefix = qualified.exec(sql)?.[0];
    if (prefix === undefined) return error;
    const bare = await bind(sql.slice(0, error.offset) + sql.slice(error.offset + prefix.length));
    // With the table's name left out it is the column that is missed, at the same place.
    const same = !bare.ok && bare.code === "unknown-column" && bare.offset === error.offset;
    return same && aliased(sql, prefix.replace(/\s*\.\s*$/, "")) ? bare : error;
  }
  const gone = /^Column "(.+)" does not exist on (?:left|right) side of join/.exec(error.message)?.[1];
  if (gone === undefined) return error;
  const own = gone.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const places = [...sql.matchAll(new RegExp(String.raw`(\busing\s*\([^()]*?)(?<![\w"])"?${own}"?(?![\w"])`, "giu"))];
  const [place] = places;
  const offset = places.length === 1 ? place!.index + place![1]!.length : undefined;
  return { ...error, code: "unknown-column", offset };
}

/** Whether some table of the query goes by that name, so that it is there. */
const aliased = (sql: string, table: string): boolean =>
  new RegExp(
    String.raw`(?:\b(?:from|join|as|lateral)\s+|[\w")\].,]\s+|\.)${table.replace(/[$]/g, String.raw`\$&`)}(?![\w."$])(?!\s*\.)`,
    "iu",
  ).test(sql);
