export { defineFormat, emit } from "./define-format.ts";
export type { EmitContext, EmittedFile, Format, Loss } from "./define-format.ts";
export { formatNamed, formats } from "./registry.ts";
export { dbtSchema } from "./dbt-schema.format.ts";
export { jsonSchema } from "./json-schema.format.ts";
export { markdown } from "./markdown.format.ts";
export { typescriptZod } from "./typescript-zod.format.ts";
export { dbtMesh, dbtProject } from "./dbt-mesh.format.ts";
export type { DbtDomain, DbtProduct, PortRead } from "./dbt/dbt-domain.ts";
