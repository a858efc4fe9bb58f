import * as z from "zod";
import { assertions } from "../assertions.ts";
import { date, duration, sensitivity, serviceLevels, share, texts } from "./value.schema.ts";

/** The file of a data product, `datamesh.io/v1 DataProduct`: its types, and the JSON Schema that editors read. */

const bound = z.union([z.number(), z.string()]);

const constraints = z
  .strictObject({
    primary_key: z.boolean().optional(),
    primary_key_position: z.int().min(1).optional().describe("Order within a composite key, from 1."),
    null: z.boolean().optional().describe("false: every row has a value."),
    unique: z.boolean().optional(),
    min_length: z.int().min(0).optional(),
    max_length: z.int().min(0).optional(),
    min: bound.optional().describe("Smallest value allowed: a number, or an ISO date or timestamp."),
    max: bound.optional().describe("Largest value allowed."),
    exclusive_min: bound.optional().describe("Values are greater than this."),
    exclusive_max: bound.optional().describe("Values are less than this."),
    pattern: z.string().optional().describe("A regular expression found in every value."),
    enum: z
      .array(z.union([z.string(), z.number(), z.boolean()]))
      .optional()
      .describe("The values allowed."),
    format: z.string().optional().describe("email, uri, uuid, ipv4 …"),
    timezone: z.string().optional().describe("UTC, or a name of the IANA time zones. Makes a timestamp zoned."),
    references: z.string().optional().describe("<domain>.<product>[.<port>].<column> that holds every value."),
    pii: z.boolean().optional().describe("Personal data."),
    masking: z.enum(["hash", "redact", "partial", "null", "none"]).nullish(),
    classification: sensitivity.optional(),
  })
  .meta({ id: "constraints", description: "What holds for every value." });

const embedding = z.strictObject({
  dimensions: z.int().min(1).max(65_536),
  element: z.enum(["float32", "float64", "float16", "int8"]).optional().describe("float32 where absent."),
  model: z.string().optional(),
  model_version: z.string().optional(),
  metric: z.enum(["cosine", "dot", "euclidean"]).optional(),
  normalized: z.boolean().optional(),
  modality: z.string().optional().describe("text, image, audio …"),
});

const media = z
  .strictObject({
    types: z.array(z.string()).min(1).describe("Media types allowed: image/png, or image/* for all of a kind."),
    base: z.string().optional().describe("URI or folder under which every object lies: s3://bucket/photos/."),
    schemes: z.array(z.string()).optional().describe("Schemes that whole URIs may have: s3, https."),
    type_column: z.string().optional().describe("Column beside it that holds each object's media type."),
    checksum: z
      .strictObject({
        column: z.string().describe("Column beside it that holds each object's digest, as hexadecimal text."),
        algorithm: z.enum(["md5", "sha1", "sha256", "sha512"]).optional().describe("sha256 where absent."),
      })
      .optional(),
    size_column: z.string().optional().describe("Column beside it that holds each object's size in bytes."),
    max_bytes: z.int().min(1).optional().describe("Greatest size of one object."),
  })
  .meta({ id: "media", description: "What references to images, recordings and documents promise." });

const columnDeprecation = z.strictObject({
  since: z.string().optional().describe("Version or date."),
  until: date.optional().describe("From this date it may be gone."),
  replaced_by: z.string().optional(),
  reason: z.string().optional(),
});

/** Editors complete the words that are written most; every other is checked by its own rule. */
const COMMON_TYPES =
  "string integer long short tinyint decimal float double boolean date time timestamp timestamp_tz uuid json binary interval array map struct embedding media";
const type = z
  .union([z.enum(COMMON_TYPES.split(" ")), z.string()])
  .describe("string, varchar(36), integer, long, decimal(10,2), double, boolean, date, timestamp, array, struct …");
const digits = z.int().min(0).max(1000).optional();
const word = z.string();

/** A type below a column: an array's items, a map's values. A word is short for `{ type: word }`. */
const element = z
  .strictObject({
    type,
    description: z.string().optional(),
    precision: digits.describe("Digits of a decimal, or of a second's fraction."),
    scale: digits.describe("Digits of a decimal after the point."),
    get items(): z.ZodOptional<z.ZodUnion<readonly [typeof word, typeof element]>> {
      return z.union([word, element]).optional();
    },
    keys: z.string().optional().describe("Of a map: the type of its keys, string where absent."),
    get values(): z.ZodOptional<z.ZodUnion<readonly [typeof word, typeof element]>> {
      return z.union([word, element]).optional();
    },
    get fields(): z.ZodOptional<z.ZodArray<typeof column>> {
      return z.array(column).optional();
    },
    constraints: constraints.optional(),
    media: media.optional(),
  })
  .meta({ id: "element" });

const column = z
  .strictObject({
    name: z.string(),
    type,
    title: z.string().optional(),
    description: z.string().optional().describe("What one value says."),
    examples: z.array(z.unknown()).optional(),
    tags: texts.optional(),
    precision: digits.describe("Digits of a decimal, or of a second's fraction."),
    scale: digits.describe("Digits of a decimal after the point."),
    items: z.union([word, element]).optional().describe("Of an array: its elements."),
    keys: z.string().optional().describe("Of a map: the type of its keys, string where absent."),
    values: z.union([word, element]).optional().describe("Of a map: its values."),
    get fields(): z.ZodOptional<z.ZodArray<typeof column>> {
      return z.array(column).optional();
    },
    constraints: constraints.optional(),
    embedding: embedding.optional(),
    media: media.optional(),
    deprecated: z.union([z.boolean(), columnDeprecation]).optional(),
    renamed_from: z.string().optional().describe("What it was called in the version before."),
  })
  .meta({ id: "column" });

