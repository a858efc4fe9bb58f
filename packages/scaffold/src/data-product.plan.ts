import type { Diagnostic } from "@meshwork/diagnostics";
import type { Plan } from "./action.ts";
import { refused } from "./action.ts";
import type { DataProductAnswers } from "./data-product.answers.ts";
import { inContractFormat } from "./contract-format.ts";
import { codeownersWith } from "./codeowners.ts";
import { nameUuid } from "./content-hash.ts";
import { addProductToProject } from "./dbt-project.ts";
import { FilePlan } from "./file-plan.ts";
import { fillTemplate } from "./fill-template.ts";
import { contractFiles, contractOf, generatedFiles } from "./generated-files.ts";
import type { Contract } from "@meshwork/contract";
import { locate, modelClash, takenBy } from "./locate-product.ts";
import { domainOf, meshOf } from "./mesh-facts.ts";
import { durationText, relationOf } from "@meshwork/contract";
import { singular, snake, title } from "./names.ts";
import type { ScaffoldRecord } from "./record.ts";
import { readRecord, recordPath, recordText } from "./record.ts";
import { resolveInputs } from "./resolve-inputs.ts";
import { rollupOf } from "./rollup.ts";
import { scaffoldCodes } from "./scaffold-codes.ts";
import type { Template } from "./template.ts";
import { isFolder, loadPreset, presetNames, TemplateError } from "./template.ts";
import type { TemplateInput } from "./upstream.ts";
import { highest, templateInputs } from "./upstream.ts";
import type { DomainEntry, ProductEntry, WorkspaceView } from "./view.ts";
import { contractFileOf } from "./view.ts";
import { workflowFor } from "./ci.plan.ts";

/** Plans a new data product, or the same one again. Reads only the domain and the contracts of its upstream products. */
export function planDataProduct(answers: DataProductAnswers, view: WorkspaceView): Plan {
  const located = locate(answers, view);
  if ("diagnostic" in located) return refused(answers.name, [located.diagnostic]);
  const { domain, product, domains } = located;
  const name = `${domain.name}.${product}`;
  const directory = `${domain.directory}/${product}`;
  const record = readRecord(view, directory);
  const taken = takenBy(view, domain, product, record);
  if (taken) return refused(name, [taken]);

  const given: DataProductAnswers = { ...recordedAnswers(record), ...withoutUndefined(answers), name: answers.name };
  const upstream = resolveInputs(view, domains, name, given.inputs ?? []);
  if (upstream.diagnostics.length > 0) return refused(name, upstream.diagnostics);
  const presetName = given.preset ?? (upstream.ports.length > 0 ? "aggregate" : "source-aligned");
  const preset = chosenPreset(presetName);
  if ("diagnostic" in preset) return refused(name, [preset.diagnostic]);

  const inputs = templateInputs(domain.name, upstream.ports);
  const context = contextOf(view, domain, product, presetName, given, inputs);
  if ("diagnostic" in context) return refused(name, [context.diagnostic]);
  const plan = new FilePlan(view);
  try {
    const marks = { port: snake(product), product };
    const filled = fillTemplate(preset.template, directory, marks, context.value, inputs);
    const wanted = inContractFormat(filled, given.contractFormat, product);
    const clash = modelClash(
      view,
      domain,
      directory,
      wanted.map((w) => w.path),
    );
    if (clash) return refused(name, [clash]);
    const files: [string, ScaffoldRecord["files"][string]][] = [];
    for (const file of wanted) {
      const below = file.path.startsWith(`${directory}/`) ? file.path.slice(directory.length + 1) : `/${file.path}`;
      files.push([below, plan.place(file, record?.files[below])]);
    }
    forgetOld(plan, view, directory, record, new Set(files.map(([path]) => path)));

    const project = `${domain.directory}/dbt_project.yml`;
    const projectText = view.read(project);
    if (projectText !== undefined) plan.write(project, addProductToProject(project, projectText, product), "patched");
    for (const shared of [
      codeownersWith(view, directory, context.value.product.owner, domain.directory),
      workflowFor(view),
    ])
      if (shared) plan.write(shared.path, shared.content, shared.ownership);

    const overlay = plan.overlay();
    const contractFile = `${directory}/${contractFileOf(overlay.list(directory)) ?? "data-product-contract.yaml"}`;
    const entry: ProductEntry = { name, domain: domain.name, product, directory, contractFile };
    const found = contractOf(overlay, entry);
    if ("why" in found)
      return refused(name, [
        scaffoldCodes.create("contract-unreadable", { product: name, file: contractFile, why: found.why }),
      ]);
    for (const file of contractFiles(entry, found.contract, meshOf(view).naming)) {
      plan.write(file.path, file.content, file.ownership);
      files.push([file.path.slice(directory.length + 1), { ownership: "managed" }]);
    }
    // The domain's `_mesh` follows from what its products read of others: who reads nothing need not ask its neighbours.
    if (readsOthers(found.contract, domains)) {
      for (const file of generatedFiles(overlay, [domain.name]).files) {
        if (file.path.startsWith(`${domain.directory}/_mesh/`)) plan.write(file.path, file.content, file.ownership);
      }
    }
    const kept: ScaffoldRecord = {
      template: "data-product",
      templateVersion: preset.template.version,
      answers: { preset: presetName, ...storedAnswers(given, inputs) },
      files: Object.fromEntries(files),
    };
    plan.write(recordPath(directory), recordText(kept), "managed");
    return {
      subject: name,
      actions: plan.actions,
      kept: plan.kept,
      files: files.length + 1,
      diagnostics: elsewhere(view, domains, domain, product),
      notes: inputs
        .filter((i, n) => n > 0 && i.added.length === 0 && presetName === "consumer-aligned")
        .map(
          (i) => `${i.reference} shares no key with ${inputs[0]!.reference}: join it in models/${snake(product)}.sql`,
        ),
      next: `npx nx run-many -t lint,typecheck,build,test,check -p ${name}`,
    };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return refused(name, [scaffoldCodes.create("preset-broken", { preset: presetName, why: error.message })]);
  }
}

