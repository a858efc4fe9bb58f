import type { Answer, Problem } from "@meshwork/catalog-api";
import { publication, runReport } from "@meshwork/catalog-api";
import type { CatalogPages } from "@meshwork/catalog-web";
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import type { SqlCatalogStore } from "./catalog-store.ts";
import { bearerMatches } from "./keys.ts";
import { openApiDocument } from "./openapi-document.ts";
import { routes } from "./routes.ts";

export interface AppOptions {
  /** The storage, once it is open: requests wait for it. Rejects with `StorageClosed` where it does not open. */
  readonly store: () => Promise<SqlCatalogStore>;
  readonly isReady: () => boolean;
  readonly pages: (store: SqlCatalogStore) => CatalogPages;
  /** Accepted for writing, and for reading where that is not open. */
  readonly keys: readonly string[];
  readonly openReads: boolean;
  /** Names under which a loopback catalog may be asked: keeps other sites' pages from reaching it by DNS rebinding. */
  readonly hosts?: readonly string[] | undefined;
  readonly instance: string;
  readonly startedAt: Date;
  readonly log: (line: string) => void;
}

/** The storage did not open; the message says why and may be shown. */
export class StorageClosed extends Error {}

/** Bytes of a request body; a contract of a thousand columns with its results is about one. */
const maxBody = 8 * 1024 * 1024;

