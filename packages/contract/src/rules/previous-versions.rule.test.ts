import { testRule } from "../testdata/test-rule.ts";
import { previousVersions } from "./previous-versions.rule.ts";

testRule(previousVersions, {
  valid: {
    "newest first": `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: facts, domain: orders, version: 2.0.0, previous_versions: [2.0.0-rc.1, 1.9.0, 1.8.0] }
spec:
  schema: { fields: [{ name: id, type: string }] }
`,
    none: `  schema: { fields: [{ name: id, type: string }] }
`,
  },
  invalid: {
    "the current one": {
      yaml: `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: facts, domain: orders, version: 2.0.0, previous_versions: [⟦2.0.0⟧, 1.0.0] }
spec:
  schema: { fields: [{ name: id, type: string }] }
`,
      messages: ["Version 2.0.0 is listed after 2.0.0 and is not older."],
    },
    "oldest first": {
      yaml: `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: facts, domain: orders, version: 2.0.0, previous_versions: [1.0.0, ⟦1.1.0⟧] }
spec:
  schema: { fields: [{ name: id, type: string }] }
`,
      messages: ["Version 1.1.0 is listed after 1.0.0 and is not older."],
    },
  },
});
