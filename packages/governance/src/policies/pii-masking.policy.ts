import { withNested } from "@meshwork/contract";
import { compliant, definePolicy, notApplicable, violated } from "../define-policy.ts";

export const piiMasking = definePolicy({
  name: "pii-masking",
  aliases: ["PII-RED-ACT", "pii-redact", "pii-redaction", "mask-pii"],
  summary: "Personal data is masked outside production.",
  options: { methods: "accepted kinds of masking; any but none where absent" },
  help: "add masking: hash, redact, partial or null to the column's constraints",
  evaluate({ product: { contract }, options }) {
    const accepted = options.texts("methods");
    const personal = contract.ports.flatMap((port) =>
      [...withNested(port.columns)].filter(({ column }) => column.pii).map((found) => ({ ...found, port: port.name })),
    );
    if (personal.length === 0) return notApplicable("no column is declared as personal data");
    const findings = personal.flatMap(({ column, path, port }) => {
      const { masking } = column;
      if (masking === undefined || masking === "none") {
        const problem = `Column "${path}" of port "${port}" is personal data and has no masking.`;
        return [{ problem, path: [...column.at, "constraints", masking === undefined ? "pii" : "masking"] }];
      }
      if (accepted.length === 0 || accepted.includes(masking)) return [];
      const problem = `Column "${path}" of port "${port}" is masked by ${masking}; accepted is ${accepted.join(", ")}.`;
      return [{ problem, path: [...column.at, "constraints", "masking"] }];
    });
    return findings.length > 0 ? violated(...findings) : compliant(`${personal.length} personal columns, all masked`);
  },
});
