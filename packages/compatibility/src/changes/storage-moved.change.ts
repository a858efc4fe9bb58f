import { defineChange, shown, valueStep } from "../define-change.ts";

export const storageMoved = defineChange({
  name: "storage-moved",
  severity: "error",
  find: {
    contract: ({ before, after }) =>
      (["location", "format"] as const).flatMap((key) => {
        const step = valueStep(before!.storage?.[key], after!.storage?.[key]);
        return step === undefined
          ? []
          : [
              {
                effect: "added" in step ? ("tightened" as const) : ("changed" as const),
                path: ["spec", "storage", key],
                before: before!.storage?.[key],
                after: after!.storage?.[key],
                message: `the storage's ${key} is ${shown(after!.storage?.[key])}, it was ${shown(before!.storage?.[key])}`,
              },
            ];
      }),
  },
  grade: (change, _, usual) =>
    change.effect === "tightened" ? { level: "minor", reason: "What nobody was told before moves for nobody." } : usual,
  help: "keep the old place until readers have moved",
});
