import type { GeneratorCallback, Tree } from "@nx/devkit";
import { runPlan } from "../run-plan.ts";

/** The answers of schema.json. */
export interface ContractVersionSchema {
  readonly name: string;
  readonly sunset?: string | undefined;
  readonly major?: number | undefined;
  readonly reason?: string | undefined;
  readonly guide?: string | undefined;
}

/** `nx g contract-version orders/order-events`: starts the next major version, and lets the present one live on. */
export default function contractVersionGenerator(
  tree: Tree,
  options: ContractVersionSchema,
): Promise<GeneratorCallback> {
  return runPlan(tree, "contract-version", { ...options, today: new Date().toISOString().slice(0, 10) });
}
