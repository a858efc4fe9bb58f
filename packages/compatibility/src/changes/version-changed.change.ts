import { defineChange } from "../define-change.ts";

export const versionChanged = defineChange({
  name: "version-changed",
  severity: "info",
  find: {
    contract: ({ before, after }) =>
      before!.version === after!.version
        ? undefined
        : {
            effect: "neutral",
            path: ["metadata", "version"],
            before: before!.version,
            after: after!.version,
            message: `version ${after!.version} follows ${before!.version}`,
          },
  },
  grade: () => ({ level: "none", reason: "The version announces changes and is none." }),
  help: "nothing: the verdict says whether the step is large enough",
});
