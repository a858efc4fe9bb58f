import type { Level } from "@meshwork/compatibility";
import { isTransitive } from "@meshwork/compatibility";
import { majorOf } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import { agreementTo } from "../approvals.ts";
import type { AffectedConsumer, ConsumerViews } from "../consumers.ts";
import { bindConsumers, consumersOf } from "../consumers.ts";
import type { Coordination } from "../coordination.ts";
import { coordinate } from "../coordination.ts";
import type { Baseline } from "../baseline.ts";
import { baselineOf, deletedContracts, earlierVersions, formerTexts, movedText } from "../baseline.ts";
import { EmbeddedTarget } from "../embedded-target.ts";
import { LoadedMesh } from "../load-mesh.ts";
import type { OutsideReader } from "../outside-reader.ts";
import { sentenceAbout, unseenSentences } from "../outside-reader.ts";
import { concerns, OutsideReaders } from "../outside-readers.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering, Refusal } from "../operation.ts";
import { isContractFile } from "../places.ts";
import type { FormerTexts, Product } from "../workspace.ts";
import { liveVersion } from "../workspace.ts";
import type { DiffResult, Graded, Usable } from "./diff.ts";
import { grade, gradeRemoval, modeOf } from "./diff.ts";

export interface CompatOptions extends OperationOptions {
  /** A commit, branch or tag; the default branch where absent. The merge base with it is what counts. */
  readonly base?: string | undefined;
  /** A target of mesh.yaml: what is built there is the base, in place of a commit. */
  readonly deployed?: string | undefined;
}

/**
 * `compatible`: nothing major. `announced`: the version says so, and whoever reads the former one may go on.
 * `coordinated`: all who read what changed moved over in the same change. `breaking`: none of these.
 */
export type CompatVerdict = "compatible" | "announced" | "coordinated" | "breaking";

export interface ProductCompat extends DiffResult {
  readonly product: string;
  readonly verdict: CompatVerdict;
  readonly consumers: readonly AffectedConsumer[];
  /** Of a major change: who moved over with it, what keeps it from being coordinated, and in which order to deploy. */
  readonly coordination: Coordination | null;
  /** Readers outside the workspace who take what a major change takes away or alters, as far as is known. */
  readonly outside: readonly OutsideReader[];
  /** True where the contract lets others in of whom nothing is known: no imported usage knows the product. */
  readonly unknownConsumers: boolean;
}

/** A product that differs from what it was; `now` is absent where it is gone. */
interface ChangedProduct {
  readonly before: Product;
  readonly now: Product | undefined;
  readonly graded: Graded;
}

/** Every product that differs from the base, graded, with those who read it. */
export const compat = (options: CompatOptions): Promise<OperationResult<readonly ProductCompat[]>> =>
  answering([], async () => {
    const mesh = new LoadedMesh(options);
    if (options.base !== undefined && options.deployed !== undefined)
      throw new Refusal("--base and --deployed both name what to compare with.\nGive one of them.");
    const baseline =
      options.deployed === undefined ? baselineOf(mesh.workspace.root, options.base) : { commit: "HEAD", changed: [] };
    const found: Diagnostic[] = [];
    const former =
      options.deployed === undefined
        ? formerContracts(mesh, baseline, options.products === undefined)
        : await deployedContracts(mesh, options, options.deployed);
    const results: ProductCompat[] = [];
    if (former.size > 0) {
      const held = new LoadedMesh({ ...options, products: undefined }, { contracts: former });
      const changed = changedProducts(mesh, held, former, baseline, found);
      const views = changed.length === 0 ? undefined : await viewsOf(mesh, held, changed, former, baseline, options);
      const outside = views && new OutsideReaders(views.now.mesh);
      for (const each of changed) {
        const result = judged(each, views!, outside!, baseline, options.deployed);
        const contract = (each.now ?? each.before).contract!;
        found.push(
          ...each.graded.findings(result.verdict === "coordinated" ? permission(result) : undefined, (change) =>
            agreementTo(change, each.before.name, contract, mesh.workspace.mesh.compatibility),
          ),
        );
        results.push(result);
      }
    }
    const diagnostics = mesh.settle(found);
    const count = (level: Level) => results.reduce((n, r) => n + r.changes.filter((c) => c.level === level).length, 0);
    return {
      exitCode: hasErrors(diagnostics) ? 1 : 0,
      diagnostics,
      summary: {
        products: mesh.workspace.products.size,
        changed: results.length,
        major: count("major"),
        minor: count("minor"),
        patch: count("patch"),
        coordinated: results.filter((r) => r.verdict === "coordinated").length,
      },
      results,
    };
  });

/** What contracts and domains said at the base, of those that differ; of products that moved, what they were elsewhere. */
function formerContracts(mesh: LoadedMesh, baseline: Baseline, deleted: boolean): Map<string, string> {
  const { workspace } = mesh;
  const domainFiles = new Set(workspace.places.domains.map((d) => d.file));
  const relevant = baseline.changed.filter((file) => isContractFile(file) || domainFiles.has(file));
  const texts = formerTexts(workspace.root, { ...baseline, changed: relevant });
  const out = new Map<string, string>();
  for (const [file, text] of texts) if (text !== undefined && domainFiles.has(file)) out.set(file, text);
  for (const product of workspace.products.values()) {
    if (!texts.has(product.contractFile)) continue;
    const text = texts.get(product.contractFile) ?? movedText(workspace, baseline, product);
    if (text !== undefined) out.set(product.contractFile, text);
  }
  if (deleted) for (const [file, text] of deletedContracts(workspace, baseline)) out.set(file, text);
  return out;
}

