import { parse } from "yaml";
import type { Plan } from "./action.ts";
import { refused } from "./action.ts";
import type { Wanted } from "./file-plan.ts";
import { FilePlan } from "./file-plan.ts";
import { fillTemplate } from "./fill-template.ts";
import { scaffoldCodes } from "./scaffold-codes.ts";
import { isRecord, loadTemplate, TemplateError } from "./template.ts";
import type { WorkspaceView } from "./view.ts";

export interface CiAnswers {
  /** The branch that is published; `main` where absent. */
  readonly branch?: string | undefined;
  /** Writes the workflow anew over edits. */
  readonly force?: boolean | undefined;
}

/** Plans the workflow of the whole mesh. Domains need none of their own: the plan job asks the graph. */
export function planCi(answers: CiAnswers, view: WorkspaceView): Plan {
  const branch = answers.branch ?? "main";
  if (!/^[A-Za-z0-9][\w./-]*$/.test(branch)) {
    const why = "a branch has letters, digits, dots, slashes and hyphens";
    return refused("ci", [
      scaffoldCodes.create(
        "name-invalid",
        { what: "branch", name: branch.slice(0, 80), why },
        { help: "for example --branch=main" },
      ),
    ]);
  }
  const plan = new FilePlan(view);
  try {
    const [file] = workflow(view, branch);
    if (answers.force === true) plan.write(file!.path, file!.content, file!.ownership);
    else plan.place(file!, undefined);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return refused("ci", [scaffoldCodes.create("preset-broken", { preset: "ci", why: error.message })]);
  }
  return {
    subject: "ci",
    actions: plan.actions,
    kept: plan.kept,
    files: 1,
    diagnostics: [],
    notes: [],
    next: "git add .github/workflows && git commit",
  };
}

/** The workflow, where the workspace has none yet. */
export function workflowFor(view: WorkspaceView): Wanted | undefined {
  const [file] = workflow(view, "main");
  return file && view.read(file.path) === undefined ? file : undefined;
}

function workflow(view: WorkspaceView, branch: string): Wanted[] {
  const version = [".nvmrc", ".node-version"].find((f) => view.read(f) !== undefined);
  const node = version ? `node-version-file: ${version}` : "node-version: 22";
  return fillTemplate(loadTemplate("ci"), "", {}, { branch, node, secrets: secretsIn(view.read("mesh.yaml")) });
}

/** Environment variables that mesh.yaml's publish targets and production targets refer to. */
function secretsIn(mesh: string | undefined): string[] {
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (isRecord(value)) {
      const { env } = value;
      // A name with `{DOMAIN}` in it stands for one per domain, which only the organisation can list.
      if (typeof env === "string" && /^[A-Z][A-Z0-9_]*$/.test(env)) found.add(env);
      Object.values(value).forEach(walk);
    }
  };
  try {
    const file: unknown = parse(mesh ?? "");
    const spec = isRecord(file) ? file["spec"] : undefined;
    if (isRecord(spec)) walk([spec["publish"], spec["targets"]]);
  } catch {
    // mesh lint says what is wrong with the file; the workflow is useful without the names.
  }
  return [...found].sort();
}
