import type { Command } from "../command.ts";
import { dbtVerb, dbtVerbOptions, fullOption, fullRefreshOption, intervalOptions } from "../dbt-verb.ts";

export const runCommand: Command = {
  name: "run",
  arguments: "[products...]",
  summary: "dbt's run: models. In a mesh they go into the private schema, and ports stay as they are.",
  examples: [
    "mesh run --select +sessions",
    "mesh run --from 2026-01-01 --to 2026-02-01",
    "mesh run --project-dir domains/commerce",
  ],
  options: [...dbtVerbOptions, fullRefreshOption, fullOption, ...intervalOptions],
  run: (products, options, context) => dbtVerb("run", products, options, context),
};
