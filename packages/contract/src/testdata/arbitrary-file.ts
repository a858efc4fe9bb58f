import * as fc from "fast-check";
import type { DataProductFile } from "../index.ts";

/** Files that are right: every key of the format, each present or absent. */

const optional = <T extends object>(record: { [K in keyof T]: fc.Arbitrary<T[K]> }, requiredKeys: (keyof T)[] = []) =>
  fc.record(record, { requiredKeys: requiredKeys as never[] }) as unknown as fc.Arbitrary<Partial<T>>;

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
// U+FFFD stands for bytes that are no UTF-8, and is refused.
const text = fc.oneof(word, fc.string({ maxLength: 20 }).filter((t) => t.trim() !== ""), fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 })).filter((t) => !t.includes("\uFFFD"));
const texts = fc.uniqueArray(word, { maxLength: 3 });
const duration = fc.constantFrom("15m", "15min", "90 days", "1h30m", "PT15M", "4 hours", "730d", "1 week");
const share = fc.oneof(fc.constantFrom("99.9%", "100%", "0%", "97.25 %"), fc.double({ min: 0, max: 1, noNaN: true }).map((n) => Number(n.toFixed(4))));
const version = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)).map((v) => v.join("."));
const date = fc.constantFrom("2027-03-31", "2024-02-29", "2030-12-31");
const sensitivity = fc.constantFrom("public", "internal", "confidential", "restricted");
const bound = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.constantFrom("2023-01-01", "2030-12-31T00:00:00Z"));
const sla = optional({ freshness: duration, availability: share, completeness: share, accuracy: share, latency: duration });
const reference = fc.tuple(word, word, fc.option(word), fc.option(fc.nat(9))).map(
  ([d, p, port, major]) => `${d}.${p}${port === null ? "" : `.${port}`}${major === null ? "" : `@${major}`}`,
);

const constraints = optional({
  primary_key: fc.boolean(),
  primary_key_position: fc.integer({ min: 1, max: 9 }),
  null: fc.boolean(),
  unique: fc.boolean(),
  min_length: fc.nat(9),
  max_length: fc.integer({ min: 10, max: 99 }),
  min: bound,
  max: bound,
  exclusive_min: bound,
  exclusive_max: bound,
  pattern: fc.constantFrom("^[A-Z0-9-]+$", "\\d+", "a|b"),
  enum: fc.array(fc.oneof(word, fc.integer(), fc.boolean()), { maxLength: 3 }),
  format: word,
  timezone: fc.constant("UTC"),
  references: fc.constant("identity.identity-map.customer_id"),
  pii: fc.boolean(),
  masking: fc.constantFrom("hash", "redact", "partial", "null", "none"),
  classification: sensitivity,
});

const simpleType = fc.oneof(
  fc.constantFrom("string", "varchar(36)", "int", "integer", "long", "double", "boolean", "date", "uuid", "json", "bytes"),
  fc.constantFrom("timestamp", "timestamp_tz", "decimal(10,2)", "array<string>", "map<string, int>", "interval"),
);

const { column } = fc.letrec<{ shape: object; element: unknown; column: object }>((tie) => ({
  shape: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    simpleType.map((type) => ({ type })),
    fc.tuple(fc.integer({ min: 1, max: 30 }), fc.nat(9)).map(([p, s]) => ({ type: "decimal", precision: p, scale: Math.min(p, s) })),
    fc.record({ type: fc.constant("array"), items: tie("element") }),
    fc.record({ type: fc.constant("map"), values: tie("element") }),
    fc.record({ type: fc.constant("map"), keys: fc.constantFrom("integer", "string"), values: tie("element") }),
    fc.record({ type: fc.constantFrom("struct", "record"), fields: fc.array(tie("column"), { minLength: 1, maxLength: 2 }) }),
    fc.record({
      type: fc.constant("media"),
      media: optional(
        {
          types: fc.uniqueArray(fc.constantFrom("image/png", "image/*", "application/pdf"), { minLength: 1 }),
          base: word,
          schemes: fc.uniqueArray(fc.constantFrom("s3", "https"), { minLength: 1 }),
          type_column: word,
          checksum: fc.record({ column: word, algorithm: fc.constantFrom("md5", "sha1", "sha256", "sha512") }),
          size_column: word,
          max_bytes: fc.integer({ min: 1 }),
        },
        ["types"],
      ),
    }),
    fc.record({
      type: fc.constant("embedding"),
      embedding: optional(
        {
          dimensions: fc.integer({ min: 1, max: 4096 }),
          element: fc.constantFrom("float32", "float64", "float16", "int8"),
          model: word,
          model_version: word,
          metric: fc.constantFrom("cosine", "dot", "euclidean"),
          normalized: fc.boolean(),
          modality: word,
        },
        ["dimensions"],
      ),
    }),
  ),
  element: fc.oneof(
    { depthSize: "small" },
    simpleType,
    fc
      .tuple(tie("shape") as fc.Arbitrary<Record<string, unknown>>, optional({ constraints, description: text }))
      .filter(([shape]) => shape["type"] !== "embedding")
      .map(([shape, rest]) => ({ ...shape, ...rest })),
  ),
  column: fc
    .tuple(
      fc.record({ name: text }),
      tie("shape") as fc.Arbitrary<object>,
      optional({
        title: text,
        description: text,
        examples: fc.array(fc.oneof(fc.integer(), word), { maxLength: 2 }),
        tags: texts,
        constraints,
        deprecated: fc.oneof(fc.constant(true), optional({ since: version, until: date, replaced_by: word, reason: text })),
        "x-unit": word,
      }),
    )
    .map(([name, shape, rest]) => ({ ...name, ...shape, ...rest })),
}));

