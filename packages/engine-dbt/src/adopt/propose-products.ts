import { kebabName, snakeName } from "@meshwork/contract";
import type { Manifest, ManifestNode } from "../artifacts/manifest.ts";

/** A data product that part of a dbt project could be. */
export interface ProposedProduct {
  /** kebab-case, without the domain. */
  readonly name: string;
  /** What `domain.yaml` would list: folders, models, `group:NAME`. */
  readonly models: readonly string[];
  /** Ids of the models that others read: its ports, the default one first. */
  readonly ports: readonly string[];
  /** Ids of all it is made of, tests apart. */
  readonly nodes: readonly string[];
  /** E-mail address or name, where a group says. */
  readonly owner?: string | undefined;
  /** Why this is one product, in a few words: `group finance`, `folder models/marts/finance`. */
  readonly because: string;
}

/** Folder names that say which layer a model is of, and nothing of what it is about. */
const layers = new Set(
  [
    "base bronze core curated dim dimensions dims fact facts final gold int intermediate mart marts models output outputs",
    "prep presentation public raw report reporting reports silver source sources stage staging stg transform transforms",
  ].flatMap((words) => words.split(" ")),
);

const staging = new Set(["base", "bronze", "raw", "source", "sources", "stage", "staging", "stg"]);

interface Draft {
  readonly name: string;
  readonly because: string;
  readonly group: string | undefined;
  readonly owner: string | undefined;
  readonly nodes: ManifestNode[];
}

/**
 * Cuts a dbt project into data products: a group is one, else the first folder that is named after a subject and not
 * after a layer. Models outside any belong to who alone reads them, or else to a product named after the project.
 */
export function proposeProducts(manifest: Manifest): ProposedProduct[] {
  const own = [...manifest.nodes.values()].filter((n) => n.package === manifest.project && n.resourceType !== "test");
  const children = readersOf(manifest);
  const drafts = new Map<string, Draft>();
  const loose: ManifestNode[] = [];
  for (const node of own) {
    const key = keyOf(node, manifest);
    if (key === undefined) {
      loose.push(node);
      continue;
    }
    draftOf(drafts, key).nodes.push(node);
  }
  const placed = new Map([...drafts.values()].flatMap((d) => d.nodes.map((n) => [n.id, d] as const)));
  // From the end of the graph: who reads a loose model may itself have been loose.
  for (const node of loose.toSorted((a, b) => depthOf(b.id, children) - depthOf(a.id, children)).reverse()) {
    const readers = new Set((children.get(node.id) ?? []).map((id) => placed.get(id)));
    const [only] = readers;
    const home =
      readers.size === 1 && only !== undefined
        ? only
        : draftOf(drafts, { name: kebabName(manifest.project), because: "the rest of the project" });
    home.nodes.push(node);
    placed.set(node.id, home);
  }
  return [...drafts.values()]
    .map((draft) => finished(draft, manifest, children, placed))
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

type Key = Pick<Draft, "name" | "because"> & Partial<Draft>;

function draftOf(drafts: Map<string, Draft>, key: Key): Draft {
  const id = key.group === undefined ? key.name : `group:${key.group}`;
  let draft = drafts.get(id);
  if (draft === undefined) {
    const taken = new Set([...drafts.values()].map((d) => d.name));
    let name = key.name;
    for (let n = 2; taken.has(name); n++) name = `${key.name}-${n}`;
    draft = { name, because: key.because, group: key.group, owner: key.owner, nodes: [] };
    drafts.set(id, draft);
  }
  return draft;
}

function keyOf(node: ManifestNode, manifest: Manifest): Key | undefined {
  if (node.group !== undefined) {
    const { group } = node;
    return { name: nameOf(group), because: `group ${group}`, group, owner: manifest.groups.get(group)?.owner };
  }
  if (node.resourceType === "seed") return undefined;
  // The first folder is the project's own `models` or `snapshots`.
  const folders = node.file.split("/").slice(1, -1);
  const at = folders.findIndex((f) => !layers.has(f.toLowerCase()));
  if (at === -1) return undefined;
  return { name: nameOf(folders[at]!), because: `folder ${folders[at]}` };
}

const nameOf = (text: string): string => kebabName(text) || "product";

function readersOf(manifest: Manifest): ReadonlyMap<string, readonly string[]> {
  const out = new Map<string, string[]>();
  for (const node of manifest.nodes.values()) {
    if (node.resourceType === "test") continue;
    for (const id of node.dependsOn) {
      const list = out.get(id);
      if (list === undefined) out.set(id, [node.id]);
      else list.push(node.id);
    }
  }
  return out;
}

/** The longest way down from a node; a ring, which dbt refuses, ends it. */
function depthOf(id: string, children: ReadonlyMap<string, readonly string[]>): number {
  let depth = 0;
  const seen = new Set([id]);
  for (let front = [id]; front.length > 0; depth++) {
    front = front.flatMap((each) => (children.get(each) ?? []).filter((c) => !seen.has(c) && seen.add(c)));
  }
  return depth;
}

function finished(
  draft: Draft,
  manifest: Manifest,
  children: ReadonlyMap<string, readonly string[]>,
  placed: ReadonlyMap<string, Draft>,
): ProposedProduct {
  const shown = new Set(manifest.exposures.flatMap((e) => e.dependsOn));
  const offered = draft.nodes.filter((n) => n.materialized !== "ephemeral");
  const isRead = (n: ManifestNode): boolean =>
    n.access === "public" || shown.has(n.id) || (children.get(n.id) ?? []).some((c) => placed.get(c) !== draft);
  const isEnd = (n: ManifestNode): boolean =>
    n.resourceType !== "seed" && (children.get(n.id) ?? []).length === 0 && !isStaging(n);
  let ports = offered.filter((n) => n.access !== "private" && (isRead(n) || isEnd(n)));
  // A product without a reader offers what nothing of its own reads.
  if (ports.length === 0) ports = offered.filter((n) => (children.get(n.id) ?? []).length === 0);
  if (ports.length === 0) ports = offered.slice(0, 1);
  const first = snakeName(draft.name);
  const rank = (n: ManifestNode): number => (n.name === first ? 0 : 1);
  return {
    name: draft.name,
    because: draft.because,
    owner: draft.owner,
    nodes: draft.nodes.map((n) => n.id).toSorted(),
    ports: ports
      .toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
      .map((n) => n.id),
    models: selectorsOf(draft, manifest, placed),
  };
}

const isStaging = (node: ManifestNode): boolean =>
  node.file
    .split("/")
    .slice(0, -1)
    .some((f) => staging.has(f.toLowerCase()));

/** The shortest list that means just these models: whole folders where nobody else has a model in them. */
function selectorsOf(draft: Draft, manifest: Manifest, placed: ReadonlyMap<string, Draft>): string[] {
  const out = new Set<string>();
  if (draft.group !== undefined) out.add(`group:${draft.group}`);
  const all = [...manifest.nodes.values()].filter((n) => n.package === manifest.project && placed.has(n.id));
  for (const node of draft.nodes) {
    if (draft.group !== undefined && node.group === draft.group) continue;
    const parts = node.file.split("/").slice(0, -1);
    let folder: string | undefined;
    // The outermost folder below `models` that is the product's alone.
    for (let depth = 2; depth <= parts.length; depth++) {
      const candidate = parts.slice(0, depth).join("/");
      if (all.every((n) => !n.file.startsWith(`${candidate}/`) || placed.get(n.id) === draft)) {
        folder = candidate;
        break;
      }
    }
    out.add(folder ?? node.name);
  }
  return [...out].toSorted();
}
