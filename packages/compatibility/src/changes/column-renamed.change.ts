import { windowGrade } from "../deprecation-window.ts";
import { defineChange, shown } from "../define-change.ts";

export const columnRenamed = defineChange({
  name: "column-renamed",
  severity: "error",
  schema: true,
  find: {
    column: ({ before, after }) =>
      before && after && before.name !== after.name && after.renamedFrom === before.name
        ? {
            effect: "changed",
            before: before.name,
            after: after.name,
            nullable: before.nullable,
            message: `column ${shown(before.name)} is called ${shown(after.name)} now`,
            announced: before.deprecated,
          }
        : undefined,
  },
  grade: (change, { mode, today }, usual) => {
    // The registries' rules: who knows the former name reads old data by it (an alias), and takes new data's as absent.
    if (mode === "BACKWARD") return { level: "minor", reason: "Former data is read by the column's former name." };
    if ((mode === "FORWARD" || mode === "FULL") && change.nullable === true)
      return { level: "minor", reason: "Former readers take a missing optional column for null." };
    return windowGrade(change, today, usual);
  },
  help: "keep the column under its former name beside the new one until its readers have moved, or set a new major version",
});
