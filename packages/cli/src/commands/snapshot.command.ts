import type { Command } from "../command.ts";
import { dbtVerb, dbtVerbOptions } from "../dbt-verb.ts";

export const snapshotCommand: Command = {
  name: "snapshot",
  arguments: "[products...]",
  summary: "dbt's snapshot: tables that keep every version of a row.",
  examples: ["mesh snapshot"],
  options: dbtVerbOptions,
  run: (products, options, context) => dbtVerb("snapshot", products, options, context),
};
