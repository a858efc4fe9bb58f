import {
  compliant,
  definePolicy,
  nameOf,
  productionTargets,
  settingAt,
  statement,
  violated,
} from "../define-policy.ts";

export const encryptionAtRest = definePolicy({
  name: "encryption-at-rest",
  aliases: ["encryption", "at-rest-encryption"],
  summary: "Stored data is encrypted.",
  options: { algorithms: "accepted values of storage.encryption; any where absent" },
  help: "say so: storage: { encryption: AES-256 }, or security.encryption_at_rest: true in infrastructure.yaml",
  evaluate({ product: { contract, infrastructure }, mesh, options }) {
    const name = nameOf(contract);
    const written = contract.storage?.encryption;
    const requested = infrastructure?.value.storage?.encryption;
    if (statement(written) === "no") {
      return violated({
        problem: `"${name}" stores its data without encryption.`,
        path: ["spec", "storage", "encryption"],
      });
    }
    if (infrastructure?.value.security?.encryptionAtRest === false) {
      return violated({
        problem: `The infrastructure of "${name}" turns encryption at rest off.`,
        path: ["spec", "security", "encryption_at_rest"],
        in: "infrastructure",
      });
    }
    const accepted = options.texts("algorithms").map((algorithm) => algorithm.toLowerCase());
    const named = written ?? requested;
    if (named !== undefined && accepted.length > 0 && !accepted.includes(named.toLowerCase())) {
      return violated({
        problem: `"${name}" is encrypted with ${named}; accepted is ${accepted.join(", ")}.`,
        path: ["spec", "storage", "encryption"],
        in: written === undefined ? "infrastructure" : "contract",
      });
    }
    if (written !== undefined) return compliant(`storage.encryption: ${written}`);
    if (infrastructure?.value.security?.encryptionAtRest === true)
      return compliant("infrastructure.yaml: encryption_at_rest");
    if (statement(requested) === "yes") return compliant(`infrastructure.yaml: storage.encryption ${requested}`);
    const targets = productionTargets(
      mesh,
      (settings) =>
        settingAt(settings, "encryption_at_rest") === true ||
        settingAt(settings, "storage", "encryption_at_rest") === true ||
        statement(String(settingAt(settings, "storage", "encryption") ?? "")) === "yes",
    );
    if (targets === "all") return compliant("every production target encrypts its storage");
    return violated({
      problem: `Nothing says that "${name}" is encrypted at rest.`,
      path: ["spec", "storage", "encryption"],
      part: "key",
    });
  },
});
