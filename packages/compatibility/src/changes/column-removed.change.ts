import { typeText } from "../compare-types.ts";
import { windowGrade } from "../deprecation-window.ts";
import { defineChange, shown } from "../define-change.ts";

export const columnRemoved = defineChange({
  name: "column-removed",
  severity: "error",
  schema: true,
  find: {
    column: ({ before, after, place }) =>
      before && !after
        ? {
            effect: "loosened",
            before: { type: typeText(before.type), nullable: before.nullable },
            after: undefined,
            message: `column ${shown(place.column)} is gone`,
            announced: before.deprecated,
          }
        : undefined,
  },
  grade: (change, { direction, mode, today }, usual) => {
    const nullable = (change.before as { nullable: boolean }).nullable;
    if ((mode === "FORWARD" || mode === "FULL") && nullable) {
      return { level: "minor", reason: "Former readers take a missing optional column for null." };
    }
    if (mode === "BACKWARD") return { ...usual, level: "minor" };
    if (mode === "keep-readers" && direction === "input")
      return { level: "none", reason: "Who expects less asks nothing of anyone." };
    return windowGrade(change, today, usual);
  },
  help: "keep the column and deprecate it with a date, or set a new major version",
});
