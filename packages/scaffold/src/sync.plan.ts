import type { Plan } from "./action.ts";
import { FilePlan } from "./file-plan.ts";
import { generatedFiles } from "./generated-files.ts";
import { scaffoldCodes } from "./scaffold-codes.ts";
import type { WorkspaceView } from "./view.ts";

/**
 * Plans what brings generated files back in step with the contracts: locks, types and each domain's `_mesh`.
 * Files of products whose contract cannot be read stay as they are, with a warning.
 */
export function planSync(view: WorkspaceView, domains?: readonly string[]): Plan {
  const generated = generatedFiles(view, domains);
  const plan = new FilePlan(view);
  for (const file of generated.files) plan.write(file.path, file.content, file.ownership);
  return {
    subject: "generated files",
    actions: plan.actions,
    kept: [],
    files: generated.files.length,
    diagnostics: generated.unreadable.map(({ product, why }) =>
      scaffoldCodes.create(
        "contract-unreadable",
        { product: product.name, file: product.contractFile, why },
        { severity: "warning", product: product.name },
      ),
    ),
    notes: [],
  };
}
