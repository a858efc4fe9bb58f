import type { Contract, Edit } from "@meshwork/contract";
import { edit, majorOf, readContract, relationOf, versionOf } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import type { Plan } from "./action.ts";
import { refused } from "./action.ts";
import { contentHash } from "./content-hash.ts";
import type { ContractVersionAnswers } from "./contract-version.answers.ts";
import { addProductToProject } from "./dbt-project.ts";
import { FilePlan } from "./file-plan.ts";
import { contractOf, generatedFiles } from "./generated-files.ts";
import { meshOf } from "./mesh-facts.ts";
import { pinReaders } from "./pin-readers.ts";
import { filesBelow, resourceFolders } from "./product-resources.ts";
import type { ScaffoldRecord } from "./record.ts";
import { readRecord, recordPath, recordText } from "./record.ts";
import { scaffoldCodes } from "./scaffold-codes.ts";
import { sunsetDate } from "./sunset.ts";
import { TemplateError } from "./template.ts";
import { importingVersion, typeScriptReaders } from "./typescript-readers.ts";
import { renamedCopy, renumbered, versionNames } from "./version-copy.ts";
import type { DomainEntry, ProductEntry, WorkspaceView } from "./view.ts";
import { domainsIn, olderVersionsOf, productsOf, versionsIn } from "./view.ts";

const template = { name: "contract-version", version: "1.0.0" };

/**
 * Plans the next major version of a product: contract, models and tests as they are go to `versions/v<N>/` with a date
 * of their end, the product's folder goes on as the next major. Who named no version stays with the older one.
 */
