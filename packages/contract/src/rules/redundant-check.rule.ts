import { canonicalCheck } from "../assertions.ts";
import { defineRule } from "../define-rule.ts";
import { shown } from "../names.ts";

export const redundantCheck = defineRule({
  code: "redundant-check",
  severity: "warning",
  message: (p: { check: string; column: string; constraint: string }) =>
    `The check "${p.check}" changes nothing: "${p.column}" is ${p.constraint}, which every row has to satisfy.`,
  help: "remove the check, or the constraint if some rows may fail",
  check({ contract }, report) {
    for (const port of contract.ports) {
      for (const check of port.checks) {
        const column = port.columns.find((each) => each.name === check.column);
        // A check of some rows, or one that only warns, still says less than the constraint: the constraint wins.
        if (column === undefined) continue;
        const { assertion } = canonicalCheck(check.assertion, check.arguments);
        const key = column.constraints.primaryKey === true;
        const composite = port.columns.filter((each) => each.constraints.primaryKey === true).length > 1;
        const constraint =
          assertion === "not_null" && !column.nullable
            ? key
              ? "the primary key"
              : "null: false"
            : assertion === "unique" && (column.constraints.unique === true || (key && !composite))
              ? key
                ? "the primary key"
                : "unique"
              : undefined;
        if (constraint === undefined) continue;
        const place = check.threshold === undefined ? "assertion" : "threshold";
        report({ check: shown(check.name), column: shown(column.name), constraint }, [...check.at, place], {
          related: [{ message: `${constraint} here`, path: [...column.at, "constraints"] }],
        });
      }
    }
  },
});
