import { join } from "node:path";
import type { FactCache } from "./fact-cache.ts";
import type { ProductFolder } from "./places.ts";
import { snake, textOf } from "./places.ts";
import type { SqlRef } from "./sql-refs.ts";
import { readSql, refsIn, sqlFiles } from "./sql-refs.ts";

/** What the graph needs of one contract. */
export interface ContractFacts {
  /** `<domain>.<product>` of inputs and lineage, in and outside the mesh, with the major where one is named: `…@1`. */
  readonly upstream: readonly string[];
  readonly major: number;
  /** Names of the output ports. */
  readonly ports: readonly string[];
  readonly title?: string | undefined;
  readonly owner?: string | undefined;
}

/** One live version of a product; the newest bears the project's name. */
export type VersionPlace = Omit<ProductFolder, "versions">;

/** What the graph knows of one product, or of one of its older live versions. */
export interface ProductFacts {
  readonly place: VersionPlace;
  readonly contract: ContractFacts | undefined;
  /** Why the contract cannot be read; `lint` fails with the same. */
  readonly error: string | undefined;
  /** Refs that could lead to other products, with the file (below the product's folder) that says so. */
  readonly refs: readonly { readonly ref: SqlRef; readonly file: string }[];
  /** Names of its own models, seeds and snapshots. */
  readonly own: ReadonlySet<string>;
}

export interface FactCaches {
  readonly contracts: FactCache<ContractFacts>;
  readonly refs: FactCache<readonly SqlRef[]>;
}

export async function productFacts(root: string, place: VersionPlace, caches: FactCaches): Promise<ProductFacts> {
  let error: string | undefined;
  const text = textOf(join(root, place.contractFile)) ?? "";
  const contract = await caches.contracts.of(text, async (source) => {
    const found = await readFacts(place, source);
    if ("error" in found) {
      error = found.error;
      return undefined;
    }
    return found;
  });
  const refs: { ref: SqlRef; file: string }[] = [];
  const own = new Set<string>();
  for (const file of sqlFiles(root, place.directory)) {
    own.add(file.slice(file.lastIndexOf("/") + 1, -".sql".length));
    const found = (await caches.refs.of(readSql(root, place.directory, file), refsIn)) ?? [];
    for (const ref of found) refs.push({ ref, file });
  }
  return {
    place,
    contract,
    error,
    refs: refs.filter(({ ref }) => ref.domain !== undefined || !own.has(ref.name)),
    own,
  };
}

/** Reads a contract. The parser is loaded when a contract is new, and only then. */
async function readFacts(place: VersionPlace, text: string): Promise<ContractFacts | { error: string }> {
  try {
    const { majorOf, readContract, withMajor } = await import("@meshwork/contract");
    const read = readContract({ file: place.contractFile, text }, { domain: place.domain, product: place.product });
    const contract = read.value;
    if (contract === undefined)
      return { error: read.diagnostics.find((d) => d.severity === "error")?.message ?? "it says nothing" };
    const upstream = [...contract.inputs.map((i) => i.from), ...contract.lineage.upstream]
      .map((u) => withMajor(contract, u))
      .map((u) => `${u.domain}.${u.product}${u.major === undefined ? "" : `@${u.major}`}`);
    return {
      upstream: [...new Set(upstream)].sort(),
      ports: contract.ports.map((p) => p.name),
      major: majorOf(contract.version),
      ...(contract.title === undefined ? {} : { title: contract.title }),
      ...(contract.owner === undefined ? {} : { owner: contract.owner }),
    };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** Who reads whom, with the file that says so. */
export interface Upstream {
  /** `<domain>.<product>`; an older version of it is `…@1`. */
  readonly product: string;
  /** Relative to the workspace. */
  readonly file: string;
}

/**
 * Direct upstream products of each product, by contracts and SQL. Names in a known domain stay although no product has
 * them: it may have been deleted just now, and its readers have to be affected by that.
 */
export function upstreamOf(facts: readonly ProductFacts[]): Map<string, Upstream[]> {
  const domains = new Map<string, string>();
  const ports = new Map<string, string>();
  const live = new Map<string, ProductFacts[]>();
  for (const one of facts) {
    const { place, contract } = one;
    const base = baseOf(place.name);
    domains.set(snake(place.domain), place.domain);
    live.set(base, [...(live.get(base) ?? []), one]);
    for (const port of contract?.ports ?? [snake(place.product)]) ports.set(`${snake(place.domain)}/${port}`, base);
  }
  const known = new Set(domains.values());
  /** The live version of a major; the newest where none is meant or none is live. */
  const versionOf = (base: string, major: number | undefined): string => {
    const found = major === undefined ? undefined : live.get(base)?.find((f) => f.contract?.major === major);
    return found?.place.name ?? base;
  };
  const all = new Map<string, Upstream[]>();
  for (const { place, contract, refs } of facts) {
    const found = new Map<string, Upstream>();
    const add = (product: string, file: string): void => {
      if (product !== place.name && !found.has(product)) found.set(product, { product, file });
    };
    const named = (contract?.upstream ?? []).map((name) => {
      const [base, major] = name.split("@");
      return { base: base!, major: major === undefined ? undefined : Number(major) };
    });
    for (const { base, major } of named)
      if (known.has(base.split(".")[0]!)) add(versionOf(base, major), place.contractFile);
    for (const { ref, file } of refs) {
      const base = ports.get(`${ref.domain ?? snake(place.domain)}/${ref.name}`);
      if (base === undefined) continue;
      const majors = named.filter((n) => n.base === base).map((n) => n.major);
      for (const major of ref.version !== undefined ? [ref.version] : majors.length > 0 ? majors : [undefined])
        add(versionOf(base, major), `${place.directory}/${file}`);
    }
    all.set(
      place.name,
      [...found.values()].sort((a, b) => (a.product < b.product ? -1 : 1)),
    );
  }
  return all;
}

/** The project of a product or of one of its versions. */
export const baseOf = (name: string): string => name.replace(/@.*$/, "");

/** Products that read themselves, directly or over others: nothing can build them, so no chain may be asked to. */
export function inCycles(upstream: ReadonlyMap<string, readonly Upstream[]>): Set<string> {
  const cyclic = new Set<string>();
  const state = new Map<string, { index: number; low: number; onStack: boolean }>();
  const stack: string[] = [];
  let counter = 0;
  // Tarjan's components without recursion: a chain of products may be longer than the call stack.
  for (const start of upstream.keys()) {
    if (state.has(start)) continue;
    const work: { name: string; next: number }[] = [{ name: start, next: 0 }];
    while (work.length > 0) {
      const top = work.at(-1)!;
      if (top.next === 0) {
        state.set(top.name, { index: counter, low: counter, onStack: true });
        counter++;
        stack.push(top.name);
      }
      const own = state.get(top.name)!;
      const reads = upstream.get(top.name) ?? [];
      const other = reads[top.next]?.product;
      top.next++;
      if (other !== undefined) {
        const there = state.get(other);
        if (there === undefined) {
          if (upstream.has(other)) work.push({ name: other, next: 0 });
        } else if (there.onStack) own.low = Math.min(own.low, there.index);
        continue;
      }
      work.pop();
      const parent = work.at(-1);
      if (parent) state.get(parent.name)!.low = Math.min(state.get(parent.name)!.low, own.low);
      if (own.low !== own.index) continue;
      const members: string[] = [];
      for (let name = ""; name !== top.name;) {
        name = stack.pop()!;
        state.get(name)!.onStack = false;
        members.push(name);
      }
      if (members.length > 1) for (const member of members) cyclic.add(member);
    }
  }
  return cyclic;
}
