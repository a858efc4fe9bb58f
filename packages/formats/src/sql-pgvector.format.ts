import { ddlFormat } from "./ddl/create-tables.ts";
import { postgresTables } from "./sql-postgres.format.ts";

/** What the extension's type takes: `vector` holds up to 16,000 numbers of 32 bits (pgvector's README, "Vector Type"). */
const MOST_DIMENSIONS = 16_000;

/**
 * PostgreSQL with the extension pgvector, which the database has to have (`CREATE EXTENSION vector`): embeddings are
 * `vector(384)`, whose length is enforced. Other embeddings, and everything else, are as PostgreSQL has them.
 */
export const sqlPgvector = ddlFormat({
  ...postgresTables,
  name: "pgvector",
  title: "PostgreSQL with pgvector",
  type(node, lose, key) {
    const { embedding, shape } = node;
    const held =
      embedding !== undefined &&
      embedding.dimensions <= MOST_DIMENSIONS &&
      shape.kind === "array" &&
      shape.element.shape.kind === "float" &&
      shape.element.shape.bits === 32;
    return held ? `vector(${embedding.dimensions})` : postgresTables.type(node, lose, key);
  },
});
