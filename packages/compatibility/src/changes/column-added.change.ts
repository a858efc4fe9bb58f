import { typeText } from "../compare-types.ts";
import { defineChange, shown } from "../define-change.ts";

export const columnAdded = defineChange({
  name: "column-added",
  severity: "info",
  schema: true,
  find: {
    column: ({ before, after, place, inserted }) =>
      !before && after
        ? {
            effect: "tightened",
            before: undefined,
            after: { type: typeText(after.type), nullable: after.nullable },
            message: `${after.nullable ? "nullable" : "required"} column ${shown(place.column)} (${typeText(after.type)}) is new`,
            ...(inserted === true ? { shifts: true } : {}),
          }
        : undefined,
  },
  grade: (change, { direction, mode, positional }, usual) => {
    if (positional && change.shifts === true)
      return { level: "major", reason: "Columns after it get another position." };
    const written = mode === "BACKWARD" || mode === "FULL" || (mode === "keep-readers" && direction === "input");
    const nullable = (change.after as { nullable: boolean }).nullable;
    if (!written) return { ...usual, level: "minor" };
    return nullable
      ? { level: "minor", reason: "Who does not know the column leaves it null." }
      : { ...usual, level: "major" };
  },
  help: "nothing; add it as the last column if readers go by position",
});