const schema = z.strictObject({
  type: z.string().optional().describe("How consumers think of it: avro, json, table … Informative."),
  fields: z.array(column).min(1),
});

const check = z
  .strictObject({
    name: z.string().optional().describe("Unique within the port; <assertion>.<column> where absent."),
    column: z.string().optional(),
    assertion: z
      .union([z.enum([...assertions.keys()]), z.string()])
      .optional()
      .describe("not_null, unique, range … or a Great Expectations name."),
    value: z.unknown().optional().describe("The assertion's arguments by name, or its one argument."),
    threshold: share.optional().describe("Share of the rows that must pass; all where absent."),
    severity: z.enum(["error", "warning"]).optional().describe("error where absent: the port is not swapped."),
    dimension: z.string().optional().describe("completeness, uniqueness, accuracy, timeliness …"),
    description: z.string().optional(),
    where: z.string().optional().describe("An SQL condition on the rows that are looked at."),
    sql: z.string().optional().describe("A query with one value; {port} stands for the relation."),
    must_be: z.unknown().optional(),
    must_not_be: z.unknown().optional(),
    must_be_greater_than: bound.optional(),
    must_be_greater_or_equal_to: bound.optional(),
    must_be_less_than: bound.optional(),
    must_be_less_or_equal_to: bound.optional(),
    must_be_between: z.tuple([bound, bound]).optional().describe("Both ends are allowed."),
    must_not_be_between: z.tuple([bound, bound]).optional(),
  })
  .meta({ id: "check", description: "A check of the built data: an assertion, or a query of your own." });

const quality = z.strictObject({ checks: z.array(check).optional() });

const port = z.strictObject({
  name: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  schema,
  quality: quality.optional(),
  sla: serviceLevels.optional().describe("Where it differs from the product's."),
});

const input = z.strictObject({
  name: z.string().optional().describe("How this product calls it; the upstream product's name where absent."),
  from: z.string().describe("<domain>.<product>[.<port>][@<major>], or a name outside the mesh."),
  description: z.string().optional(),
  freshness: duration.optional(),
  schema: z.strictObject({ type: z.string().optional(), fields: z.array(column) }).optional(),
});

const ownership = z.strictObject({
  domain_owner: z.string().optional(),
  product_owner: z.string().optional(),
  technical_owner: z.string().optional(),
  developer: z.string().optional(),
  business_owner: z.string().optional(),
  steward: z.string().optional(),
  on_call_rotation: z.string().optional(),
  escalation_path: z.string().optional(),
  communication_channel: z.string().optional(),
});

const productDeprecation = z.strictObject({
  since: z.string().optional().describe("Version or date."),
  sunset: date.optional().describe("From this date it may be gone."),
  replaced_by: z.string().optional(),
  reason: z.string().optional(),
  guide: z.string().optional().describe("Where consumers read how to move."),
});

export const dataProductFile = z.strictObject({
  apiVersion: z.literal("datamesh.io/v1"),
  kind: z.literal("DataProduct"),
  metadata: z.strictObject({
    id: z.string().optional().describe("Given once, never changed; <domain>.<product> where absent."),
    name: z.string().describe("order-events, or orders-domain.order_events."),
    domain: z.string().optional(),
    version: z.string().describe("Semantic version; its major is part of the port's relation."),
    title: z.string().optional(),
    description: z.string().optional().describe("What one row is, and from where to where it reaches."),
    status: z.enum(["draft", "active", "deprecated", "retired"]).optional().describe("active where absent."),
    tags: texts.optional(),
    documentation_url: z.string().optional(),
    previous_versions: texts.optional().describe("Newest first."),
  }),
  spec: z.strictObject({
    owner: z.string().optional().describe("An e-mail address; short for ownership.product_owner."),
    ownership: ownership.optional(),
    use_cases: texts.optional(),
    limitations: z.string().optional(),
    sensitivity: sensitivity.optional(),
    retention: z
      .union([duration, z.strictObject({ period: duration, by: z.string().optional() })])
      .optional()
      .describe("How long rows are kept, and by the age of which column."),
    sla: serviceLevels.optional(),
    inputs: z
      .array(z.union([z.string(), input]))
      .optional()
      .describe("What this product expects of others."),
    schema: schema.optional().describe("Of the default output port, which is named after the product."),
    ports: z.array(port).optional().describe("Further output ports."),
    storage: z
      .strictObject({
        format: z.string().optional(),
        location: z.string().optional(),
        encryption: z.string().optional(),
        partition_by: texts.optional().describe("Columns, or day(column), month(column), bucket(16, column) …"),
      })
      .optional(),
    quality: quality.optional().describe("Of the default output port."),
    lineage: z
      .strictObject({
        upstream: texts.optional(),
        downstream: texts.optional().describe("Informative: the graph of the mesh is the truth."),
      })
      .optional(),
    access: z
      .strictObject({
        roles: texts.optional(),
        policies: texts.optional(),
        purposes: texts.optional(),
        row_filter: z.string().optional(),
      })
      .optional(),
    deprecation: productDeprecation.nullish(),
  }),
});

export type DataProductFile = z.infer<typeof dataProductFile>;
export type ColumnFile = z.infer<typeof column>;
export type ElementFile = z.infer<typeof element>;
export type ConstraintsFile = z.infer<typeof constraints>;
export type CheckFile = z.infer<typeof check>;
export type PortFile = z.infer<typeof port>;
export type InputFile = z.infer<typeof input>;
export type SchemaFile = z.infer<typeof schema>;
export type ServiceLevelsFile = z.infer<typeof serviceLevels>;
