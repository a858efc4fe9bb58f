import type { GeneratorCallback, Tree } from "@nx/devkit";
import { runPlan } from "../run-plan.ts";

/** The answers of schema.json. */
export interface CiSchema {
  readonly branch?: string | undefined;
  readonly force?: boolean | undefined;
}

/** `nx g ci`: the workflow that checks what a change reaches and publishes the main branch. */
export default function ciGenerator(tree: Tree, options: CiSchema): Promise<GeneratorCallback> {
  return runPlan(tree, "ci", options);
}
