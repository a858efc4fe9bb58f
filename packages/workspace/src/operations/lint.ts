import { lintContract, lintDomain, lintMesh } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import { applyFixes } from "../apply-fixes.ts";
import { codeNames } from "../areas.ts";
import { staleFiles } from "../generated.ts";
import { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering } from "../operation.ts";
import { policyFindings } from "../policies.ts";
import { meshWideArea } from "../rules/area.ts";
import { meshRules } from "../rules/registry.ts";
import { joinFindings } from "../sql-join.ts";
import { ofVersion } from "../workspace.ts";

export interface LintOptions extends OperationOptions {
  /** Applies every fix that has one right answer, and reports what is left. */
  readonly fix?: boolean | undefined;
}

/**
 * Everything that can be said without data: contracts one by one, the mesh as a whole, policies, SQL against contracts,
 * generated files. Findings about products that were not asked for are left out.
 */
export const lint = (options: LintOptions): Promise<OperationResult<null>> =>
  answering(null, async () => {
    const first = find(options);
    const fixed = options.fix ? applyFixes(options.root, first.diagnostics) : 0;
    // A fix may uncover what it hid: what is reported is what holds afterwards.
    const { diagnostics, products } = fixed > 0 ? find(options) : first;
    const touched = new Set(diagnostics.filter((d) => d.severity !== "info").map((d) => d.product ?? d.span?.file));
    return {
      exitCode: hasErrors(diagnostics) ? 1 : 0,
      diagnostics,
      summary: { products, withFindings: touched.size, fixed },
      results: null,
    };
  });

function find(options: LintOptions): { diagnostics: Diagnostic[]; products: number } {
  const mesh = new LoadedMesh(options);
  const { workspace, projects } = mesh;
  const found: Diagnostic[] = [];
  if (workspace.meshRead) found.push(...lintMesh(workspace.meshRead, { today: mesh.today, codes: codeNames() }));
  for (const domain of workspace.domains.values())
    if (!options.products || mesh.chosen.some((p) => p.domain === domain.name)) found.push(...lintDomain(domain.read));
  mesh.chosen.forEach((product, done) => {
    options.onProgress?.({ kind: "phase", text: "linting", done, total: mesh.chosen.length });
    found.push(...ofVersion(product, lintContract(product.read, { today: mesh.today })));
  });
  for (const rule of meshRules) found.push(...rule.check(workspace, mesh.graph(), mesh.today));
  found.push(...policyFindings(workspace, mesh.today));
  for (const project of projects.all(mesh.chosen)) found.push(...project.diagnostics);
  for (const product of mesh.chosen) {
    found.push(...joinFindings(workspace, projects, product, mesh.consumers()));
    const files = staleFiles(workspace, product);
    if (files.length > 0) {
      const span = () => product.read.source.spanOf(["spec"], "key");
      found.push(meshWideArea.create("lock-stale", { files }, { product: product.name, path: [], span }));
    }
  }
  return { diagnostics: mesh.settle(found), products: mesh.chosen.length };
}
