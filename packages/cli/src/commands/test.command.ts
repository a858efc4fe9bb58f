import type { Command } from "../command.ts";
import { dbtVerb, dbtVerbOptions } from "../dbt-verb.ts";

export const testCommand: Command = {
  name: "test",
  arguments: "[products...]",
  summary: "dbt's test: the tests of what is built.",
  examples: ["mesh test", "mesh test --select sessions"],
  options: dbtVerbOptions,
  run: (products, options, context) => dbtVerb("test", products, options, context),
};