const columns = fc.array(column, { minLength: 1, maxLength: 3 });

const check = fc
  .tuple(
    fc.oneof(
      fc.record({ column: word, assertion: fc.constantFrom("not_null", "unique", "expect_column_values_to_not_be_null") }),
      fc.record({
        column: word,
        assertion: fc.constantFrom("range", "expect_column_values_to_be_between"),
        value: fc.constantFrom({ min_value: "2023-01-01" }, { min: 1, max: 5 }),
      }),
      fc.record({ column: word, assertion: fc.constant("accepted_values"), value: fc.array(word, { minLength: 1, maxLength: 3 }) }),
      fc.record({ assertion: fc.constant("row_count"), value: fc.oneof(fc.nat(), fc.record({ min: fc.nat() })) }),
      fc.record({ name: word, sql: fc.constant("select count(*) from {port} where a = 'b'"), must_be: fc.nat() }),
      fc.record({ name: word, sql: text, must_be_between: fc.tuple(fc.nat(), fc.nat()) }),
    ) as fc.Arbitrary<object>,
    optional({ threshold: share, severity: fc.constantFrom("error", "warning"), dimension: word, description: text, where: text }),
  )
  .map(([head, rest]) => ({ ...head, ...rest }));

const quality = fc.record({ checks: fc.array(check, { maxLength: 3 }) });
const schema = fc.tuple(optional({ type: word }), columns).map(([type, fields]) => ({ ...type, fields }));

const port = fc
  .tuple(fc.record({ name: word, schema }), optional({ title: text, description: text, quality, sla }))
  .map(([head, rest]) => ({ ...head, ...rest }));

const input = fc.oneof(
  reference,
  fc
    .tuple(fc.record({ from: reference }), optional({ name: word, description: text, freshness: duration, schema }))
    .map(([head, rest]) => ({ ...head, ...rest })),
);

const spec = optional({
  owner: text,
  ownership: optional(
    Object.fromEntries(
      ["domain_owner", "product_owner", "technical_owner", "developer", "business_owner", "steward"]
        .concat(["on_call_rotation", "escalation_path", "communication_channel"])
        .map((role) => [role, text]),
    ),
  ),
  use_cases: texts,
  limitations: fc.oneof(text, fc.constant("line one\nline two: # no comment\n")),
  sensitivity,
  retention: fc.oneof(duration, optional({ period: duration, by: word }, ["period"])),
  sla,
  inputs: fc.array(input, { maxLength: 2 }),
  schema,
  ports: fc.uniqueArray(port, { maxLength: 2, selector: (p) => p.name }),
  storage: optional({ format: word, location: text, encryption: word, partition_by: texts }),
  lineage: optional({ upstream: fc.array(reference, { maxLength: 2 }), downstream: fc.array(reference, { maxLength: 2 }) }),
  access: optional({ roles: texts, policies: texts, purposes: texts, row_filter: text }),
  deprecation: optional({ since: version, sunset: date, replaced_by: word, reason: text, guide: text }),
  "x-cost": fc.nat(),
});

export const arbitraryFile: fc.Arbitrary<DataProductFile> = fc
  .record({
    apiVersion: fc.constant("datamesh.io/v1"),
    kind: fc.constant("DataProduct"),
    metadata: fc
      .tuple(
        fc.record({ name: word, domain: word, version }),
        optional({
          id: text,
          title: text,
          description: text,
          status: fc.constantFrom("draft", "active", "deprecated", "retired"),
          tags: texts,
          documentation_url: fc.webUrl(),
          previous_versions: fc.array(version, { maxLength: 2 }),
        }),
      )
      .map(([head, rest]) => ({ ...head, ...rest })),
    spec: fc.tuple(spec, quality, fc.boolean()).map(([s, q, with_]) => (with_ && "schema" in s ? { ...s, quality: q } : s)),
  })
  .map((file) => file as unknown as DataProductFile);
