import type { Path } from "@meshwork/diagnostics";
import { canonicalCheck } from "../assertions.ts";
import { tablesOf, withNested } from "../columns.ts";
import { defineRule } from "../define-rule.ts";
import { shown } from "../names.ts";

export const dateInThePast = defineRule({
  code: "date-in-the-past",
  severity: "warning",
  message: (p: { what: string; date: string }) => `${p.what} allows no value after ${p.date}, which is past.`,
  help: "move the bound, or take it away if the data goes on",
  check(context, report) {
    const { contract, source } = context;
    const look = (what: string, bounds: readonly unknown[], paths: readonly Path[]): void => {
      const date = bounds.find(
        (bound) => typeof bound === "string" && /^\d{4}-\d{2}-\d{2}/.test(bound) && bound.slice(0, 10) < context.today,
      );
      if (date === undefined) return;
      report({ what, date: shown(String(date)) }, paths.find((path) => source.valueAt(path) === date) ?? paths.at(-1)!);
    };
    for (const { columns } of tablesOf(contract)) {
      for (const { column } of withNested(columns)) {
        const at = [...column.at, "constraints"];
        const { max, exclusiveMax } = column.constraints;
        look(
          `The column "${shown(column.name)}"`,
          [max, exclusiveMax],
          [
            [...at, "max"],
            [...at, "exclusive_max"],
          ],
        );
      }
    }
    for (const check of contract.ports.flatMap((port) => port.checks)) {
      const { assertion, arguments: given } = canonicalCheck(check.assertion, check.arguments);
      if (assertion !== "range") continue;
      const at = [...check.at, "value"];
      const paths = ["max_value", "max", "exclusive_max"].map((key) => [...at, key]);
      look(`The check "${shown(check.name)}"`, [given["max"], given["exclusive_max"]], paths);
    }
  },
});
