import type { ZodType } from "zod";

/** The JSON Schemas (draft 2020-12) of the files, for editors and other tools. zod is loaded when one is asked for. */
export type FileKind = "data-product" | "domain" | "mesh";

const TITLES: Readonly<Record<FileKind, string>> = {
  "data-product": "A data product's contract (datamesh.io/v1 DataProduct)",
  domain: "A domain (datamesh.io/v1 Domain)",
  mesh: "A mesh (datamesh.io/v1 Mesh)",
};

/** The schema of a file, from the zod types that its reader is typed by. */
export async function jsonSchemaOf(kind: FileKind): Promise<Readonly<Record<string, unknown>>> {
  const { toJSONSchema } = await import("zod");
  const schema = toJSONSchema(await schemaOf(kind), { io: "input" });
  const { $schema, ...rest } = allowExtensions(schema) as Record<string, unknown>;
  return { $schema, $id: `${kind}.v1.schema.json`, title: TITLES[kind], ...rest };
}

async function schemaOf(kind: FileKind): Promise<ZodType> {
  switch (kind) {
    case "data-product":
      return (await import("./datamesh/data-product.schema.ts")).dataProductFile;
    case "domain":
      return (await import("./datamesh/domain.schema.ts")).domainFile;
    case "mesh":
      return (await import("./datamesh/mesh.schema.ts")).meshFile;
  }
}

/** Keys that begin with `x-` are everybody's own, wherever keys are fixed. */
function allowExtensions(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(allowExtensions);
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]): [string, unknown] => [key, allowExtensions(value)]);
  const closed = entries.some(([key, value]) => key === "additionalProperties" && value === false);
  return Object.fromEntries(closed ? [...entries, ["patternProperties", { "^x-": {} }]] : entries);
}