/** A contract as it is, or the envelope: told by its content, never by its content type. */
export function publicationOf(text: string): z.ZodSafeParseResult<z.infer<typeof publication>> {
  const body = text.replace(/^\ufeff/, "");
  if (body.trimStart().startsWith("{")) {
    const value = parsed(body);
    if (typeof value === "object" && value !== null && "contract" in value && typeof value.contract === "string")
      return publication.safeParse(value);
  }
  return publication.safeParse({ contract: body });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const refusal = (message: string, help?: string): Problem => ({
  code: "publish/refused",
  message,
  ...(help === undefined ? {} : { help }),
});

const unfit = (error: z.ZodError): Problem =>
  refusal(`The request does not fit: ${z.prettifyError(error).split("\n").slice(0, 4).join(" ").slice(0, 500)}`);

/** The catalog as a web application: JSON under /v1, pages elsewhere. */
export function catalogApp(options: AppOptions): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result, c) => (result.success ? undefined : c.json(unfit(result.error), 400)),
  });
  const { store, keys } = options;

  app.use(async (c, next) => {
    if (options.hosts !== undefined && !options.hosts.includes(hostOf(c)))
      return c.json(refusal("This catalog answers under its loopback address only."), 403);
    // No name holds a NUL, and Postgres takes none in a parameter.
    if (c.req.url.includes("%00")) return c.json(refusal("No address holds a NUL."), 404);
    await next();
    c.header("x-content-type-options", "nosniff");
    c.header("referrer-policy", "same-origin");
    c.header("x-frame-options", "DENY");
    c.header(
      "content-security-policy",
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
  });
  app.use(
    bodyLimit({
      maxSize: maxBody,
      onError: (c) => c.json(refusal(`The body is larger than ${maxBody / 1024 / 1024} MiB.`), 413),
    }),
  );
  app.use(async (c, next) => {
    const isWrite = c.req.method !== "GET" && c.req.method !== "HEAD";
    const isOpen = c.req.path === "/healthz" || (!isWrite && options.openReads);
    if (!isOpen && !bearerMatches(c.req.header("authorization"), keys)) {
      c.header("www-authenticate", 'Bearer realm="meshwork"');
      return c.json(refusal("This needs the catalog's key.", "send it as Authorization: Bearer <key>"), 401);
    }
    return await next();
  });
  app.onError((error, c) => {
    if (error instanceof StorageClosed) return c.json({ code: "catalog/no-database", message: error.message }, 503);
    options.log(`${c.req.method} ${c.req.path}: ${error.stack ?? error.message}`);
    return c.json({ code: "catalog/internal", message: "The catalog failed; its log says why." }, 500);
  });
  app.notFound((c) =>
    c.req.path.startsWith("/v1/")
      ? c.json(refusal(`Nothing is at ${c.req.path}.`), 404)
      : store().then((s) => page(c, options.pages(s).notFound(c.req.path))),
  );

  // Each response is checked against its route at compile time; refusals have the statuses their routes declare.
  app.openapi(routes.publish, async (c) => {
    const envelope = publicationOf(await c.req.text());
    if (!envelope.success) return c.json(unfit(envelope.error), 422);
    const answer = await (await store()).publish(envelope.data);
    if (answer.ok) return c.json(answer.value, answer.value.outcome === "created" ? 201 : 200);
    return c.json(answer.problem, answer.status === 409 ? 409 : 422);
  });
  app.openapi(routes.report, async (c) => {
    const { domain, product } = c.req.valid("param");
    const report = runReport.safeParse(parsed(await c.req.text()));
    if (!report.success) return c.json(unfit(report.error), 422);
    const answer = await (await store()).report(domain, product, report.data);
    if (answer.ok) return c.json(answer.value, answer.value.run === "stored" ? 201 : 200);
    return c.json(answer.problem, answer.status === 404 ? 404 : 422);
  });
  app.openapi(routes.products, async (c) => c.json(await (await store()).products(c.req.valid("query")), 200));
  app.openapi(routes.domains, async (c) => c.json({ items: await (await store()).domains() }, 200));
  app.openapi(routes.search, async (c) => {
    const { q, ...paging } = c.req.valid("query");
    return c.json(await (await store()).search(q, paging), 200);
  });
  app.openapi(routes.product, async (c) => {
    const { domain, product } = c.req.valid("param");
    const found = await (await store()).product(domain, product);
    return found === undefined ? c.json(missing(domain, product), 404) : c.json(found, 200);
  });
  app.openapi(routes.versions, async (c) => {
    const { domain, product } = c.req.valid("param");
    const items = await (await store()).versions(domain, product);
    return items === undefined ? c.json(missing(domain, product), 404) : c.json({ items }, 200);
  });
  app.openapi(routes.version, async (c) => {
    const { domain, product, version } = c.req.valid("param");
    const found = await (await store()).product(domain, product, version);
    return found === undefined ? c.json(missing(domain, product, version), 404) : c.json(found, 200);
  });
  app.openapi(routes.schema, async (c) => {
    const { domain, product } = c.req.valid("param");
    const found = await (await store()).schema(domain, product);
    return found === undefined ? c.json(missing(domain, product), 404) : c.json(found, 200);
  });
  app.openapi(routes.quality, async (c) => {
    const { domain, product } = c.req.valid("param");
    const found = await (await store()).quality(domain, product);
    return found === undefined ? c.json(missing(domain, product), 404) : c.json(found, 200);
  });
  app.openapi(routes.lineage, async (c) => {
    const { domain, product } = c.req.valid("param");
    const found = await (await store()).lineage(domain, product, c.req.valid("query").depth);
    return found === undefined ? c.json(missing(domain, product), 404) : c.json(found, 200);
  });
  app.openapi(routes.metadata, async (c) => {
    const { domain, product } = c.req.valid("param");
    const found = await (await store()).metadata(domain, product);
    return found === undefined ? c.json(missing(domain, product), 404) : c.json(found, 200);
  });
  const received = async (body: string): Promise<Answer<{ stored: boolean }>> => {
    const event = z.record(z.string(), z.unknown()).safeParse(parsed(body));
    if (!event.success) return { ok: false, status: 422, problem: unfit(event.error) };
    return await (await store()).event(event.data);
  };
  app.openapi(routes.event, async (c) => {
    const answer = await received(await c.req.text());
    return answer.ok ? c.json(answer.value, answer.value.stored ? 201 : 200) : c.json(answer.problem, 422);
  });
  // The path that OpenLineage's own clients append to the receiver's address.
  app.post("/api/v1/lineage", async (c) => {
    const answer = await received(await c.req.text());
    return answer.ok ? c.json(answer.value, answer.value.stored ? 201 : 200) : c.json(answer.problem, 422);
  });
  app.openapi(routes.events, async (c) => c.json({ items: await (await store()).events(c.req.valid("query")) }, 200));
  app.openapi(routes.health, (c) => {
    const status = options.isReady() ? ("ok" as const) : ("starting" as const);
    return c.json({ status, instance: options.instance, startedAt: options.startedAt.toISOString() }, 200);
  });

  let document: Record<string, unknown> | undefined;
  app.get("/openapi.json", (c) => c.json((document ??= openApiDocument())));

  app.get("/assets/:name", async (c) => {
    const asset = options.pages(await store()).asset(c.req.param("name"));
    if (asset === undefined) return c.notFound();
    return c.body(asset.text, 200, {
      "content-type": asset.type,
      "cache-control": "public, max-age=31536000, immutable",
    });
  });
  app.get("/", async (c) => page(c, await options.pages(await store()).home(Number(c.req.query("offset") ?? 0))));
  app.get("/search", async (c) =>
    page(
      c,
      await options
        .pages(await store())
        .search(c.req.query("q")?.slice(0, 200) ?? "", Number(c.req.query("offset") ?? 0)),
    ),
  );
  app.get("/domains/:domain", async (c) => page(c, await options.pages(await store()).domain(c.req.param("domain"))));
  app.get("/products/:domain/:product", async (c) =>
    page(c, await options.pages(await store()).product(c.req.param("domain"), c.req.param("product"))),
  );
  app.get("/products/:domain/:product/versions/:version", async (c) =>
    page(
      c,
      await options.pages(await store()).product(c.req.param("domain"), c.req.param("product"), c.req.param("version")),
    ),
  );
  return app;
}

const page = (c: Context, { status, html }: { status: 200 | 404; html: string }) => c.html(html, status);

const hostOf = (c: Context): string => new URL(c.req.url).hostname;

const missing = (domain: string, product: string, version?: string): Problem =>
  refusal(
    version === undefined
      ? `No product ${domain}.${product} is published.`
      : `Version ${version} of ${domain}.${product} is not published.`,
  );
