import { defineRule } from "../define-rule.ts";
import { shown } from "../names.ts";

/** Local part, @, and a domain with a dot: enough to tell an address from a team's name. */
const ADDRESS = /^[^\s@<>"]+@[^\s@<>".]+(?:\.[^\s@<>".]+)+$/;

export const ownerEmail = defineRule({
  code: "owner-email",
  severity: "warning",
  message: (p: { product: string; owner: string }) =>
    `The owner of "${p.product}", "${p.owner}", is not an e-mail address.`,
  help: "write an address that reaches the team, or set the rule in mesh.yaml",
  check({ contract, source }, report) {
    const { owner } = contract;
    if (owner === undefined || ADDRESS.test(owner)) return;
    const keys = [
      ["spec", "owner"],
      ["spec", "ownership", "product_owner"],
      ["spec", "ownership", "technical_owner"],
    ];
    const path = keys.find((each) => source.valueAt(each) !== undefined) ?? keys[0]!;
    report({ product: `${contract.domain}.${contract.product}`, owner: shown(owner) }, path);
  },
});
