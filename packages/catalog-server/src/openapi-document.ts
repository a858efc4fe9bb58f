import { z } from "zod";
import { components, routes } from "./routes.ts";

type Json = Record<string, unknown>;
const reference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

/**
 * The OpenAPI 3.1 document of the routes. Schemas come from zod's own JSON Schema (2020-12, which 3.1 takes as it
 * is): it keeps recursive types by reference.
 */
export function openApiDocument(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(components)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io: "input",
    unrepresentable: "any",
    uri: (id) => `#/components/schemas/${id}`,
  });
  const names = new Map(Object.entries(components).map(([id, schema]) => [schema, id]));

  const paths: Record<string, Json> = {};
  for (const [operationId, route] of Object.entries(routes)) {
    const { method, path, summary, request, responses } = route;
    const content = (media: Readonly<Record<string, { readonly schema: unknown }>>): Json =>
      Object.fromEntries(
        Object.entries(media).map(([type, { schema }]) => {
          if (!(schema instanceof z.ZodType)) return [type, { schema }];
          const name = names.get(schema);
          return [type, { schema: name === undefined ? plain(schema) : reference(name) }];
        }),
      );
    const asked: { params?: z.ZodObject; query?: z.ZodObject; body?: { required: boolean; content: Json } } =
      request as never;
    const operation: Json = {
      operationId,
      summary,
      ...("description" in route ? { description: route.description } : {}),
      ...("security" in route ? { security: route.security } : {}),
      parameters: [...parameters("path", asked.params), ...parameters("query", asked.query)],
      ...(asked.body === undefined ? {} : { requestBody: asked.body }),
      responses: Object.fromEntries(
        Object.entries(responses).map(([status, response]) => [
          status,
          { description: response.description, content: content(response.content) },
        ]),
      ),
    };
    (paths[path] ??= {})[method] = operation;
  }
  return {
    openapi: "3.1.0",
    info: { title: "Meshwork catalog", version: "1" },
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, bare(schema)])),
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
    },
  };
}

function parameters(place: "path" | "query", schema: z.ZodObject | undefined): Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, type]) => ({
    name,
    in: place,
    required: place === "path" || !(type as z.ZodType).safeParse(undefined).success,
    schema: plain(type as z.ZodType),
  }));
}

const plain = (schema: z.ZodType): Json => bare(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));

/** Without the keys that only a document of its own has. */
function bare(schema: object): Json {
  const { $schema: _dialect, $id: _id, "~standard": _standard, ...rest } = schema as Json;
  return rest;
}
