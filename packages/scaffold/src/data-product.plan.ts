import type { Diagnostic } from "@meshwork/diagnostics";
import { nearest } from "@meshwork/diagnostics";
import type { Plan } from "./action.ts";
import { refused } from "./action.ts";
import { codeownersWith } from "./codeowners.ts";
import { nameUuid } from "./content-hash.ts";
import { addProductToProject } from "./dbt-project.ts";
import { FilePlan } from "./file-plan.ts";
import { fillTemplate } from "./fill-template.ts";
import { contractOf, generatedFiles } from "./generated-files.ts";
import { domainOf, meshOf, ownerOf } from "./mesh-facts.ts";
import { durationText, relationOf } from "@meshwork/contract";
import { checkName, singular, snake, title } from "./names.ts";
import type { ScaffoldRecord } from "./record.ts";
import { readRecord, recordPath, recordText } from "./record.ts";
import { rollupOf } from "./rollup.ts";
import { scaffoldCodes } from "./scaffold-codes.ts";
import type { Template } from "./template.ts";
import { isFolder, loadPreset, presetNames, TemplateError } from "./template.ts";
import type { TemplateInput, UpstreamPort } from "./upstream.ts";
import { highest, templateInputs } from "./upstream.ts";
import type { DomainEntry, ProductEntry, WorkspaceView } from "./view.ts";
import { contractFileOf, domainsIn, productsOf } from "./view.ts";
import { workflowFor } from "./ci.plan.ts";

