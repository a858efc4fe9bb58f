import { compliant, definePolicy, nameOf, productionTargets, settingAt, violated } from "../define-policy.ts";

export const auditLogging = definePolicy({
  name: "audit-logging",
  aliases: ["audit", "audit-log", "access-logging"],
  summary: "Who reads the data is logged.",
  help: "set security.audit_logging: true in infrastructure.yaml, or name access.roles and access.purposes",
  evaluate({ product: { contract, infrastructure }, mesh }) {
    const name = nameOf(contract);
    const stated = infrastructure?.value.security?.auditLogging;
    if (stated === false) {
      return violated({
        problem: `The infrastructure of "${name}" turns the audit log off.`,
        path: ["spec", "security", "audit_logging"],
        in: "infrastructure",
      });
    }
    if (stated === true) return compliant("infrastructure.yaml: audit_logging");
    if (productionTargets(mesh, (settings) => settingAt(settings, "audit_logging") === true) === "all") {
      return compliant("every production target logs access");
    }
    // Access for named roles and purposes is granted on request, and each grant is logged with both.
    if (contract.access.roles.length > 0 && contract.access.purposes.length > 0)
      return compliant("access by role and purpose");
    return violated({
      problem: `Nothing says that reading "${name}" is logged.`,
      path: ["spec", "access"],
      part: "key",
    });
  },
});
