import type { Format } from "./define-format.ts";
import { dbtSchema } from "./dbt-schema.format.ts";
import { jsonSchema } from "./json-schema.format.ts";
import { markdown } from "./markdown.format.ts";
import { typescriptZod } from "./typescript-zod.format.ts";

/** The formats that one contract can be written in: `mesh convert --to`. */
export const formats: readonly Format[] = [dbtSchema, jsonSchema, markdown, typescriptZod];

export const formatNamed = (name: string): Format | undefined => formats.find((format) => format.name === name);