export interface DataProductAnswers {
  /** `parcels`, or with its domain: `shipping/parcels`, `shipping.parcels`. */
  readonly name: string;
  readonly domain?: string | undefined;
  /** A shipped preset's name, or the folder of a team's own. `source-aligned` without inputs, else `aggregate`. */
  readonly preset?: string | undefined;
  /** Upstream ports: `orders.order-events`, `orders.order-events.daily-orders`. */
  readonly inputs?: readonly string[] | undefined;
  /** An e-mail address; the domain's owner where absent. */
  readonly owner?: string | undefined;
  readonly description?: string | undefined;
}

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
    const wanted = fillTemplate(preset.template, directory, { port: snake(product), product }, context.value, inputs);
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

    const generated = generatedFiles(plan.overlay(), [domain.name]);
    const broken = generated.unreadable.find((u) => u.product.name === name);
    if (broken) {
      const { contractFile } = broken.product;
      return refused(name, [
        scaffoldCodes.create("contract-unreadable", { product: name, file: contractFile, why: broken.why }),
      ]);
    }
    for (const file of generated.files) {
      plan.write(file.path, file.content, file.ownership);
      if (file.path.startsWith(`${directory}/`))
        files.push([file.path.slice(directory.length + 1), { ownership: "managed" }]);
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

type Located = { domain: DomainEntry; product: string; domains: DomainEntry[] } | { diagnostic: Diagnostic };

function locate(answers: DataProductAnswers, view: WorkspaceView): Located {
  const domains = domainsIn(view);
  const known = domains.map((d) => d.name);
  // `domains/orders/facts`, as a shell completes it, means the same as `orders/facts`.
  const text = answers.name
    .trim()
    .replace(/^(\.\/)?domains\//, "")
    .replace(/\/+$/, "");
  const parts = text.split(/[/.]/);
  if (text === "") return { diagnostic: scaffoldCodes.create("answer-missing", { flag: "name", known: [] }) };
  if (parts.length > 2 || text.includes("..")) {
    const why = `it has more than a domain and a name`;
    return { diagnostic: scaffoldCodes.create("name-invalid", { what: "data product", name: text.slice(0, 80), why }) };
  }
  const product = parts.at(-1)!;
  const named = parts.length === 2 ? parts[0]! : answers.domain;
  if (parts.length === 2 && answers.domain !== undefined && answers.domain !== named) {
    const why = `--domain says ${answers.domain}`;
    return { diagnostic: scaffoldCodes.create("name-invalid", { what: "data product", name: text, why }) };
  }
  const only = domains.length === 1 ? domains[0]!.name : undefined;
  const wanted = named ?? only;
  if (wanted === undefined) {
    const help = domains.length === 0 ? "make one first: nx g domain <name>" : undefined;
    return {
      diagnostic: scaffoldCodes.create("answer-missing", { flag: "domain", known }, help === undefined ? {} : { help }),
    };
  }
  const domain = domains.find((d) => d.name === wanted);
  if (!domain) {
    const bad = checkName("domain", wanted);
    // A slip is told as one; a name that no domain can have is told why.
    if (bad && nearest(wanted, known).length === 0) return { diagnostic: bad };
    return {
      diagnostic: scaffoldCodes.create(
        "unknown-domain",
        { domain: wanted, known },
        bad ? { help: "see them: ls domains" } : {},
      ),
    };
  }
  const bad = checkName("data product", product);
  return bad ? { diagnostic: bad } : { domain, product, domains };
}

function takenBy(
  view: WorkspaceView,
  domain: DomainEntry,
  product: string,
  record: ScaffoldRecord | undefined,
): Diagnostic | undefined {
  if (record?.template === "data-product") return undefined;
  const directory = `${domain.directory}/${product}`;
  const names = view.list(directory);
  if (names.length === 0) return undefined;
  const contract = contractFileOf(names);
  const place = contract ? `${directory}/${contract}` : directory;
  const owner = contract ? ownerOf(view, { contractFile: place, domain: domain.name, product }) : undefined;
  return scaffoldCodes.create("name-taken", { name: `${domain.name}.${product}`, place, owner });
}

/** dbt's model and seed names are unique per project, and a domain is one project. */
function modelClash(
  view: WorkspaceView,
  domain: DomainEntry,
  directory: string,
  paths: readonly string[],
): Diagnostic | undefined {
  const resource = /\/(?:models|seeds|snapshots)\/(?:.*\/)?([^/]+)\.(?:sql|csv)$/;
  const others = new Map<string, string>();
  const walk = (folder: string, depth: number): void => {
    for (const name of view.list(folder)) {
      const path = `${folder}/${name}`;
      const found = resource.exec(path)?.[1];
      if (found !== undefined) others.set(found, path);
      else if (!name.includes(".") && depth < 6) walk(path, depth + 1);
    }
  };
  for (const other of productsOf(view, domain)) {
    if (other.directory === directory) continue;
    for (const kind of ["models", "seeds", "snapshots"]) walk(`${other.directory}/${kind}`, 0);
  }
  for (const path of paths) {
    const name = resource.exec(path)?.[1];
    const place = name === undefined ? undefined : others.get(name);
    if (name !== undefined && place !== undefined)
      return scaffoldCodes.create("name-taken", { name, place, owner: undefined });
  }
  return undefined;
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

function resolveInputs(
  view: WorkspaceView,
  domains: readonly DomainEntry[],
  self: string,
  inputs: readonly string[],
): { ports: UpstreamPort[]; diagnostics: Diagnostic[] } {
  const ports: UpstreamPort[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const input of new Set(
    inputs
      .map((i) =>
        i
          .trim()
          .replace("/", ".")
          .replace(/@v?\d.*$/, ""),
      )
      .filter((i) => i !== ""),
  )) {
    const [domainName, productName, ...portParts] = input.split(".");
    const domain = domains.find((d) => d.name === domainName);
    const product = domain && productsOf(view, domain).find((p) => p.product === productName);
    if (`${domainName}.${productName}` === self) {
      diagnostics.push(scaffoldCodes.create("upstream-is-itself", { product: self }));
      continue;
    }
    if (!product) {
      const near = domain ? [domain] : domains;
      const known = near.flatMap((d) => productsOf(view, d).map((p) => p.name)).filter((n) => n !== self);
      diagnostics.push(scaffoldCodes.create("unknown-upstream", { input, known }));
      continue;
    }
    const port = portOf(view, product, input, portParts.join("."));
    if ("diagnostic" in port) diagnostics.push(port.diagnostic);
    else ports.push(port);
  }
  return { ports, diagnostics };
}

function portOf(
  view: WorkspaceView,
  product: ProductEntry,
  input: string,
  wanted: string,
): UpstreamPort | { diagnostic: Diagnostic } {
  const found = contractOf(view, product);
  if ("why" in found)
    return {
      diagnostic: scaffoldCodes.create("upstream-unreadable", { input, file: product.contractFile, why: found.why }),
    };
  const { contract } = found;
  const port =
    wanted === ""
      ? (contract.ports.find((p) => p.default) ?? contract.ports[0])
      : contract.ports.find((p) => p.name === snake(wanted));
  if (port === undefined || port.columns.length === 0) {
    const known = contract.ports
      .filter((p) => p.columns.length > 0)
      .map((p) => (p.default ? product.name : `${product.name}.${p.name}`));
    return { diagnostic: scaffoldCodes.create("unknown-upstream", { input, known }) };
  }
  return { contract, port };
}

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
  const { preset, inputs, owner, description } = record?.answers ?? {};
  return withoutUndefined({
    preset: typeof preset === "string" ? preset : undefined,
    inputs: Array.isArray(inputs) ? inputs.filter((i): i is string => typeof i === "string") : undefined,
    owner: typeof owner === "string" ? owner : undefined,
    description: typeof description === "string" ? description : undefined,
  });
}

const storedAnswers = (given: DataProductAnswers, inputs: readonly TemplateInput[]): Record<string, unknown> => ({
  ...(inputs.length > 0 ? { inputs: inputs.map((i) => i.reference.replace(/@\d+$/, "")) } : {}),
  ...(given.owner === undefined ? {} : { owner: given.owner }),
  ...(given.description === undefined ? {} : { description: given.description }),
});

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Partial<T>;
}
