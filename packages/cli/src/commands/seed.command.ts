import type { Command } from "../command.ts";
import { dbtVerb, dbtVerbOptions, fullRefreshOption } from "../dbt-verb.ts";

export const seedCommand: Command = {
  name: "seed",
  arguments: "[products...]",
  summary: "dbt's seed: CSV files as tables.",
  examples: ["mesh seed", "mesh seed --select event_names"],
  options: [...dbtVerbOptions, fullRefreshOption],
  run: (products, options, context) => dbtVerb("seed", products, options, context),
};
