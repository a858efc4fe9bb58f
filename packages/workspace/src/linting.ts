// Linting without the rest of the workspace: what a run over an unchanged mesh loads is this and no more.
export { findRoot } from "./places.ts";
export { lint, lintFile } from "./operations.ts";
