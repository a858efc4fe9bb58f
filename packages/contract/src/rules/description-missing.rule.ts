import { defineRule } from "../define-rule.ts";
import type { Report } from "../define-rule.ts";
import type { OutputPort } from "../model.ts";
import { shown } from "../names.ts";

export const descriptionMissing = defineRule({
  code: "description-missing",
  severity: "info",
  message: (p: { what: string }) => `${p.what}.`,
  help: "say in one sentence what it holds; consumers read it in the catalog",
  check({ contract }, report) {
    if (contract.description === undefined || contract.description.trim() === "") {
      const what = `"${contract.domain}.${contract.product}" has no description`;
      report({ what }, ["metadata", "description"], { part: "key" });
    }
    for (const port of contract.ports) reportColumns(port, report);
  },
});

/** One finding a port: a list of forty columns is read, forty findings are not. */
function reportColumns(port: OutputPort, report: Report<{ what: string }>): void {
  const bare = port.columns.filter((column) => (column.description ?? "").trim() === "");
  const [first] = bare;
  if (first === undefined) return;
  const names = bare.slice(0, 5).map((column) => `"${shown(column.name)}"`);
  const more = bare.length > names.length ? ` and ${bare.length - names.length} more` : "";
  const count = `${bare.length} of ${port.columns.length} columns of port "${port.name}" have no description`;
  report({ what: `${count}: ${names.join(", ")}${more}` }, [...first.at, "name"]);
}
