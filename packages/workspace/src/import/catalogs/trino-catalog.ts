import type { CatalogTable } from "@meshwork/formats";
import { readCatalog } from "@meshwork/formats";
import { trino as dialect } from "@meshwork/sql";
import { Refusal } from "../../operation.ts";
import type { SourceRead } from "../read-source.ts";
import { chosen } from "../read-source.ts";
import type { Catalog } from "./catalog.ts";
import { withoutSecret } from "./catalog.ts";

/**
 * Reads the tables of one schema over Trino's HTTP protocol: `trino://user@host:8080/catalog/schema`, TLS by
 * `?ssl=true` or port 443; a password comes from `TRINO_PASSWORD`. Trino tells names, types and comments, and NOT NULL
 * where the connector knows it; keys it has none.
 */
export async function readTrino(options: Parameters<Catalog["read"]>[0]): Promise<SourceRead> {
  const place = placeOf(options.source, options.env?.["TRINO_PASSWORD"]);
  const ask = (text: string): Promise<Row[]> => query(place, text, options.signal);
  const schema = dialect.literal(place.schema);
  const catalog = dialect.identifier(place.catalog);
  const all = await ask(
    `SELECT table_name, column_name, data_type, is_nullable FROM ${catalog}.information_schema.columns WHERE table_schema = ${schema} ORDER BY table_name, ordinal_position`,
  );
  if (all.length === 0)
    throw new Refusal(
      `${withoutSecret(options.source)} has no tables, or there is no such schema.\nWrite trino://user@host:8080/catalog/schema.`,
    );
  const names = [...new Set(all.map((row) => String(row[0])))];
  const wanted = names.filter(
    (name) =>
      options.only === undefined || options.only.some((each) => each === name || each === `${place.schema}.${name}`),
  );
  const comments = new Map(
    (
      await ask(
        `SELECT table_name, comment FROM system.metadata.table_comments WHERE catalog_name = ${dialect.literal(place.catalog)} AND schema_name = ${schema}`,
      )
    ).map((row) => [String(row[0]), row[1]]),
  );
  const tables: CatalogTable[] = [];
  for (const name of wanted) {
    const relation = [place.catalog, place.schema, name].map((part) => dialect.identifier(part)).join(".");
    const described = new Map((await ask(`SHOW COLUMNS FROM ${relation}`)).map((row) => [String(row[0]), row[3]]));
    tables.push({
      schema: place.schema,
      name,
      comment: textOf(comments.get(name)),
      columns: all
        .filter((row) => row[0] === name)
        .map((row) => ({
          name: String(row[1]),
          type: String(row[2]),
          nullable: row[3] !== "NO",
          comment: textOf(described.get(String(row[1]))),
        })),
    });
  }
  return { format: "trino", read: chosen(readCatalog(tables, "trino"), options) };
}

type Row = readonly unknown[];
const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

interface Place {
  readonly origin: string;
  readonly catalog: string;
  readonly schema: string;
  readonly headers: Readonly<Record<string, string>>;
}

function placeOf(source: string, password: string | undefined): Place {
  let url: URL;
  try {
    // The parser takes hosts and ports of known schemes only.
    url = new URL(source.replace(/^trino:/i, "http:"));
  } catch {
    throw new Refusal(`${withoutSecret(source)} is no address of Trino.\nWrite trino://user@host:8080/catalog/schema.`);
  }
  const [catalog, schema, ...rest] = url.pathname
    .split("/")
    .filter((part) => part !== "")
    .map(decodeURIComponent);
  if (catalog === undefined || schema === undefined || rest.length > 0)
    throw new Refusal(
      `${withoutSecret(source)} names no catalog and schema.\nWrite trino://user@host:8080/catalog/schema.`,
    );
  if (url.password !== "")
    throw new Refusal("A password does not belong into an address: others can read it.\nSet TRINO_PASSWORD.");
  const user = decodeURIComponent(url.username) || "meshwork";
  const secure = url.port === "443" || url.searchParams.get("ssl") === "true" || /^https:/i.test(source);
  if (password !== undefined && !secure)
    throw new Refusal(
      "TRINO_PASSWORD is set, and the connection is not encrypted.\nAdd ?ssl=true to the address, or leave the password out.",
    );
  return {
    origin: `${secure ? "https" : "http"}://${url.host}`,
    catalog,
    schema,
    headers: {
      "X-Trino-User": user,
      "X-Trino-Source": "meshwork import",
      ...(password === undefined
        ? {}
        : { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` }),
    },
  };
}

/** A result takes as many requests as Trino likes; this many are minutes of waiting. */
const mostPages = 10_000;

/** One statement, page by page. Only the server that was named is asked, whatever a page says is next. */
async function query(place: Place, text: string, signal: AbortSignal | undefined): Promise<Row[]> {
  const rows: Row[] = [];
  let next: string | undefined = `${place.origin}/v1/statement`;
  for (let page = 0; next !== undefined && page < mostPages; page++) {
    const body: unknown = await fetched(place, next, page === 0 ? text : undefined, signal);
    const answer = body as { data?: Row[]; nextUri?: unknown; error?: { message?: unknown } };
    if (answer.error !== undefined)
      throw new Refusal(
        `Trino: ${String(answer.error.message).split("\n")[0]!.slice(0, 300)}\nCheck the catalog and the schema.`,
        3,
      );
    rows.push(...(Array.isArray(answer.data) ? answer.data : []));
    const uri: URL | undefined =
      typeof answer.nextUri === "string" && URL.canParse(answer.nextUri) ? new URL(answer.nextUri) : undefined;
    next = uri === undefined ? undefined : `${place.origin}${uri.pathname}${uri.search}`;
  }
  return rows;
}

async function fetched(
  place: Place,
  url: string,
  body: string | undefined,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const timeout = AbortSignal.timeout(120_000);
  let response: Response;
  try {
    response = await fetch(url, {
      method: body === undefined ? "GET" : "POST",
      headers: place.headers,
      redirect: "error",
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      ...(body === undefined ? {} : { body }),
    });
  } catch (error) {
    signal?.throwIfAborted();
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Refusal(
      `${place.origin} was not reached: ${cause.slice(0, 200)}\nCheck host and port, and that Trino runs.`,
      3,
    );
  }
  if (response.status === 401 || response.status === 403)
    throw new Refusal(`${place.origin} refused the user.\nName one in the address, and set TRINO_PASSWORD.`, 3);
  if (!response.ok) throw new Refusal(`${place.origin} answered ${response.status}.\nCheck that Trino runs there.`, 3);
  return response.json();
}
