import type { Command } from "../command.ts";
import { dbtVerb, dbtVerbOptions, fullRefreshOption } from "../dbt-verb.ts";

export const runCommand: Command = {
  name: "run",
  arguments: "[products...]",
  summary: "dbt's run: models. In a mesh they go into the private schema, and ports stay as they are.",
  examples: ["mesh run --select +sessions", "mesh run --project-dir domains/commerce"],
  options: [...dbtVerbOptions, fullRefreshOption],
  run: (products, options, context) => dbtVerb("run", products, options, context),
};
