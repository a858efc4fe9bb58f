import type { Command } from "../command.ts";
import { dbtVerb, fullRefreshOption } from "../dbt-verb.ts";
import { selectionOptions } from "../selection-options.ts";

export const cloneCommand: Command = {
  name: "clone",
  summary: "dbt's clone: nodes as another state has them; on DuckDB and Postgres as views of its relations.",
  examples: ["mesh clone --project-dir domains/commerce --state domains/commerce/target"],
  options: [...selectionOptions, fullRefreshOption],
  run: (_, options, context) => dbtVerb("clone", [], options, context),
};
