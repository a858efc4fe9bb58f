import type { CommandOption } from "./command.ts";

/** dbt's selection flags, the same on every verb that has them. */
export const selectionOptions: readonly CommandOption[] = [
  { flags: "-s, --select <selector>", description: "dbt's selectors: names, paths, tag:, +model+, @model", many: true },
  { flags: "--exclude <selector>", description: "what to leave out", many: true },
  { flags: "--project-dir <folder>", description: "a dbt project, in a mesh or not" },
  { flags: "-t, --target <name>", description: "environment of mesh.yaml" },
  { flags: "--vars <vars>", description: "JSON object or key=value" },
];
