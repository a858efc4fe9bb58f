import { majorOf } from "@meshwork/contract";
import type { ConsumerViews } from "./consumers.ts";
import type { Relation } from "@meshwork/sql";
import { hits, ownerOfConsumer, readingOf, readsUnknown } from "./consumers.ts";
import type { Graded } from "./operations/diff.ts";
import type { Product } from "./workspace.ts";
import { liveVersion, portRelation } from "./workspace.ts";

export interface MovedConsumer {
  readonly product: string;
  readonly owner: string | null;
  /** Its files that changed with the contract; empty where it read none of what changed. */
  readonly files: readonly string[];
}

/**
 * Deployment is not atomic, so a change that is one commit is three steps: what readers need is there beside what they
 * had, then they move, then what nobody reads any more goes.
 */
export interface DeploymentStep {
  /** From 1. */
  readonly order: number;
  readonly phase: "expand" | "migrate" | "contract";
  readonly product: string;
  readonly owner: string | null;
  readonly action: string;
  /** Steps that must be over before. */
  readonly after: readonly number[];
}

export interface Coordination {
  /** Readers that moved over in the same change. */
  readonly moved: readonly MovedConsumer[];
  /** Why the change is not coordinated, as sentences; empty where it is. */
  readonly hindrances: readonly string[];
  /** Empty where it is not coordinated. */
  readonly deployment: readonly DeploymentStep[];
}

export interface CoordinationFacts {
  readonly views: ConsumerViews;
  /** As it was. */
  readonly before: Product;
  /** As it is; absent where the product is gone. */
  readonly now: Product | undefined;
  readonly graded: Graded;
  /** Names of those who read it, then or now, in the order in which they are built. */
  readonly consumers: readonly string[];
  /** Files that differ from the base. */
  readonly changed: readonly string[];
  /** Why somebody outside the repository may read what changed, as sentences. */
  readonly outside: readonly string[];
}

/** Whether everybody who reads what a major change takes away or alters moved over in the same change, and binds. */
export function coordinate(facts: CoordinationFacts): Coordination {
  const { views, before, graded, consumers, changed, outside } = facts;
  const { touched } = graded;
  const moved: MovedConsumer[] = [];
  const hindrances: string[] = [];
  for (const name of consumers) {
    const consumer = views.now.mesh.workspace.products.get(name);
    const script = views.now.mesh.consumers().find((c) => c.name === name);
    const files = consumer
      ? authoredFiles(consumer, changed)
      : script
        ? changed.filter((file) => file.startsWith(`${script.directory}/`))
        : [];
    const found = hindrancesOf(facts, name, new Set(files));
    hindrances.push(...found);
    const was =
      readingOf(views.before, before, name).some((r) => hits(touched, r.port, r.reader.column)) ||
      readsUnknown(views.before, before, name).length > 0;
    if (found.length === 0 && was) moved.push({ product: name, owner: ownerOf(facts, name), files });
  }
  hindrances.push(...outside);
  return { moved, hindrances, deployment: hindrances.length > 0 ? [] : deploymentOf(facts, moved) };
}

function hindrancesOf(
  { views, before, graded }: CoordinationFacts,
  name: string,
  files: ReadonlySet<string>,
): string[] {
  const out: string[] = [];
  const { touched } = graded;
  const red = views.now.errors.find((d) => d.product === name);
  if (red) return [`${name} does not typecheck: ${placed(red.span)}${red.message}`];
  const gone = touched.filter((t) => t.gone && t.column !== undefined);
  for (const { port, reader } of readingOf(views.held, before, name))
    if (hits(gone, port, reader.column))
      out.push(`${name} still reads ${reader.column} at ${reader.place.file}:${reader.place.line}.`);
  const altered = touched.filter((t) => !t.gone && t.column !== undefined);
  for (const { port, reader } of readingOf(views.now, before, name))
    if (hits(altered, port, reader.column) && !files.has(reader.place.file))
      out.push(`${name} reads ${reader.column} at ${reader.place.file}:${reader.place.line} as before.`);
  const whole = touched.find((t) => !t.gone && t.column === undefined);
  if (whole && files.size === 0) out.push(`${name} reads it, and nothing of ${name} changed: ${whole.what}.`);
  // Of a package these are places of whole rows: who changed the file has looked at it.
  const unknown = readsUnknown(views.now, before, name).filter(
    (place) => ![...files].some((f) => place.startsWith(`${f}:`)),
  );
  if (unknown.length > 0) out.push(`It is not known which columns ${unknown.join(", ")} of ${name} reads.`);
  return out;
}

