export { createNodes } from "./graph/infer-projects.ts";
export type { MeshMetadata, PluginOptions } from "./graph/infer-projects.ts";
export { createDependencies } from "./graph/infer-dependencies.ts";

/** How Nx names the plugin. */
export const name = "@meshwork/nx";
