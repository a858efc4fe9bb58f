import type { Command } from "../command.ts";
import { dbtVerb, dbtVerbOptions } from "../dbt-verb.ts";

export const retryCommand: Command = {
  name: "retry",
  summary: "dbt's retry: what failed or was skipped in the last run, again, with its flags.",
  examples: ["mesh retry --project-dir domains/commerce"],
  options: dbtVerbOptions,
  run: (_, options, context) => dbtVerb("retry", [], options, context),
};
