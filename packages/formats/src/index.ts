export { defineFormat, emit } from "./define-format.ts";
export type { EmitContext, EmittedFile, Format, Loss } from "./define-format.ts";
export { typescriptZod } from "./typescript-zod.format.ts";