function chosenPreset(name: string): { template: Template } | { diagnostic: Diagnostic } {
  const known = presetNames();
  if (!isFolder(name) && !known.includes(name))
    return { diagnostic: scaffoldCodes.create("unknown-preset", { preset: name, known }) };
  try {
    return { template: loadPreset(name) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { diagnostic: scaffoldCodes.create("preset-broken", { preset: name, why: error.message }) };
  }
}

const readsOthers = (contract: Contract, domains: readonly DomainEntry[]): boolean =>
  [...contract.inputs.map((i) => i.from), ...contract.lineage.upstream].some(
    (u) => u.domain !== contract.domain && domains.some((d) => d.name === u.domain),
  );

/** What the templates may name. */
interface ProductContext {
  readonly product: Readonly<Record<string, string>> & { readonly owner: string };
  readonly inputs: readonly TemplateInput[];
  readonly rollup: ReturnType<typeof rollupOf>;
}

function contextOf(
  view: WorkspaceView,
  domain: DomainEntry,
  product: string,
  preset: string,
  answers: DataProductAnswers,
  inputs: readonly TemplateInput[],
): { value: ProductContext } | { diagnostic: Diagnostic } {
  const mesh = meshOf(view);
  const facts = domainOf(view, domain);
  const owner = answers.owner ?? facts?.owner;
  if (owner === undefined)
    return {
      diagnostic: scaffoldCodes.create(
        "answer-missing",
        { flag: "owner", known: [] },
        { help: `give the team's address, or set spec.owner in ${domain.file}` },
      ),
    };
  const port = snake(product);
  const entity = singular(port);
  const rollup = rollupOf(inputs, port);
  const relation = relationOf(domain.name, port, 1, mesh.naming);
  const source = inputs.map((i) => i.reference.replace(/@\d+$/, "")).join(", ");
  const summaries: Record<string, string> = {
    "source-aligned": `One row per ${entity.replaceAll("_", " ")}, in its newest state.`,
    aggregate: inputs.length > 0 ? `${rollup.sentence.slice(0, -1)}, out of ${source}.` : "One row per day.",
    "consumer-aligned":
      inputs.length > 0
        ? `What consumers ask for of ${source}.`
        : `One row per ${entity.replaceAll("_", " ")}, as consumers ask for it.`,
  };
  const oneKey = (inputs[0]?.added ?? []).filter((c) => c.key);
  return {
    value: {
      product: {
        name: `${domain.name}.${product}`,
        domain: domain.name,
        product,
        port,
        entity,
        entityTitle: entity.replaceAll("_", " "),
        letter: port.charAt(0).toUpperCase(),
        title: title(product),
        summary: oneLine(answers.description) ?? summaries[preset] ?? `${title(product)}.`,
        id: nameUuid(`${mesh.npmScope}/${domain.name}/${product}`),
        owner: oneLine(owner) ?? owner,
        sensitivity: highest([...inputs.map((i) => i.sensitivity), facts?.defaults.sensitivity]) ?? "internal",
        freshness: freshnessOf(preset, inputs),
        availability: availabilityOf(inputs),
        timeColumn: inputs[0]?.grain?.column ?? "",
        relation: `${relation.schema ?? snake(domain.name)}.${relation.name}`,
        sqlDomain: snake(domain.name),
        module: `${mesh.npmScope}/${domain.name}/${product}`,
        schemaPath: "../../../node_modules/@meshwork/contract/schema/data-product.v1.schema.json",
        external: `raw.${snake(domain.name)}.${port}`,
        externalSource: `raw_${snake(domain.name)}`,
        personal: inputs.some((i) => i.added.some((c) => c.pii)) && preset === "consumer-aligned" ? "yes" : "",
        key: inputs.length === 0 ? `${entity}_id` : oneKey.length === 1 ? oneKey[0]!.name : "",
      },
      inputs,
      rollup,
    },
  };
}

/**
 * What can be promised of freshness: no more than the slowest input does, and a day more where rows are dated by the day.
 * Sample data is as old as it is: without inputs nothing is promised until the source is connected.
 */
function freshnessOf(preset: string, inputs: readonly TemplateInput[]): string {
  const slowest = Math.max(0, ...inputs.map((i) => i.freshnessSeconds ?? 0));
  if (slowest === 0 || inputs[0]?.grain === undefined) return "";
  return durationText(slowest + (preset === "aggregate" ? 86_400 : 0));
}

/** What a new product promises where nothing it reads promises less: `99.5%`, else what its inputs support together. */
function availabilityOf(inputs: readonly TemplateInput[]): string {
  const together = inputs.reduce((share, input) => share * (input.availability ?? 1), 1);
  // Rounded down: a figure that is promised has to be one that holds.
  return `${Math.floor(Math.min(0.995, together) * 1e6 + 1e-3) / 1e4}%`;
}

const oneLine = (text: string | undefined): string | undefined => {
  const line = text?.replace(/\s+/g, " ").trim();
  return line === "" ? undefined : line;
};

/** Files of an earlier preset or template version go when nobody has touched them. */
function forgetOld(
  plan: FilePlan,
  view: WorkspaceView,
  directory: string,
  record: ScaffoldRecord | undefined,
  wanted: ReadonlySet<string>,
): void {
  for (const [below, entry] of Object.entries(record?.files ?? {})) {
    if (wanted.has(below) || below.startsWith("/") || entry.ownership === "managed") continue;
    const path = `${directory}/${below}`;
    if (view.read(path) === undefined) continue;
    if (plan.isPristine(path, entry)) plan.delete(path, entry.ownership);
    else plan.kept.push({ path, reason: "edited" });
  }
}

function elsewhere(
  view: WorkspaceView,
  domains: readonly DomainEntry[],
  own: DomainEntry,
  product: string,
): Diagnostic[] {
  const others = domains
    .filter((d) => d !== own && contractFileOf(view.list(`${d.directory}/${product}`)) !== undefined)
    .map((d) => `${d.name}.${product}`);
  return others.length > 0 ? [scaffoldCodes.create("name-elsewhere", { product, others })] : [];
}

function recordedAnswers(record: ScaffoldRecord | undefined): Partial<DataProductAnswers> {
  const { preset, inputs, owner, description, contractFormat } = record?.answers ?? {};
  return withoutUndefined({
    preset: typeof preset === "string" ? preset : undefined,
    inputs: Array.isArray(inputs) ? inputs.filter((i): i is string => typeof i === "string") : undefined,
    owner: typeof owner === "string" ? owner : undefined,
    description: typeof description === "string" ? description : undefined,
    contractFormat: contractFormat === "odcs" ? contractFormat : undefined,
  });
}

const storedAnswers = (given: DataProductAnswers, inputs: readonly TemplateInput[]): Record<string, unknown> => ({
  ...(inputs.length > 0 ? { inputs: inputs.map((i) => i.reference.replace(/@\d+$/, "")) } : {}),
  ...(given.owner === undefined ? {} : { owner: given.owner }),
  ...(given.description === undefined ? {} : { description: given.description }),
  ...(given.contractFormat === "odcs" ? { contractFormat: given.contractFormat } : {}),
});

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Partial<T>;
}
