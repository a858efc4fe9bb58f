import { deprecatedUpstream } from "./deprecated-upstream.rule.ts";
import { downstream } from "./downstream.rule.ts";
import { duplicateProduct } from "./duplicate-product.rule.ts";
import type { MeshRule } from "./mesh-rule.ts";
import { upstreamCycle } from "./upstream-cycle.rule.ts";
import { upstream } from "./upstream.rule.ts";

/** The rules that look at the whole mesh. */
export const meshRules: readonly MeshRule[] = [
  upstream,
  upstreamCycle,
  duplicateProduct,
  downstream,
  deprecatedUpstream,
];
