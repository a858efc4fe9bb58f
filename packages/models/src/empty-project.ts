import type { Diagnostic } from "@meshwork/diagnostics";
import type { LoadOptions, Project } from "./model.ts";

/** What is loaded of a folder whose `dbt_project.yml` cannot be read: its diagnostics and no node. */
export function emptyProject(options: LoadOptions, diagnostics: readonly Diagnostic[]): Project {
  const none = (): never => {
    throw new Error("the project has no nodes");
  };
  return {
    name: "",
    version: "",
    root: options.root,
    displayPath: options.displayPath ?? "",
    target: options.target,
    dialect: options.dialect,
    nodes: new Map(),
    disabled: [],
    sources: new Map(),
    macros: new Map(),
    analyses: new Map(),
    unitTests: new Map(),
    declared: new Map(),
    selectors: new Map(),
    runHooks: { start: [], end: [] },
    diagnostics,
    find: () => undefined,
    children: () => [],
    parents: () => [],
    select: () => ({ nodes: [], sources: [], analyses: [], unitTests: [], declared: [], ids: [], diagnostics: [] }),
    noteSelection: () => undefined,
    compile: none,
    parts: none,
    hooks: none,
    evaluate: none,
    findMacro: () => undefined,
    ownMacro: () => undefined,
    materialization: () => undefined,
    prepare: none,
    askingHooks: none,
    fingerprint: none,
    order: () => [],
    seedTable: none,
  };
}
