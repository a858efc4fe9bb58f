import { sensitivityOf } from "../classification.ts";
import { defineChange } from "../define-change.ts";

export const sensitivityStated = defineChange({
  name: "sensitivity-stated",
  severity: "info",
  find: {
    contract: ({ before, after }) =>
      before!.sensitivity !== after!.sensitivity && sensitivityOf(before!) === sensitivityOf(after!)
        ? {
            effect: "neutral",
            path: ["spec", "sensitivity"],
            before: before!.sensitivity,
            after: after!.sensitivity,
            message: `the product is ${sensitivityOf(after!)}, as before`,
          }
        : undefined,
  },
});
