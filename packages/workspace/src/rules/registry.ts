import { classificationLowered } from "./classification-lowered.rule.ts";
import { deprecatedColumn, deprecatedUpstream } from "./deprecated-upstream.rule.ts";
import { downstream } from "./downstream.rule.ts";
import { duplicateProduct } from "./duplicate-product.rule.ts";
import { inputMismatch } from "./input-mismatch.rule.ts";
import type { ColumnRule, MeshRule } from "./mesh-rule.ts";
import { liveVersionRules } from "./live-versions.rule.ts";
import { namingConvention } from "./naming-convention.rule.ts";
import { nullableSource } from "./nullable-source.rule.ts";
import { piiPassedOn } from "./pii-passed-on.rule.ts";
import { referenceBroken } from "./reference-broken.rule.ts";
import { retentionExceedsSource } from "./retention-exceeds-source.rule.ts";
import { slaUnsupported } from "./sla-unsupported.rule.ts";
import { statusOrder } from "./status-order.rule.ts";
import { upstreamCycle } from "./upstream-cycle.rule.ts";
import { upstream } from "./upstream.rule.ts";

/** The rules that look at the whole mesh: `mesh lint` runs them. */
export const meshRules: readonly MeshRule[] = [
  upstream,
  upstreamCycle,
  duplicateProduct,
  liveVersionRules,
  downstream,
  inputMismatch,
  referenceBroken,
  slaUnsupported,
  deprecatedUpstream,
  statusOrder,
  namingConvention,
];

/** The rules that follow values through the SQL: `mesh typecheck` runs them. */
export const columnRules: readonly ColumnRule[] = [
  nullableSource,
  piiPassedOn,
  classificationLowered,
  retentionExceedsSource,
  deprecatedColumn,
];
