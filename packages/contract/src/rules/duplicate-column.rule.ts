import { tablesOf, withNested } from "../columns.ts";
import { defineRule } from "../define-rule.ts";
import type { Report } from "../define-rule.ts";
import type { ContractColumn } from "../model.ts";
import { shown } from "../names.ts";

interface Params {
  readonly where: string;
  readonly column: string;
}

export const duplicateColumn = defineRule<Params>({
  code: "duplicate-column",
  severity: "error",
  message: (p) => `${p.where} has the column "${p.column}" twice.`,
  help: "remove or rename one of the two",
  check({ contract }, report) {
    for (const { title, columns } of tablesOf(contract)) {
      once(title, columns, report);
      for (const { column, path } of withNested(columns)) {
        if (column.fields !== undefined && column.element === undefined)
          once(`"${shown(path)}"`, column.fields, report);
      }
    }
  },
});

function once(where: string, columns: readonly ContractColumn[], report: Report<Params>): void {
  const first = new Map<string, ContractColumn>();
  for (const column of columns) {
    const before = first.get(column.name);
    if (before === undefined) first.set(column.name, column);
    else {
      const related = [{ message: "first here", path: [...before.at, "name"] }];
      report({ where, column: shown(column.name) }, [...column.at, "name"], { related });
    }
  }
}
