import type { GeneratorCallback, Tree } from "@nx/devkit";
import { runPlan } from "../run-plan.ts";

/** The answers of schema.json. */
export interface RemoveSchema {
  readonly name: string;
  readonly force?: boolean | undefined;
}

/** `nx g @meshwork/nx:remove orders.order-events`: takes away what a generator made. */
export default function removeGenerator(tree: Tree, options: RemoveSchema): Promise<GeneratorCallback> {
  return runPlan(tree, "remove", options);
}
