import type { Policy } from "../define-policy.ts";
import { auditLogging } from "./audit-logging.policy.ts";
import { dataLineage } from "./data-lineage.policy.ts";
import { encryptionAtRest } from "./encryption-at-rest.policy.ts";
import { marketingAttribution } from "./marketing-attribution.policy.ts";
import { piiMasking } from "./pii-masking.policy.ts";
import { qualitySlo } from "./quality-slo.policy.ts";
import { retentionPolicy } from "./retention-policy.policy.ts";
import { salesQuotaAlignment } from "./sales-quota-alignment.policy.ts";

/** Every policy there is: six for the whole mesh, two for kinds of domains. */
export const policies: readonly Policy[] = [
  encryptionAtRest,
  piiMasking,
  dataLineage,
  qualitySlo,
  retentionPolicy,
  auditLogging,
  marketingAttribution,
  salesQuotaAlignment,
];
