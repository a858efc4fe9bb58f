import { defineRule } from "../define-rule.ts";
import type { ContractCheck } from "../model.ts";
import { shown } from "../names.ts";

export const duplicateCheck = defineRule({
  code: "duplicate-check",
  severity: "error",
  message: (p: { port: string; check: string }) => `Port "${p.port}" has two checks named "${p.check}".`,
  help: "rename one: results and history go by the name",
  check({ contract }, report) {
    for (const port of contract.ports) {
      const first = new Map<string, ContractCheck>();
      for (const check of port.checks) {
        const before = first.get(check.name);
        if (before === undefined) first.set(check.name, check);
        else {
          const related = [{ message: "first here", path: [...before.at, "name"] }];
          report({ port: port.name, check: shown(check.name) }, [...check.at, "name"], { related });
        }
      }
    }
  },
});