export function planContractVersion(answers: ContractVersionAnswers, view: WorkspaceView): Plan {
  const name = answers.name
    .trim()
    .replace(/^(\.\/)?domains\//, "")
    .replace(/\/+$/, "")
    .replace("/", ".");
  const domains = domainsIn(view);
  const products = domains.flatMap((d) => productsOf(view, d));
  const product = products.find((p) => p.name === name);
  if (!product) {
    const known = products.map((p) => p.name);
    return refused(name, [scaffoldCodes.create("unknown-product", { product: name.slice(0, 80), known })]);
  }
  const found = contractOf(view, product);
  if ("why" in found || versionOf(found.contract.version) === undefined) {
    const why = "why" in found ? found.why : `"${found.contract.version}" is no version`;
    const params = { product: name, file: product.contractFile, why };
    return refused(name, [scaffoldCodes.create("contract-unreadable", params)]);
  }
  const { contract } = found;
  const [major, older] = [majorOf(contract.version), olderVersionsOf(view, product)];
  const previous = older.find((o) => o.versionFolder === `v${major - 1}`);
  const isThere = previous !== undefined && /^\d+\.0\./.test(contract.version);
  const wanted = answers.major ?? (isThere ? major : major + 1);
  if (wanted !== major + 1 && !(wanted === major && previous !== undefined)) {
    const params = { product: name, version: contract.version, next: major + 1, asked: wanted };
    return refused(name, [scaffoldCodes.create("version-not-next", params)]);
  }
  try {
    return wanted === major
      ? sameAgain(answers, view, product, previous!, contract)
      : nextMajor(answers, view, { domains, product, contract });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const params = { file: error.message.split(":")[0]!, why: error.message };
    return refused(name, [scaffoldCodes.create("file-unreadable", params)]);
  }
}

/** The version is there: only another end is a change. */
function sameAgain(
  answers: ContractVersionAnswers,
  view: WorkspaceView,
  product: ProductEntry,
  older: ProductEntry,
  contract: Contract,
): Plan {
  const plan = new FilePlan(view);
  const text = view.read(older.contractFile) ?? "";
  const now = contractOf(view, older);
  const record = readRecord(view, older.directory);
  const until = "contract" in now ? now.contract.deprecation?.until?.slice(0, 10) : undefined;
  // A length of time means what it meant on the day it was given.
  if (answers.sunset !== undefined && answers.sunset !== record?.answers["sunset"]) {
    const end = sunsetDate(answers.sunset, answers.today);
    if ("why" in end) return refused(product.name, [sunsetInvalid(answers.sunset, end.why)]);
    if (end.date !== until) {
      const edited = withEnd(older, text, { sunset: end.date });
      if ("diagnostic" in edited) return refused(product.name, [edited.diagnostic]);
      plan.write(older.contractFile, edited.text, "once");
      if (record) {
        const kept = { ...record, answers: { ...record.answers, sunset: answers.sunset } };
        plan.write(recordPath(older.directory), recordText(kept), "managed");
      }
      for (const file of generatedFiles(plan.overlay(), [product.domain]).files)
        plan.write(file.path, file.content, file.ownership);
    }
  }
  const more = `version ${contract.version} is there beside ${older.name}; start another one with --major=${majorOf(contract.version) + 1}`;
  return {
    subject: product.name,
    actions: plan.actions,
    kept: [],
    files: Object.keys(record?.files ?? {}).length + 1,
    diagnostics: [],
    notes: [more],
  };
}

interface Known {
  readonly domains: readonly DomainEntry[];
  readonly product: ProductEntry;
  readonly contract: Contract;
}

function nextMajor(answers: ContractVersionAnswers, view: WorkspaceView, known: Known): Plan {
  const { domains, product, contract } = known;
  const { name } = product;
  const mesh = meshOf(view);
  const major = majorOf(contract.version);
  const folder = `v${major}`;
  const directory = `${product.directory}/versions/${folder}`;
  if (view.list(directory).length > 0)
    return refused(name, [
      scaffoldCodes.create("name-taken", { name: `${name}@${major}`, place: directory, owner: undefined }),
    ]);
  const asked = answers.sunset ?? mesh.compatibility.sunsetAfter?.text;
  if (asked === undefined) {
    const help =
      "a date (2027-06-30) or a length of time (180d); compatibility.sunset_after in mesh.yaml is the default";
    return refused(name, [scaffoldCodes.create("answer-missing", { flag: "sunset", known: [] }, { help })]);
  }
  const end = sunsetDate(asked, answers.today);
  if ("why" in end) return refused(name, [sunsetInvalid(asked, end.why)]);

  const older: ProductEntry = {
    ...product,
    name: `${name}@${major}`,
    versionFolder: folder,
    directory,
    contractFile: `${directory}/${product.contractFile.slice(product.directory.length + 1)}`,
  };
  const texts = contractTexts(view, product, older, contract, { ...answers, sunset: end.date });
  if ("diagnostic" in texts) return refused(name, [texts.diagnostic]);

  const plan = new FilePlan(view);
  const files: [string, ScaffoldRecord["files"][string]][] = [];
  const place = (path: string, content: string): void => {
    plan.write(`${directory}/${path}`, content, "once");
    files.push([path, { ownership: "once", hash: contentHash(content) }]);
  };
  place(older.contractFile.slice(directory.length + 1), texts.older);
  plan.write(product.contractFile, texts.newest, "once");
  const ids = view.read(`${product.directory}/contract.ids.json`);
  if (ids !== undefined) place("contract.ids.json", ids);

  const copy = renamedCopy(view, product, versionNames(view, product, contract, major), `_v${major}`);
  for (const file of copy.files) place(file.path, file.content);
  renumberNewest(plan, view, product, major);
  renameRelations(plan, view, product, contract, mesh.naming);

  const own = `${product.directory}/dbt_project.yml`;
  const domain = domains.find((d) => d.name === product.domain)!;
  const project = view.read(own) === undefined ? `${domain.directory}/dbt_project.yml` : own;
  const projectText = view.read(project);
  if (projectText !== undefined) {
    const below = directory.slice(project.lastIndexOf("/") + 1);
    plan.write(project, addProductToProject(project, projectText, below), "patched");
  }

  const all = domains.flatMap((d) => versionsIn(view, d));
  const pinned = pinReaders(view, product, all, major);
  for (const [file, text] of pinned.texts) plan.write(file, text, "patched");
  const programs = typeScriptReaders(view, domains, mesh.npmScope, product);
  for (const { file, text } of programs)
    plan.write(file, importingVersion(text, mesh.npmScope, product, folder), "patched");

  const touched = [...new Set([product.domain, ...pinned.readers.map((r) => r.domain)])];
  const generated = generatedFiles(plan.overlay(), touched);
  const unreadable = generated.unreadable.find((u) => u.product.name === name || u.product.name === older.name);
  if (unreadable)
    return refused(name, [
      scaffoldCodes.create("contract-unreadable", {
        product: unreadable.product.name,
        file: unreadable.product.contractFile,
        why: unreadable.why,
      }),
    ]);
  for (const file of generated.files) {
    plan.write(file.path, file.content, file.ownership);
    if (file.path.startsWith(`${directory}/`))
      files.push([file.path.slice(directory.length + 1), { ownership: file.ownership }]);
  }
  const record: ScaffoldRecord = {
    template: template.name,
    templateVersion: template.version,
    answers: { sunset: asked },
    files: Object.fromEntries(files),
  };
  plan.write(recordPath(directory), recordText(record), "managed");
  return {
    subject: name,
    actions: plan.actions,
    kept: [],
    files: files.length + 1,
    diagnostics: [],
    notes: [
      `version ${texts.version} lives on in ${directory} until ${end.date}; ${product.directory} is ${major + 1}.0.0 now`,
      ...(pinned.texts.size > 0
        ? [`these named no version, and stay with @${major}: ${listed([...pinned.texts.keys()])}`]
        : []),
      ...(programs.length > 0 ? [`these import /${folder} now: ${listed(programs.map((p) => p.file))}`] : []),
      ...pinned.left.map(
        (reader) => `${reader} names no version and could not be edited: write ${name}@${major} there`,
      ),
      ...macrosOf(view, product, copy.names).map(
        (file) => `${file} refers to a model that has two versions now: pass the relation in as an argument`,
      ),
      ...(copy.snapshots.length > 0
        ? [
            `snapshots begin anew in version ${major}: ${copy.snapshots.join(", ")} keep their history in version ${major + 1}`,
          ]
        : []),
    ],
    next: `npx nx run-many -t lint,typecheck,build,check -p ${name}`,
  };
}

const listed = (files: readonly string[]): string =>
  files.length > 6 ? `${files.slice(0, 6).join(", ")} and ${files.length - 6} more` : files.join(", ");

const sunsetInvalid = (sunset: string, why: string): Diagnostic =>
  scaffoldCodes.create("sunset-invalid", { sunset: sunset.slice(0, 60), why });

interface End {
  readonly sunset: string;
  readonly reason?: string | undefined;
  readonly guide?: string | undefined;
}

/** Both contracts: the older announces its end in a minor version, the newest begins the next major. */
function contractTexts(
  view: WorkspaceView,
  product: ProductEntry,
  older: ProductEntry,
  contract: Contract,
  end: End,
): { older: string; newest: string; version: string } | { diagnostic: Diagnostic } {
  const text = view.read(product.contractFile)!;
  const { major, minor } = versionOf(contract.version)!;
  const [version, next] = [`${major}.${minor + 1}.0`, `${major + 1}.0.0`];
  const announced = withEnd(older, relocated(text), {
    ...end,
    version,
    since: version,
    replacedBy: `${product.name}@${major + 1}`,
  });
  if ("diagnostic" in announced) return announced;
  const source = { file: product.contractFile, text };
  const read = readContract(source, product).source;
  const ours = contract.dialect.startsWith("datamesh.io");
  const previous = contract.previousVersions.length > 0 ? [contract.version, ...contract.previousVersions] : undefined;
  const edits: Edit[] = [
    { path: placeOf(read, ["metadata", "version"]), set: next },
    ...(ours && previous && read.valueAt(["metadata", "previous_versions"]) !== undefined
      ? [{ path: ["metadata", "previous_versions"], set: previous }]
      : []),
    ...(!ours || read.valueAt(["spec", "deprecation"]) === undefined
      ? []
      : [{ path: ["spec", "deprecation"], remove: true } as const]),
    ...(contract.status === "deprecated" ? [{ path: placeOf(read, ["metadata", "status"]), set: "active" }] : []),
  ];
  const { text: newest, refused: not } = edit(source, edits);
  const now = readContract({ ...source, text: newest }, product).value;
  if (not.length > 0 || now?.version !== next) return { diagnostic: uneditable(product, "its version") };
  return { older: announced.text, newest, version };
}

/** A contract with its end announced, in the words of its dialect; proved by reading it. */
function withEnd(
  older: ProductEntry,
  text: string,
  end: End & { readonly version?: string; readonly since?: string; readonly replacedBy?: string },
): { text: string } | { diagnostic: Diagnostic } {
  const source = { file: older.contractFile, text };
  const { source: read, value: contract } = readContract(source, older);
  const edits: Edit[] = [];
  if (end.version !== undefined) edits.push({ path: placeOf(read, ["metadata", "version"]), set: end.version });
  if (contract?.status !== "retired") edits.push({ path: placeOf(read, ["metadata", "status"]), set: "deprecated" });
  if (contract?.dialect.startsWith("datamesh.io")) {
    const known = contract.deprecation;
    const words = {
      since: end.since ?? known?.since,
      sunset: end.sunset,
      replaced_by: end.replacedBy ?? known?.replacedBy,
      reason: end.reason ?? known?.reason,
      guide: end.guide ?? known?.guide,
    };
    const set = Object.fromEntries(Object.entries(words).filter(([, v]) => v !== undefined));
    edits.push({ path: ["spec", "deprecation"], set });
  } else {
    const levels = read.valueAt(["slaProperties"]);
    const all: unknown[] = Array.isArray(levels) ? levels : [];
    const at = all.findIndex(
      (l) => typeof l === "object" && l !== null && "property" in l && l.property === "endOfLife",
    );
    edits.push(
      at === -1
        ? { path: ["slaProperties", all.length], set: { property: "endOfLife", value: end.sunset } }
        : { path: ["slaProperties", at, "value"], set: end.sunset },
    );
  }
  const done = edit(source, edits);
  const now = readContract({ ...source, text: done.text }, older).value;
  return done.refused.length > 0 || now?.deprecation?.until?.slice(0, 10) !== end.sunset
    ? { diagnostic: uneditable(older, "the end of its older version") }
    : { text: done.text };
}

const placeOf = (source: ReturnType<typeof readContract>["source"], path: readonly string[]) =>
  source.authored?.(path) ?? path;

const uneditable = (product: ProductEntry, what: string): Diagnostic =>
  scaffoldCodes.create("file-unreadable", {
    file: product.contractFile,
    why: `${what} cannot be written into it as it stands`,
  });

/** The editor's schema lies two folders further up. */
const relocated = (text: string): string => text.replace(/(\$schema=)((?:\.\.\/)+)/, "$1../../$2");

/** Resources that bear the old number stay with the old version: the newest's get the new one. */
function renumberNewest(plan: FilePlan, view: WorkspaceView, product: ProductEntry, major: number): void {
  const names = renumbered(view, product, major, major + 1);
  if (names.size === 0) return;
  const former = [...resourceFolders, "tests"].flatMap((kind) =>
    filesBelow(view, `${product.directory}/${kind}`).map((file) => `${product.directory}/${kind}/${file}`),
  );
  const copy = renamedCopy(view, product, names, "");
  const kept = new Set(copy.files.map((f) => `${product.directory}/${f.path}`));
  for (const { path, content } of copy.files) plan.write(`${product.directory}/${path}`, content, "once");
  for (const path of former) {
    const stem = /([^/]+)\.(?:sql|csv)$/.exec(path)?.[1];
    if (stem !== undefined && names.has(stem) && !kept.has(path)) plan.delete(path, "once");
  }
}

/** A README tells the relation that is read; the newest version has another one now. */
function renameRelations(
  plan: FilePlan,
  view: WorkspaceView,
  product: ProductEntry,
  contract: Contract,
  naming: ReturnType<typeof meshOf>["naming"],
): void {
  const path = `${product.directory}/README.md`;
  let text = view.read(path);
  if (text === undefined) return;
  const major = majorOf(contract.version);
  for (const port of contract.ports) {
    const [from, to] = [major, major + 1].map((m) => {
      const { schema, name } = relationOf(contract, port, m, naming);
      return schema === undefined ? name : `${schema}.${name}`;
    });
    text = text.replaceAll(`\`${from}\``, `\`${to}\``);
  }
  plan.write(path, text, "patched");
}

/** Macros of the product that name one of its models: both versions call them, and a model's name is one version's. */
const macrosOf = (view: WorkspaceView, product: ProductEntry, names: ReadonlyMap<string, string>): string[] =>
  filesBelow(view, `${product.directory}/macros`).flatMap((file) => {
    const path = `${product.directory}/macros/${file}`;
    const refs = [...(view.read(path) ?? "").matchAll(/\bref\s*\(\s*["'](\w+)["']\s*\)/g)];
    return refs.some((m) => names.has(m[1]!)) ? [path] : [];
  });