const placed = (span: { readonly file: string; readonly line: number } | undefined): string =>
  span === undefined ? "" : `${span.file}:${span.line}: `;

function deploymentOf(facts: CoordinationFacts, moved: readonly MovedConsumer[]): DeploymentStep[] {
  const { before, now, graded, views } = facts;
  const steps: DeploymentStep[] = [];
  const add = (phase: DeploymentStep["phase"], product: string, action: string, after: readonly number[]): number => {
    steps.push({ order: steps.length + 1, phase, product, owner: ownerOf(facts, product), action, after });
    return steps.length;
  };
  const product = now?.name ?? before.name;
  const beside = now?.contract && majorOf(now.contract.version) !== majorOf(before.contract!.version);
  const expansion = beside
    ? `build ${now.contract!.version} beside ${before.contract!.version}: ${relations(facts, now)}`
    : now && inPlace(graded);
  const expand = expansion ? [add("expand", product, expansion, [])] : [];
  const at = new Map<string, number>();
  const graph = views.now.mesh.graph();
  for (const consumer of moved) {
    // Who goes on reading the former version, which is still there, has nothing to deploy.
    if (beside && !graph.upstream(consumer.product).includes(product)) continue;
    const before = graph.upstream(consumer.product).flatMap((name) => at.get(name) ?? []);
    const action = beside ? `read ${now.contract!.version}` : "deploy as it is in this change";
    at.set(consumer.product, add("migrate", consumer.product, action, [...expand, ...before]));
  }
  const last =
    now === undefined
      ? "remove the product"
      : beside
        ? `drop ${relations(facts, before)}`
        : `deploy as it is in this change: ${graded.touched.map((t) => t.what).join("; ")}`;
  // A former version that lives on goes by its sunset, and not with this change.
  const former = liveVersion(views.now.mesh.workspace, before.base, majorOf(before.contract!.version));
  const after = steps.map((s) => s.order);
  if (!beside || former === undefined || former.name === product) add("contract", product, last, after);
  return steps;
}

/** What has to stand beside what was, where the major version stays. */
function inPlace({ changes, touched }: Graded): string | undefined {
  const added = changes.filter((c) => /^compat\/(?:column-added|column-renamed|port-added)$/.test(c.code));
  const altered = touched.filter((t) => !t.gone);
  const kept = touched.filter((t) => t.gone);
  const name = (t: { port?: string | undefined; column?: string | undefined }) =>
    `"${t.column ?? t.port ?? "the product"}"`;
  const parts = [
    ...(added.length > 0 ? [`add ${added.map(name).join(", ")}`] : []),
    ...(altered.length > 0 ? [`serve both forms of ${[...new Set(altered.map(name))].join(", ")}`] : []),
  ];
  if (parts.length === 0) return undefined;
  return [...parts, ...(kept.length > 0 ? [`keep ${kept.map(name).join(", ")}`] : [])].join(", ");
}

const relations = ({ views }: CoordinationFacts, { contract }: Product): string =>
  contract!.ports.map((port) => relationText(portRelation(views.now.mesh.workspace, contract!, port))).join(", ");

const relationText = ({ schema, name }: Relation): string => (schema === undefined ? name : `${schema}.${name}`);

const ownerOf = ({ views, before }: CoordinationFacts, name: string): string | null =>
  before.name === name ? (before.contract?.owner ?? null) : ownerOfConsumer(views.now.mesh, name);

const generated = /^(?:contract\.(?:lock\.json|js|d\.ts|ids\.json)|README\.md)$/;

/** What people wrote of a product, among files that changed. */
const authoredFiles = ({ directory }: Product, changed: readonly string[]): string[] =>
  changed.filter((file) => file.startsWith(`${directory}/`) && !generated.test(file.slice(directory.length + 1)));
