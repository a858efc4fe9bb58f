import type { CommandOption } from "./command.ts";

/** Flags about where a dbt project lies and how it is read. */
export const projectOptions: readonly CommandOption[] = [
  { flags: "--project-dir <folder>", description: "a dbt project, in a mesh or not" },
  { flags: "--profiles-dir <folder>", description: "where profiles.yml lies; for a project outside a mesh" },
  { flags: "--profile <name>", description: "entry of profiles.yml, in place of the project's own" },
  { flags: "-t, --target <name>", description: "environment of mesh.yaml; outside a mesh an output of the profile" },
  { flags: "--vars <vars>", description: "JSON object, YAML or key=value" },
  { flags: "--target-path <folder>", description: "where artifacts go (target)" },
  { flags: "--threads <n>", description: "nodes at once" },
  { flags: "--no-partial-parse", description: "read all files anew, which is what happens anyway" },
];

/** dbt's selection flags, the same on every verb that has them. */
export const selectionOptions: readonly CommandOption[] = [
  {
    flags: "-s, --select <selector...>",
    description: "dbt's selectors: names, paths, tag:, +model+, @model",
    many: true,
  },
  { flags: "--exclude <selector...>", description: "what to leave out", many: true },
  { flags: "--selector <name>", description: "a selector of selectors.yml, in place of --select" },
  {
    flags: "--indirect-selection <mode>",
    description: "when tests of what is selected come along (eager)",
    choices: ["eager", "cautious", "buildable", "empty"],
  },
  {
    flags: "--resource-type <type...>",
    description: "only these: model, seed, snapshot, test, unit_test, source",
    many: true,
  },
  { flags: "--exclude-resource-type <type...>", description: "all but these", many: true },
  {
    flags: "--state <folder>",
    description: "artifacts of another state, for state: selectors, --defer, clone and retry",
  },
  { flags: "--defer", description: "read what is neither selected nor there from --state" },
  { flags: "--defer-state <folder>", description: "in place of --state, for --defer alone" },
  { flags: "--favor-state", description: "with --defer: read from --state even what is there" },
  ...projectOptions,
];
