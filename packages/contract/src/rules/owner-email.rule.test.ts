import { testRule } from "../testdata/test-rule.ts";
import { ownerEmail } from "./owner-email.rule.ts";

testRule(ownerEmail, {
  valid: {
    "an address": `  owner: team-orders@acme.example
`,
    "no owner, which is another rule's": `  schema: { fields: [{ name: id, type: string }] }
`,
  },
  invalid: {
    "a team's name": {
      yaml: `  owner: ⟦returns⟧
`,
      messages: ['The owner of "orders.facts", "returns", is not an e-mail address.'],
    },
    "an address without a domain": {
      yaml: `  owner: ⟦orders@acme⟧
`,
      messages: ['The owner of "orders.facts", "orders@acme", is not an e-mail address.'],
    },
    "a role's name": {
      yaml: `  ownership: { technical_owner: ⟦"the team"⟧ }
`,
      messages: ['The owner of "orders.facts", "the team", is not an e-mail address.'],
    },
  },
});
