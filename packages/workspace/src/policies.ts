import type { Diagnostic } from "@meshwork/diagnostics";
import type { ProductSnapshot } from "@meshwork/publishers";
import type { Workspace } from "./workspace.ts";

/** Per product: how each policy stands. */
export type PolicyVerdicts = ReadonlyMap<string, ProductSnapshot["compliance"]>;

export function policyFindings(_workspace: Workspace, _today: string): readonly Diagnostic[] {
  return [];
}
export function policyVerdicts(_workspace: Workspace, _today: string): PolicyVerdicts {
  return new Map();
}
