export { main } from "./program.ts";
export { processHost } from "./host.ts";
export type { Host, OutputStream } from "./host.ts";
