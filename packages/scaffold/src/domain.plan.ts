import type { Plan } from "./action.ts";
import { refused } from "./action.ts";
import { workflowFor } from "./ci.plan.ts";
import { codeownersWith } from "./codeowners.ts";
import { FilePlan } from "./file-plan.ts";
import { fillTemplate } from "./fill-template.ts";
import { generatedFiles } from "./generated-files.ts";
import { domainOf, meshOf } from "./mesh-facts.ts";
import { checkName, snake, title } from "./names.ts";
import { npmLockWith } from "./npm-lock.ts";
import { readRecord, recordPath, recordText } from "./record.ts";
import type { ScaffoldRecord } from "./record.ts";
import { scaffoldCodes } from "./scaffold-codes.ts";
import { loadTemplate, TemplateError } from "./template.ts";
import type { WorkspaceView } from "./view.ts";
import { domainsIn } from "./view.ts";

export interface DomainAnswers {
  readonly name: string;
  /** An e-mail address; `team-<domain>@<mesh>.example` where absent. */
  readonly owner?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
}

/** Plans a new domain, or the same one again. */
export function planDomain(answers: DomainAnswers, view: WorkspaceView): Plan {
  const name = answers.name
    .trim()
    .replace(/^(\.\/)?domains\//, "")
    .replace(/\/+$/, "");
  if (name === "") return refused(name, [scaffoldCodes.create("answer-missing", { flag: "name", known: [] })]);
  const directory = `domains/${name}`;
  const record = readRecord(view, directory);
  const exists = domainsIn(view).find((d) => d.name === name);
  if (!exists || record) {
    const bad = checkName("domain", name);
    if (bad) return refused(name, [bad]);
  }
  if (exists && record?.template !== "domain") {
    const owner = domainOf(view, exists)?.owner;
    return refused(name, [scaffoldCodes.create("name-taken", { name, place: exists.file, owner })]);
  }
  if (!exists && !record && view.list(directory).length > 0)
    return refused(name, [scaffoldCodes.create("name-taken", { name, place: directory, owner: undefined })]);

  const scope = meshOf(view).npmScope;
  const known = record?.answers ?? {};
  const answer = (key: "owner" | "title" | "description"): string | undefined => {
    const value = answers[key] ?? known[key];
    const line = typeof value === "string" ? value.replace(/\s+/g, " ").trim() : "";
    return line === "" ? undefined : line;
  };
  const owner = answer("owner") ?? `team-${name}@${scope.slice(1)}.example`;
  const domain = {
    name,
    sqlName: snake(name),
    title: answer("title") ?? title(name),
    owner,
    description: answer("description") ?? `What ${title(name).toLowerCase()} is about in this organisation.`,
    packageName: `${scope}/${name}`,
  };
  const plan = new FilePlan(view);
  try {
    const template = loadTemplate("domain");
    const files: [string, ScaffoldRecord["files"][string]][] = [];
    for (const file of fillTemplate(template, directory, {}, { domain })) {
      const below = file.path.slice(directory.length + 1);
      // Products add their folders to it: once it is there, it is edited and never written anew.
      if (file.ownership === "patched") {
        if (view.read(file.path) === undefined) plan.write(file.path, file.content, file.ownership);
        files.push([below, { ownership: "patched" }]);
      } else files.push([below, plan.place(file, record?.files[below])]);
    }
    const lock = npmLockWith(view, directory, plan.after(`${directory}/package.json`) ?? "{}");
    for (const shared of [codeownersWith(view, directory, owner), workflowFor(view), lock])
      if (shared) plan.write(shared.path, shared.content, shared.ownership);
    for (const file of generatedFiles(plan.overlay(), [name]).files) {
      plan.write(file.path, file.content, file.ownership);
      if (file.path.startsWith(`${directory}/_mesh/`))
        files.push([file.path.slice(directory.length + 1), { ownership: "managed" }]);
    }
    const given = Object.fromEntries(
      (["owner", "title", "description"] as const).flatMap((k) => (answer(k) ? [[k, answer(k)]] : [])),
    );
    const kept: ScaffoldRecord = {
      template: "domain",
      templateVersion: template.version,
      answers: given,
      files: Object.fromEntries(files),
    };
    plan.write(recordPath(directory), recordText(kept), "managed");
    return {
      subject: name,
      actions: plan.actions,
      kept: plan.kept,
      files: files.length + 1,
      diagnostics: [],
      notes: exists
        ? []
        : [
            lock
              ? `TypeScript code can import ${domain.packageName} after the next npm install; nothing else needs one`
              : `run npm install and commit its lock: npm ci refuses a workspace package that the lock does not know`,
          ],
      next: `npx nx g data-product ${name}/<name>`,
    };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return refused(name, [scaffoldCodes.create("preset-broken", { preset: "domain", why: error.message })]);
  }
}