/** What the products asked for promise where a target was built, as its ledgers remember. */
async function deployedContracts(mesh: LoadedMesh, options: CompatOptions, name: string): Promise<Map<string, string>> {
  const target = await EmbeddedTarget.open(new LoadedMesh({ ...options, products: undefined, target: name }));
  const out = new Map<string, string>();
  for (const product of mesh.chosen) {
    const text = (await target.ledger(product).read())?.contract;
    if (text !== undefined && text !== product.read.source.text) out.set(product.contractFile, text);
  }
  return out;
}

/** The products asked for that differ, graded: those that are there by name, then those that are gone. */
function changedProducts(
  mesh: LoadedMesh,
  held: LoadedMesh,
  former: ReadonlyMap<string, string>,
  baseline: Baseline,
  found: Diagnostic[],
): ChangedProduct[] {
  const { workspace } = mesh;
  const { mode, strict, positional, levels, transitive } = workspace.mesh.compatibility;
  const options = {
    direction: "output",
    mode: modeOf(mode),
    strict,
    positional,
    rules: levels,
    today: mesh.today,
  } as const;
  const out: ChangedProduct[] = [];
  for (const product of mesh.chosen) {
    const domain = workspace.domains.get(product.domain);
    if (!former.has(product.contractFile) && !(domain && former.has(domain.file))) continue;
    const before = held.workspace.products.get(product.name);
    if (!product.contract || !before?.contract) {
      found.push(...product.read.diagnostics.filter((d) => d.severity === "error"));
      continue;
    }
    const earlier =
      transitive || isTransitive(options.mode)
        ? earlierVersions(workspace.root, baseline, product, before.contract)
        : undefined;
    const graded = grade(before.read as Usable, product.read as Usable, { ...options, product: product.name, earlier });
    if (graded.changes.length > 0) out.push({ before, now: product, graded });
  }
  const ids = new Set([...workspace.products.values()].map((p) => p.contract?.id));
  for (const before of held.workspace.products.values()) {
    const there = workspace.products.has(before.name);
    // An older version that is taken away shares its id with those that stay.
    const moved = before.versionFolder === undefined && before.contract && ids.has(before.contract.id);
    if (there || !before.contract || moved) continue;
    const graded = gradeRemoval(before.read as Usable, { ...options, product: before.name });
    if (graded.changes.length > 0) out.push({ before, now: undefined, graded });
  }
  return out;
}

/** Binds all who read one of the products, then or now. */
async function viewsOf(
  mesh: LoadedMesh,
  held: LoadedMesh,
  changed: readonly ChangedProduct[],
  former: FormerTexts,
  baseline: Baseline,
  options: CompatOptions,
): Promise<ConsumerViews> {
  const whole = { ...options, products: undefined };
  const now = options.products === undefined ? mesh : new LoadedMesh(whole);
  const folders = [...mesh.workspace.places.domains, ...now.consumers()].map((d) => `${d.directory}/`);
  const files = baseline.changed.filter((file) => folders.some((folder) => file.startsWith(folder)));
  const code = formerTexts(mesh.workspace.root, { ...baseline, changed: files });
  const before = code.size === 0 ? held : new LoadedMesh(whole, { contracts: new Map([...code, ...former]), code });
  const names = new Set(
    changed.flatMap((c) => [before, held, now].flatMap((m) => m.graph().downstream(c.before.name))),
  );
  const { signal } = options;
  const heldView = await bindConsumers(held, names, { signal });
  return {
    held: heldView,
    before: before === held ? heldView : await bindConsumers(before, names, { signal, texts: code }),
    now: await bindConsumers(now, names, { signal }),
  };
}

function judged(
  { before, now, graded }: ChangedProduct,
  views: ConsumerViews,
  outsiders: OutsideReaders,
  baseline: Baseline,
  deployed: string | undefined,
): ProductCompat {
  const meshes = [views.before.mesh, views.held.mesh, views.now.mesh];
  const inMesh = new Set(meshes.flatMap((m) => m.graph().downstream(before.name)));
  const names = [...inMesh].filter((name) => !staysWithFormer(views.now.mesh, before, name)).sort();
  const consumers = consumersOf(views, before, names, graded.touched);
  const { readers, unseen } = outsiders.of(before);
  const concerned = readers.filter((reader) => concerns(reader, before, graded.touched));
  const outside = [
    ...concerned.map(sentenceAbout),
    ...unseenSentences(unseen),
    ...(deployed === undefined ? [] : [`It is not known which SQL of its readers runs on ${deployed}.`]),
  ];
  const { changed } = baseline;
  const order = views.now.mesh.graph().order(names);
  const coordination =
    graded.touched.length === 0 ? null : coordinate({ views, before, now, graded, consumers: order, changed, outside });
  const verdict =
    coordination === null
      ? "compatible"
      : coordination.hindrances.length === 0
        ? "coordinated"
        : graded.result.announced
          ? "announced"
          : "breaking";
  return {
    ...graded.result,
    product: before.name,
    verdict,
    consumers,
    coordination,
    outside: concerned,
    unknownConsumers: unseen.length > 0,
  };
}

/** Whether a reader goes on reading the former major version, which lives on beside the new one. */
function staysWithFormer(mesh: LoadedMesh, before: Product, reader: string): boolean {
  const former = liveVersion(mesh.workspace, before.base, majorOf(before.contract!.version));
  if (former === undefined || former.name === before.name) return false;
  const reads = mesh.graph().upstream(reader);
  return reads.includes(former.name) && !reads.includes(before.name);
}

/** What a finding about a major change says that is allowed because everybody moved. */
function permission({ coordination }: ProductCompat): string {
  const moved = coordination!.moved.map((m) => m.product);
  return moved.length === 0
    ? "nobody reads it: it may go"
    : `${moved.join(", ")} moved over in the same change: deploy in the order that mesh compat prints`;
}
