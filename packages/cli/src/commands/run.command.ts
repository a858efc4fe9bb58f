import type { Command } from "../command.ts";
import { dbtVerb, dbtVerbOptions } from "../dbt-verb.ts";

export const runCommand: Command = {
  name: "run",
  arguments: "[products...]",
  summary: "dbt's run: models in the private schema; ports stay as they are.",
  examples: ["mesh run --select +sessions", "mesh run --project-dir domains/commerce"],
  options: dbtVerbOptions,
  run: (products, options, context) => dbtVerb("run", products, options, context),
};
