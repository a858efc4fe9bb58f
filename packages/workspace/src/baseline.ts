import type { Contract } from "@meshwork/contract";
import { majorOf, readContract } from "@meshwork/contract";
import {
  changedSince,
  defaultBase,
  fileAt,
  filesAt,
  filesTextAt,
  historyOf,
  isShallow,
  mergeBase,
  resolveRef,
} from "./git.ts";
import { Refusal } from "./operation.ts";
import { isContractFile } from "./places.ts";
import type { Product, Workspace } from "./workspace.ts";

/** What the working tree is held against: the commit where it left a branch, and what has changed since. */
export interface Baseline {
  readonly commit: string;
  /** Relative to the workspace, sorted; files that are not added yet too. */
  readonly changed: readonly string[];
}

/** The merge base with a commit, branch or tag; with the default branch where none is named. */
export function baselineOf(root: string, asked: string | undefined): Baseline {
  const name = asked ?? defaultBase(root);
  if (name === undefined)
    throw new Refusal("Nothing to compare with: no main branch is known here.\nName a commit with --base.");
  const tip = resolveRef(root, name);
  if (tip === undefined) throw new Refusal(`git knows no "${name}" here.\nName a commit, branch or tag with --base.`);
  const parted = mergeBase(root, tip);
  if (parted === undefined && isShallow(root))
    throw new Refusal(
      `This clone is too shallow to know where its branch left "${name}".\nFetch the history first: git fetch --unshallow (in CI: fetch-depth: 0).`,
    );
  const commit = parted ?? tip;
  return { commit, changed: changedSince(root, commit) };
}

/** What the workspace's files said at the base, of those that have changed since; `undefined` where a file is new. */
export const formerTexts = (root: string, { commit, changed }: Baseline): ReadonlyMap<string, string | undefined> =>
  filesTextAt(root, commit, changed);

/** Contracts that were there and are gone, by path; with where a product moved, its old place is among them. */
export function deletedContracts({ root, places }: Workspace, { commit, changed }: Baseline): Map<string, string> {
  const now = new Set(places.products.map((p) => p.contractFile));
  const gone = changed.filter((file) => isContractFile(file) && !now.has(file));
  const texts = gone.map((file) => [file, fileAt(root, commit, file)] as const);
  return new Map(texts.flatMap(([file, text]) => (text === undefined ? [] : [[file, text]])));
}

/**
 * A product whose folder moved keeps its id: the contract with the same id at the base is what it was. Of several live
 * versions the one of the same major; a version that was the newest lay in the product's folder.
 */
export function movedText({ root }: Workspace, { commit }: Baseline, product: Product): string | undefined {
  const id = product.contract?.id;
  if (id === undefined || id === `${product.domain}.${product.product}`) return undefined;
  let other: string | undefined;
  for (const file of filesAt(root, commit, ["."])) {
    if (!isContractFile(file)) continue;
    const text = fileAt(root, commit, file);
    const read: Contract | undefined = text?.includes(id) ? readContract({ file, text }).value : undefined;
    if (read?.id !== id) continue;
    if (majorOf(read.version) === majorOf(product.contract!.version)) return text;
    other ??= text;
  }
  return product.versionFolder === undefined ? other : undefined;
}

/** What a contract said in earlier versions of the same major, the newest first; each version as it was left. */
export function earlierVersions(root: string, { commit }: Baseline, product: Product, before: Contract): Contract[] {
  const seen = new Set([before.version]);
  return historyOf(root, commit, product.contractFile).flatMap((text) => {
    const place = { domain: product.domain, product: product.product };
    const value = readContract({ file: product.contractFile, text }, place).value;
    if (!value || seen.has(value.version) || value.id !== before.id) return [];
    seen.add(value.version);
    return majorOf(value.version) === majorOf(before.version) ? [value] : [];
  });
}
