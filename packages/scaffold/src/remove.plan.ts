import type { Diagnostic } from "@meshwork/diagnostics";
import type { Plan } from "./action.ts";
import { refused } from "./action.ts";
import { codeownersWithout } from "./codeowners.ts";
import { npmLockWithout } from "./npm-lock.ts";
import { removeProductFromProject } from "./dbt-project.ts";
import { FilePlan } from "./file-plan.ts";
import { generatedFiles } from "./generated-files.ts";
import type { ScaffoldRecord } from "./record.ts";
import { readRecord, recordPath } from "./record.ts";
import { scaffoldCodes } from "./scaffold-codes.ts";
import { TemplateError } from "./template.ts";
import type { DomainEntry, ProductEntry, WorkspaceView } from "./view.ts";
import { domainsIn, olderVersionsOf, productsOf, versionsIn } from "./view.ts";
import { meshOf } from "./mesh-facts.ts";
import { readersOf } from "./readers.ts";
import { typeScriptReaders } from "./typescript-readers.ts";

export interface RemoveAnswers {
  /** `shipping.parcels`, `shipping/parcels`, an older version `shipping.parcels@1`, or a domain without products. */
  readonly name: string;
  /** Deletes edited files too. */
  readonly force?: boolean | undefined;
}

/** Plans to take away what a generator made, and its entries in shared files. Refuses while somebody reads the product. */
export function planRemove(answers: RemoveAnswers, view: WorkspaceView): Plan {
  const name = answers.name
    .trim()
    .replace(/^(\.\/)?domains\//, "")
    .replace(/\/+$/, "")
    .replace("/", ".");
  const domains = domainsIn(view);
  const domain = domains.find((d) => d.name === name);
  const products = domains.flatMap((d) => productsOf(view, d));
  const product = products.find((p) => p.name === name);
  const versions = domains.flatMap((d) => versionsIn(view, d));
  const older = versions.find((v) => v.name === name && v.versionFolder !== undefined);
  try {
    if (older) return removeVersion(view, domains, older, versions, answers.force === true);
    if (product) return removeProduct(view, domains, product, versions, answers.force === true);
    if (domain) return removeDomain(view, domain, answers.force === true);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return refused(name, [
      scaffoldCodes.create("file-unreadable", { file: error.message.split(":")[0]!, why: error.message }),
    ]);
  }
  const known = [...versions.map((p) => p.name), ...domains.map((d) => d.name)];
  return refused(name, [scaffoldCodes.create("unknown-product", { product: name.slice(0, 80), known })]);
}

function removeProduct(
  view: WorkspaceView,
  domains: readonly DomainEntry[],
  product: ProductEntry,
  products: readonly ProductEntry[],
  force: boolean,
): Plan {
  const readers = readersOf(view, product, products);
  if (readers.length > 0)
    return refused(product.name, [scaffoldCodes.create("still-read", { product: product.name, readers })]);
  const older = olderVersionsOf(view, product).map((v) => v.name);
  if (older.length > 0)
    return refused(product.name, [
      scaffoldCodes.create(
        "still-read",
        { product: product.name, readers: older },
        { help: `take its older versions away first: nx g remove ${older[0]}` },
      ),
    ]);
  const record = readRecord(view, product.directory);
  if (!record) return refused(product.name, [notScaffolded(product.name, product.directory)]);
  const plan = new FilePlan(view);
  const edited = deleteRecorded(plan, view, product.directory, record, force);
  if (edited.includes(product.contractFile))
    return refused(product.name, [scaffoldCodes.create("edited-files", { product: product.name, files: edited })]);
  const domain = domains.find((d) => d.name === product.domain)!;
  const project = `${domain.directory}/dbt_project.yml`;
  const text = view.read(project);
  if (text !== undefined) plan.write(project, removeProductFromProject(project, text, product.product), "patched");
  const owners = codeownersWithout(view, product.directory);
  if (owners) plan.write(owners.path, owners.content, owners.ownership);
  for (const file of generatedFiles(plan.overlay(), [domain.name]).files)
    plan.write(file.path, file.content, file.ownership);
  return done(plan, product.name, edited);
}

/** The end of an older version: refused while anybody reads it, with who that is. */
function removeVersion(
  view: WorkspaceView,
  domains: readonly DomainEntry[],
  older: ProductEntry,
  versions: readonly ProductEntry[],
  force: boolean,
): Plan {
  const programs = typeScriptReaders(view, domains, meshOf(view).npmScope, older).map((p) => p.folder);
  const readers = [...readersOf(view, older, versions), ...new Set(programs)];
  if (readers.length > 0) {
    const [base] = older.name.split("@");
    const help = `move them to the newest version of ${base} first; mesh status ${older.domain} shows the columns they read`;
    return refused(older.name, [scaffoldCodes.create("still-read", { product: older.name, readers }, { help })]);
  }
  const record = readRecord(view, older.directory);
  if (!record) return refused(older.name, [notScaffolded(older.name, older.directory)]);
  const plan = new FilePlan(view);
  const edited = deleteRecorded(plan, view, older.directory, record, force);
  // What is left of a version is no version: all of it goes, or nothing.
  if (edited.length > 0)
    return refused(older.name, [scaffoldCodes.create("edited-files", { product: older.name, files: edited })]);
  const base = older.directory.slice(0, -`/versions/${older.versionFolder}`.length);
  const own = `${base}/dbt_project.yml`;
  const domain = domains.find((d) => d.name === older.domain)!;
  const project = view.read(own) === undefined ? `${domain.directory}/dbt_project.yml` : own;
  const text = view.read(project);
  const below = older.directory.slice(project.lastIndexOf("/") + 1);
  if (text !== undefined) plan.write(project, removeProductFromProject(project, text, below), "patched");
  // Sources of the version go wherever it was to be had, whether or not it was read.
  for (const file of generatedFiles(plan.overlay()).files) plan.write(file.path, file.content, file.ownership);
  return done(plan, older.name, edited);
}

function removeDomain(view: WorkspaceView, domain: DomainEntry, force: boolean): Plan {
  const products = productsOf(view, domain);
  if (products.length > 0)
    return refused(domain.name, [
      scaffoldCodes.create(
        "still-read",
        { product: domain.name, readers: products.map((p) => p.name) },
        { help: "remove its products first: nx g remove <domain>.<product>" },
      ),
    ]);
  const record = readRecord(view, domain.directory);
  if (!record) return refused(domain.name, [notScaffolded(domain.name, domain.directory)]);
  const plan = new FilePlan(view);
  const edited = deleteRecorded(plan, view, domain.directory, record, force);
  if (edited.includes(domain.file))
    return refused(domain.name, [scaffoldCodes.create("edited-files", { product: domain.name, files: edited })]);
  for (const shared of [codeownersWithout(view, domain.directory), npmLockWithout(view, domain.directory)])
    if (shared) plan.write(shared.path, shared.content, shared.ownership);
  return done(plan, domain.name, edited);
}

const notScaffolded = (product: string, directory: string): Diagnostic =>
  scaffoldCodes.create("not-scaffolded", { product, file: recordPath(directory) });

const done = (plan: FilePlan, subject: string, edited: readonly string[]): Plan => ({
  subject,
  actions: plan.actions,
  kept: edited.map((path) => ({ path, reason: "edited" as const })),
  files: 0,
  diagnostics: [],
  notes: [],
});

/** Deletes what was made and is as it was made; gives the files that were edited since. */
function deleteRecorded(
  plan: FilePlan,
  view: WorkspaceView,
  directory: string,
  record: ScaffoldRecord,
  force: boolean,
): string[] {
  const edited: string[] = [];
  for (const [below, entry] of Object.entries(record.files)) {
    if (below.startsWith("/")) continue;
    const path = `${directory}/${below}`;
    if (view.read(path) === undefined) continue;
    if (force || entry.ownership === "managed" || entry.ownership === "patched" || plan.isPristine(path, entry))
      plan.delete(path, entry.ownership);
    else edited.push(path);
  }
  plan.delete(recordPath(directory), "managed");
  return edited;
}
