import { readdirSync, rmSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import type { Contract, ContractSource, Domain } from "@meshwork/contract";
import { lintContract, readContract, withDomainDefaults } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import type { ResolvePort } from "@meshwork/models";
import type { ExpectedFile } from "../generated.ts";
import { expectedFiles } from "../generated.ts";
import type { ProductPlace } from "../places.ts";
import type { ObservedProject, ProjectFacts } from "../project-facts.ts";
import type { ProjectMemory, ProjectPlace } from "../projects.ts";
import type { Product, Workspace } from "../workspace.ts";
import { ofVersion } from "../workspace.ts";
import type { ObservedFiles } from "../workspace-files.ts";
import { hashOf } from "../workspace-files.ts";
import { codeVersion } from "./code-version.ts";
import { readKept, writeKept } from "./kept-file.ts";
import { plainDiagnostic } from "./plain-diagnostic.ts";
import { RereadSource } from "./reread-source.ts";
import { cacheFolder } from "./whole-result.ts";

/** What is known of one contract by itself; it holds as long as `key` does. */
interface ContractUnit {
  readonly key: string;
  /** The contract as its author wrote it, serialized: it may hold what JSON has no word for. */
  contract: Uint8Array | undefined;
  readonly reading: readonly Diagnostic[];
  /** What linting it found, and the day of it where a rule has asked for the day; absent until it was asked for. */
  lint?: { readonly found: readonly Diagnostic[]; readonly day: string | undefined };
  expected?: { readonly naming: string; readonly files: readonly ExpectedFile[] };
}

interface ProjectUnit extends ObservedProject {
  readonly basis: string;
}

/** What is kept of one domain, in one file. */
interface Pack {
  readonly contracts: Map<string, ContractUnit>;
  readonly projects: Map<string, ProjectUnit>;
}

interface Live {
  readonly unit: ContractUnit;
  readonly product: Product;
}

/**
 * What linting has found out and need not find out again, by content: of each contract, and of each dbt project. In
 * memory as long as it lives, and on disk a file a domain.
 */
export class LintMemory implements ProjectMemory {
  readonly #files: ObservedFiles;
  /** Absent: nothing is kept beyond this process. */
  readonly #folder: string | undefined;
  readonly #packs = new Map<string, Pack>();
  readonly #live = new Map<string, Live>();
  readonly #dirty = new Set<string>();
  /** Contracts that are serialized only when their units are written. */
  readonly #unwritten = new WeakMap<ContractUnit, Contract>();
  #touched = new Set<string>();
  #fresh = new Set<string>();
  /** `YYYY-MM-DD`, of the present run. */
  #today = "";
  #wanted: (place: ProductPlace) => boolean = () => true;

  readonly #saves: boolean;

  /** `saves`: each run leaves on disk what it found out; otherwise `write` does. */
  constructor(files: ObservedFiles, options: { onDisk: boolean; saves?: boolean }) {
    this.#files = files;
    this.#saves = options.saves !== false;
    if (options.onDisk) this.#folder = `${cacheFolder(files.root)}/${hashOf(codeVersion()).replaceAll(/\W/g, "")}`;
  }

  /** A new run: on which day, and which products it is asked about. */
  begin(today: string, wanted: (place: ProductPlace) => boolean): void {
    this.#today = today;
    this.#wanted = wanted;
    this.#touched = new Set();
    this.#fresh = new Set();
  }

  /** Products whose contract and project are known from before. */
  isRemembered(product: Product, facts: ProjectFacts): boolean {
    return !this.#fresh.has(product.contractFile) && !this.#fresh.has(facts.displayPath);
  }

  /** Makes a product of a contract's text, or takes it as it was made before. */
  readonly product = (place: ProductPlace, domain: Domain | undefined, text: string): Product => {
    const { contractFile } = place;
    this.#touched.add(contractFile);
    const key = hashOf([contractFile, place.name, hashOf(text), JSON.stringify(domain?.defaults ?? {})].join("\n"));
    const live = this.#live.get(contractFile);
    if (live?.unit.key === key) return this.#linted(live, text).product;
    const pack = this.#pack(place.domain);
    // What was read in this process is not serialized yet; it is live.
    const before = pack.contracts.get(contractFile);
    const kept = before !== undefined && this.#unwritten.has(before) ? undefined : before;
    const made = kept?.key === key ? fromUnit(kept, place, domain, text) : undefined;
    if (made) {
      this.#live.set(contractFile, made);
      return this.#linted(made, text).product;
    }
    this.#fresh.add(contractFile);
    const fresh = this.#read(key, place, domain, text);
    this.#live.set(contractFile, fresh);
    pack.contracts.set(contractFile, fresh.unit);
    this.#dirty.add(place.domain);
    return fresh.product;
  };

  /** Findings of one contract by itself. */
  lintOf(product: Product): readonly Diagnostic[] {
    const live = this.#live.get(product.contractFile);
    return live?.unit.lint?.found ?? this.#lint(product, product.read.source).found;
  }

  expectedOf(workspace: Workspace, product: Product): readonly ExpectedFile[] {
    const unit = this.#live.get(product.contractFile)?.unit;
    const naming = JSON.stringify(workspace.mesh.naming);
    if (unit?.expected?.naming === naming) return unit.expected.files;
    const files = expectedFiles(workspace, product);
    if (unit) unit.expected = { naming, files };
    this.#dirty.add(product.domain);
    return files;
  }

  recall({ directory, domain }: ProjectPlace, basis: string, resolve: ResolvePort): ProjectFacts | undefined {
    this.#touched.add(directory);
    const kept = this.#pack(domain).projects.get(directory);
    if (kept?.basis !== hashOf(basis) || !this.#files.agrees(kept.answers)) return undefined;
    const agree = kept.ports.every(([query, answer]) => JSON.stringify(resolve(query)) === JSON.stringify(answer));
    return agree ? kept.facts : undefined;
  }

  observe(
    { directory, domain }: ProjectPlace,
    basis: string,
    load: () => Omit<ObservedProject, "answers">,
  ): ProjectFacts {
    const { value, answers } = this.#files.observing(load);
    const facts = { ...value.facts, diagnostics: value.facts.diagnostics.map(plainDiagnostic) };
    const unit: ProjectUnit = { basis: hashOf(basis), facts, ports: value.ports, answers };
    this.#pack(domain).projects.set(directory, unit);
    this.#dirty.add(domain);
    this.#fresh.add(directory);
    return facts;
  }

  /** The end of a run. Of one over the whole mesh, what it did not meet is forgotten. */
  end(whole: boolean): void {
    if (whole) {
      for (const file of this.#live.keys()) if (!this.#touched.has(file)) this.#live.delete(file);
      for (const [domain, pack] of this.#packs) {
        for (const part of [pack.contracts, pack.projects])
          for (const name of part.keys()) if (!this.#touched.has(name) && part.delete(name)) this.#dirty.add(domain);
      }
    }
    if (this.#saves) this.write();
  }

  /** Writes to disk what is not there yet. */
  write(): void {
    if (this.#folder !== undefined && !this.#files.torn) {
      for (const domain of this.#dirty) {
        const pack = this.#packs.get(domain);
        for (const unit of pack?.contracts.values() ?? []) this.#serializeContract(unit);
        writeKept(this.#packFile(domain), serialize(pack));
      }
      if (this.#dirty.size > 0) removeOthers(this.#folder);
    }
    this.#dirty.clear();
  }

  #serializeContract(unit: ContractUnit): void {
    const contract = this.#unwritten.get(unit);
    if (contract === undefined) return;
    unit.contract = serialize(contract);
    this.#unwritten.delete(unit);
  }

  #read(key: string, place: ProductPlace, domain: Domain | undefined, text: string): Live {
    const context = { domain: place.domain, product: place.product };
    const read = readContract({ file: place.contractFile, text }, context);
    const reading = ofVersion(place, read.diagnostics).map(plainDiagnostic);
    const unit: ContractUnit = { key, contract: undefined, reading };
    if (read.value !== undefined) this.#unwritten.set(unit, read.value);
    const source = new RereadSource(place.contractFile, text, context, read.source);
    const product = productOf(place, domain, read.value, source, reading);
    if (this.#wanted(place)) unit.lint = this.#lint(product, read.source);
    return { unit, product };
  }

  /** Lints a contract that was remembered without, or on another day that its rules have looked at. */
  #linted(live: Live, text: string): Live {
    const { unit, product } = live;
    const { lint } = unit;
    if ((lint && (lint.day === undefined || lint.day === this.#today)) || !this.#wanted(product)) return live;
    const context = { domain: product.domain, product: product.product };
    unit.lint = this.#lint(product, new RereadSource(product.contractFile, text, context));
    this.#fresh.add(product.contractFile);
    this.#dirty.add(product.domain);
    return live;
  }

  #lint(product: Product, source: ContractSource): NonNullable<ContractUnit["lint"]> {
    let day: string | undefined;
    const today = this.#today;
    const context = {
      get today() {
        return (day = today);
      },
    };
    const found = ofVersion(product, lintContract({ ...product.read, source }, context)).map(plainDiagnostic);
    return { found, day };
  }

  #pack(domain: string): Pack {
    let pack = this.#packs.get(domain);
    if (!pack)
      this.#packs.set(domain, (pack = this.#packOnDisk(domain) ?? { contracts: new Map(), projects: new Map() }));
    return pack;
  }

  #packOnDisk(domain: string): Pack | undefined {
    const body = this.#folder === undefined ? undefined : readKept(this.#packFile(domain));
    return body && (deserialize(body) as Pack);
  }

  #packFile(domain: string): string {
    return `${this.#folder}/${hashOf(domain).replaceAll(/\W/g, "_")}.bin`;
  }
}

function fromUnit(unit: ContractUnit, place: ProductPlace, domain: Domain | undefined, text: string): Live {
  const authored = unit.contract === undefined ? undefined : (deserialize(unit.contract) as Contract);
  const source = new RereadSource(place.contractFile, text, { domain: place.domain, product: place.product });
  return { unit, product: productOf(place, domain, authored, source, unit.reading) };
}

function productOf(
  place: ProductPlace,
  domain: Domain | undefined,
  authored: Contract | undefined,
  source: ContractSource,
  diagnostics: readonly Diagnostic[],
): Product {
  const contract = authored && domain ? withDomainDefaults(authored, domain) : authored;
  return { ...place, read: { source, value: contract, diagnostics }, contract, authored };
}

/** What other versions of the code have kept. */
function removeOthers(folder: string): void {
  const parent = folder.slice(0, folder.lastIndexOf("/"));
  const own = folder.slice(parent.length + 1);
  try {
    for (const entry of readdirSync(parent, { withFileTypes: true }))
      if (entry.isDirectory() && entry.name !== own)
        rmSync(`${parent}/${entry.name}`, { recursive: true, force: true });
  } catch {
    // Somebody else tidies at the same time.
  }
}
