import { z } from "zod";
import type { Answer, CatalogReader, CatalogWriter } from "./reader.ts";
import {
  domainList,
  lineageGraph,
  metadata,
  product,
  productPage,
  qualityReport,
  schemaReport,
  searchPage,
  versionList,
} from "./record.ts";
import { problem, receipt } from "./report.ts";
import type { Problem } from "./report.ts";

export interface ClientOptions {
  /** The catalog's root: `https://catalog.acme.example`. */
  readonly url: string;
  /** Sent as `Authorization: Bearer`; reading may not need one. */
  readonly key?: string | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A read that the catalog refused or answered in no known form. Writes give the refusal as a value instead. */
export class CatalogError extends Error {
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super(`The catalog answered ${status}: ${problem.message}`);
    this.name = "CatalogError";
    this.status = status;
    this.problem = problem;
  }
}

export type CatalogClient = CatalogReader & CatalogWriter;

/**
 * A typed client of the catalog's HTTP interface. Answers are parsed, so that a proxy's error page or an older
 * catalog is noticed here. Network errors reject with fetch's own error; it never repeats a request.
 */
export function catalogClient(options: ClientOptions): CatalogClient {
  const root = options.url.replace(/\/+$/, "");
  const send = options.fetch ?? globalThis.fetch;

  const request = (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set("accept", "application/json");
    if (options.key !== undefined) headers.set("authorization", `Bearer ${options.key}`);
    return send(`${root}${path}`, { ...init, headers, signal: options.signal ?? null, redirect: "error" });
  };

  async function get<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const response = await request(path);
    if (response.status === 404) return undefined;
    if (!response.ok) throw new CatalogError(response.status, await problemOf(response));
    const body = schema.safeParse(await json(response));
    if (body.success) return body.data;
    throw new CatalogError(response.status, {
      code: "publish/refused",
      message: `The answer to ${path} is not a catalog's: ${z.prettifyError(body.error).split("\n")[0]}`,
    });
  }
  const must = async <T>(path: string, schema: z.ZodType<T>): Promise<T> => {
    const value = await get(path, schema);
    if (value === undefined)
      throw new CatalogError(404, { code: "publish/refused", message: `${root}${path} is not there.` });
    return value;
  };

  async function post<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<Answer<T>> {
    const response = await request(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) return { ok: false, status: response.status, problem: await problemOf(response) };
    const parsed = schema.safeParse(await json(response));
    if (parsed.success) return { ok: true, value: parsed.data };
    return {
      ok: false,
      status: response.status,
      problem: { code: "publish/refused", message: "The receiver accepted the request but is not a Meshwork catalog." },
    };
  }

  const at = (domain: string, name: string) => `/v1/products/${encodeURIComponent(domain)}/${encodeURIComponent(name)}`;
  return {
    domains: async () => (await must("/v1/domains", domainList)).items,
    products: (filter = {}) => must(`/v1/products${query({ ...filter })}`, productPage),
    product: (domain, name, version) =>
      get(
        version === undefined ? at(domain, name) : `${at(domain, name)}/versions/${encodeURIComponent(version)}`,
        product,
      ),
    versions: async (domain, name) => (await get(`${at(domain, name)}/versions`, versionList))?.items,
    schema: (domain, name) => get(`${at(domain, name)}/schema`, schemaReport),
    quality: (domain, name) => get(`${at(domain, name)}/quality`, qualityReport),
    lineage: (domain, name, depth) => get(`${at(domain, name)}/lineage${query({ depth })}`, lineageGraph),
    metadata: (domain, name) => get(`${at(domain, name)}/metadata`, metadata),
    search: (q, paging = {}) => must(`/v1/search${query({ q, ...paging })}`, searchPage),
    publish: (publication) => post("/v1/products", publication, receipt),
    report: (domain, name, report) => post(`${at(domain, name)}/runs`, report, reportStored),
    event: (event) => post("/v1/lineage", event, eventStored),
  };
}

export const reportStored = z.object({ run: z.enum(["stored", "unchanged"]) });
export const eventStored = z.object({ stored: z.boolean() });

function query(parameters: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) search.set(name, String(value));
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

async function json(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const known = problem.safeParse(await json(response));
  if (known.success) return known.data;
  return {
    code: "publish/refused",
    message: `status ${response.status}${response.statusText ? ` (${response.statusText})` : ""}`,
  };
}
