import { defineRule } from "../define-rule.ts";

export const duplicatePort = defineRule({
  code: "duplicate-port",
  severity: "error",
  message: (p: { what: string; port: string }) => `There are two ${p.what} ports named "${p.port}".`,
  help: "rename one of the two; the default port is named after the product",
  check({ contract, source }, report) {
    for (const [what, ports] of [
      ["output", contract.ports],
      ["input", contract.inputs],
    ] as const) {
      const first = new Map<string, (typeof ports)[number]>();
      for (const port of ports) {
        const before = first.get(port.name);
        if (before === undefined) first.set(port.name, port);
        // Names that differ and become one in SQL are hyphen-collision's.
        else if (written(source.valueAt(before.at), before.name) === written(source.valueAt(port.at), port.name)) {
          report({ what, port: port.name }, [...port.at, "name"], {
            related: [{ message: "first here", path: before.at }],
          });
        }
      }
    }
  },
});

/** The name as the author wrote it; the default port and short inputs have none, and go by the name they are given. */
function written(value: unknown, name: string): string {
  const own = typeof value === "object" && value !== null && "name" in value ? value.name : undefined;
  return typeof own === "string" ? own : name;
}
