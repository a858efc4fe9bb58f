import { defineRule } from "../define-rule.ts";
import { shown } from "../names.ts";
import { compareVersions, versionOf } from "../version.ts";

export const previousVersions = defineRule({
  code: "previous-versions",
  severity: "warning",
  message: (p: { version: string; before: string }) =>
    `Version ${p.version} is listed after ${p.before} and is not older.`,
  help: "list versions before the current one, newest first, each once",
  check({ contract }, report) {
    let before = contract.version;
    contract.previousVersions.forEach((text, i) => {
      const [last, version] = [versionOf(before), versionOf(text)];
      if (last === undefined || version === undefined) return;
      if (compareVersions(version, last) >= 0) {
        report({ version: shown(text), before: shown(before) }, ["metadata", "previous_versions", i]);
      }
      before = text;
    });
  },
});
