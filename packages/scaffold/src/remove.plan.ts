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
import { domainsIn, productsOf } from "./view.ts";
import { readersOf } from "./readers.ts";

export interface RemoveAnswers {
  /** `shipping.parcels`, `shipping/parcels`, or a domain without products. */
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
  try {
    if (product) return removeProduct(view, domains, product, products, answers.force === true);
    if (domain) return removeDomain(view, domain, answers.force === true);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return refused(name, [
      scaffoldCodes.create("file-unreadable", { file: error.message.split(":")[0]!, why: error.message }),
    ]);
  }
  const known = [...products.map((p) => p.name), ...domains.map((d) => d.name)];
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
