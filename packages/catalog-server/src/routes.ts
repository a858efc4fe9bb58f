import {
  checkHistory,
  column,
  domainList,
  domainSummary,
  eventStored,
  instant,
  lineageEvents,
  lineageGraph,
  metadata,
  problem,
  product,
  productPage,
  productRecord,
  productStatus,
  productSummary,
  promisedPort,
  publication,
  qualityReport,
  receipt,
  reportStored,
  runReport,
  schemaReport,
  searchPage,
  versionList,
} from "@meshwork/catalog-api";
import { createRoute } from "@hono/zod-openapi";
import { z } from "zod";

// The HTTP interface in one place: the server answers by these routes and the OpenAPI document is made of them.

const health = z.object({ status: z.enum(["ok", "starting"]), instance: z.string(), startedAt: instant });

/** The schemas that the document names. */
export const components: Readonly<Record<string, z.ZodType>> = {
  CheckHistory: checkHistory,
  Column: column,
  DomainList: domainList,
  DomainSummary: domainSummary,
  EventStored: eventStored,
  Health: health,
  LineageEvents: lineageEvents,
  LineageGraph: lineageGraph,
  Metadata: metadata,
  Problem: problem,
  Product: product,
  ProductPage: productPage,
  ProductRecord: productRecord,
  ProductSummary: productSummary,
  PromisedPort: promisedPort,
  Publication: publication,
  PublishReceipt: receipt,
  QualityReport: qualityReport,
  ReportStored: reportStored,
  RunReport: runReport,
  SchemaReport: schemaReport,
  SearchPage: searchPage,
  VersionList: versionList,
};

const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { "application/json": { schema } },
});
const refused = (description: string) => json(problem, description);
const notThere = { 404: refused("No such product, version or page") };
const badQuestion = { 400: refused("A parameter does not fit") };
const writes = {
  401: refused("No key, or not the catalog's"),
  413: refused("Larger than the catalog takes"),
  422: refused("Not acceptable; the diagnostics say what and where"),
};
const bearer = [{ bearer: [] }];

const segment = z.string().min(1).max(200);
const ofProduct = z.object({ domain: segment, product: segment });
const ofVersion = ofProduct.extend({ version: z.string().min(1).max(100) });
const whole = (low: number, high: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .pipe(z.number().int().min(low).max(high));
const paging = z.object({ offset: whole(0, 100_000).optional(), limit: whole(1, 200).optional() });
const filter = paging.extend({
  domain: segment.optional(),
  status: productStatus.optional(),
  tag: segment.optional(),
  owner: z.string().min(1).max(300).optional(),
});

const get = <P extends string, S extends z.ZodType, Q extends z.ZodObject>(
  path: P,
  summary: string,
  schema: S,
  query: Q,
) =>
  createRoute({
    method: "get",
    path,
    summary,
    request: { query },
    responses: { 200: json(schema, summary), ...badQuestion },
  });
const getOfProduct = <P extends string, S extends z.ZodType, Q extends z.ZodObject>(
  path: P,
  summary: string,
  schema: S,
  query: Q,
) =>
  createRoute({
    method: "get",
    path: `/v1/products/{domain}/{product}${path}` as const,
    summary,
    request: { params: ofProduct, query },
    responses: { 200: json(schema, summary), ...badQuestion, ...notThere },
  });
const none = z.object({});

/**
 * Bodies are read by content, whatever their content type says. A plain schema object is not validated by the
 * router, which would refuse YAML that is sent as JSON; the handler parses.
 */
const described = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const text = { type: "string" as const };

export const routes = {
  publish: createRoute({
    method: "post",
    path: "/v1/products",
    summary: "Publish a data product",
    description:
      "The body is the contract as it is, YAML or JSON, whatever the content type; or an envelope, a JSON object whose " +
      "key `contract` holds that text beside the run, check results and lineage. The same content again changes nothing (200).",
    security: bearer,
    request: {
      body: {
        required: true,
        content: {
          "application/yaml": { schema: text },
          "application/json": { schema: described("Publication") },
          "text/plain": { schema: text },
        },
      },
    },
    responses: {
      200: json(receipt, "Known already, or a new revision of a known version"),
      201: json(receipt, "A new product or version"),
      409: refused("A released version that promised something else, or a name that belongs to another product"),
      ...writes,
    },
  }),
  report: createRoute({
    method: "post",
    path: "/v1/products/{domain}/{product}/runs",
    summary: "Report a run: check results, where the data lies, lineage",
    security: bearer,
    request: {
      params: ofProduct,
      body: { required: true, content: { "application/json": { schema: described("RunReport") } } },
    },
    responses: { 200: json(reportStored, "Known already"), 201: json(reportStored, "Stored"), ...notThere, ...writes },
  }),
  products: get("/v1/products", "List products", productPage, filter),
  product: getOfProduct("", "A product at its current version", product, none),
  versions: getOfProduct("/versions", "Its published versions, newest first", versionList, none),
  version: createRoute({
    method: "get",
    path: "/v1/products/{domain}/{product}/versions/{version}",
    summary: "A product at one version",
    request: { params: ofVersion },
    responses: { 200: json(product, "The product at this version"), ...notThere },
  }),
  schema: getOfProduct("/schema", "Schema of its output ports, promised and observed", schemaReport, none),
  quality: getOfProduct("/quality", "Its checks, their last results and their last thirty runs", qualityReport, none),
  lineage: getOfProduct(
    "/lineage",
    "What it reads and who reads it",
    lineageGraph,
    z.object({ depth: whole(1, 10).optional() }),
  ),
  metadata: getOfProduct("/metadata", "Its metadata record", metadata, none),
  search: get(
    "/v1/search",
    "Search names, columns, tags, owners and descriptions",
    searchPage,
    paging.extend({ q: z.string().max(200) }),
  ),
  domains: get("/v1/domains", "Domains with their products' verdicts", domainList, none),
  event: createRoute({
    method: "post",
    path: "/v1/lineage",
    summary: "Receive an OpenLineage 2-0-2 event",
    description: "Also under /api/v1/lineage, the path that OpenLineage clients use.",
    security: bearer,
    request: { body: { required: true, content: { "application/json": { schema: { type: "object" as const } } } } },
    responses: { 200: json(eventStored, "Known already"), 201: json(eventStored, "Stored"), ...writes },
  }),
  events: get(
    "/v1/lineage/events",
    "Received lineage events, newest first",
    lineageEvents,
    z.object({ job: z.string().max(300).optional(), limit: whole(1, 200).optional() }),
  ),
  health: get("/healthz", "Whether the catalog answers and its storage is ready", health, none),
};
