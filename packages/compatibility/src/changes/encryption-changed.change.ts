import { defineChange, shown, valueStep } from "../define-change.ts";

export const encryptionChanged = defineChange({
  name: "encryption-changed",
  severity: "warning",
  find: {
    contract: ({ before, after }) => {
      const step = valueStep(before!.storage?.encryption, after!.storage?.encryption);
      if (step === undefined) return undefined;
      return {
        effect: "gone" in step ? "loosened" : "neutral",
        path: ["spec", "storage", "encryption"],
        before: before!.storage?.encryption,
        after: after!.storage?.encryption,
        message:
          "gone" in step ? "encryption is promised no longer" : `encryption is ${shown(after!.storage?.encryption)}`,
      };
    },
  },
  grade: (change, { direction }, usual) =>
    change.effect === "neutral"
      ? usual
      : direction === "input"
        ? { level: "patch", reason: "A supplier need not do more." }
        : { ...usual, approval: true },
  help: "encrypt the storage, or have the data's steward agree",
});
