import { lintDomain, lintMesh } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import { codeNames } from "../areas.ts";
import { staleFiles } from "../generated.ts";
import { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions } from "../operation.ts";
import type { ProductPlace } from "../places.ts";
import { policyFindings } from "../policies.ts";
import { categories } from "../rule-categories.ts";
import { ignoreArea, meshWideArea } from "../rules/area.ts";
import { columnRules, meshRules } from "../rules/registry.ts";
import { joinFindings } from "../sql-join.ts";
import { choosePlaces } from "../workspace.ts";
import type { ObservedFiles } from "../workspace-files.ts";
import type { LintMemory } from "./lint-memory.ts";
import { plainDiagnostic } from "./plain-diagnostic.ts";

/** No edit of the contract: `lint` writes what is generated from it anew. */
const rewritten = { title: "write the generated files anew", edits: [], safe: true };

/** Codes of areas that lint has no part in, or that take an engine: an ignore of one is not idle because lint is silent. */
const notLinted = new Set<string>([
  ...columnRules.flatMap((rule) => rule.codes),
  ...["missing-column", "extra-column", "type-mismatch", "unchecked-model", "unmaskable-column"].map((c) => `sql/${c}`),
  ...["failing-rows", "query-failed", "schema-changed", "test-failed", "unreachable-upstream"].map((c) => `sql/${c}`),
]);
const lintedAreas = new Set(["contract", "mesh", "policy", "sql"]);
const isLinted = (code: string): boolean => !notLinted.has(code) && lintedAreas.has(code.slice(0, code.indexOf("/")));

/** What is wrong with ignores themselves. Of a part of the mesh nobody can say that an entry of mesh.yaml is idle. */
function ignoreProblems(mesh: LoadedMesh, codes: ReadonlySet<string>, whole: boolean): Diagnostic[] {
  const { meshRead } = mesh.workspace;
  const idle = whole
    ? mesh.unusedEntries().filter((entry) => isLinted(entry.rule) && !(entry.until && entry.until < mesh.today))
    : [];
  return [
    ...mesh.accepted().problems(codes, isLinted),
    ...idle.map(({ rule, at: path }) =>
      ignoreArea.create("ignore-unused", { rule }, { path, span: () => meshRead?.source.spanOf([...path, "rule"]) }),
    ),
  ];
}

export interface LintFindings {
  readonly diagnostics: readonly Diagnostic[];
  readonly products: number;
  /** Products of which nothing was read anew. */
  readonly cached: number;
}

/**
 * Lints a mesh, of which `memory` knows whatever has not changed since. What is found is the same with a memory that
 * knows nothing: it is asked per contract and per project, and everything between them is worked out each time.
 */
export function runLint(options: OperationOptions, files: ObservedFiles, memory: LintMemory): LintFindings {
  // Linting looks at no data: it knows the day, and templates that ask for the time get its beginning.
  const now = new Date((options.now ?? new Date()).toISOString().slice(0, 10));
  const today = now.toISOString().slice(0, 10);
  const { products: asked } = options;
  // Of an older version's number only its contract can tell whose it is: all versions are looked at, and some too many.
  const bases = asked?.map((argument) => argument.replace(/@v?\d+$/, ""));
  memory.begin(today, (place: ProductPlace) => choosePlaces([place], new Set(), bases).places.length > 0);
  const mesh = new LoadedMesh({ ...options, now, env: files.env }, undefined, {
    files,
    product: memory.product,
    projects: memory,
    clock: files.clock(now),
  });
  const { workspace, projects } = mesh;
  const found: Diagnostic[] = [];
  const codes = codeNames();
  if (workspace.meshRead) found.push(...lintMesh(workspace.meshRead, { today, codes, categories }));
  const domains = new Set(mesh.chosen.map((p) => p.domain));
  for (const domain of workspace.domains.values())
    if (!asked || domains.has(domain.name)) found.push(...lintDomain(domain.read));
  mesh.chosen.forEach((product, done) => {
    options.onProgress?.({ kind: "phase", text: "linting", done, total: mesh.chosen.length });
    found.push(...memory.lintOf(product));
  });
  for (const rule of meshRules) found.push(...rule.check(workspace, mesh.graph(), today));
  found.push(...policyFindings(workspace, today));
  for (const facts of projects.allFacts(mesh.chosen)) found.push(...facts.diagnostics);
  let cached = 0;
  for (const product of mesh.chosen) {
    found.push(...joinFindings(workspace, projects, product, mesh.consumers()));
    const stale = staleFiles(workspace, product, memory.expectedOf(workspace, product));
    if (stale.length > 0) {
      const span = () => product.read.source.spanOf(["spec"], "key");
      found.push(
        meshWideArea.create(
          "lock-stale",
          { files: stale },
          { product: product.name, path: [], span, fixes: [rewritten] },
        ),
      );
    }
    if (memory.isRemembered(product, projects.facts(product))) cached++;
  }
  const settled = mesh.settle(found);
  const diagnostics = [...settled, ...mesh.settle(ignoreProblems(mesh, codes, asked === undefined))].map(
    plainDiagnostic,
  );
  memory.end(asked === undefined);
  return { diagnostics, products: mesh.chosen.length, cached };
}
