import type { Contract, ContractSource, Domain, Infrastructure, Mesh } from "@meshwork/contract";
import type { Path } from "@meshwork/diagnostics";

/** A document with its places. */
export interface Placed<T> {
  readonly value: T;
  readonly source: ContractSource;
}

/** A product as policies see it. */
export interface GovernedProduct {
  readonly contract: Contract;
  readonly source: ContractSource;
  /** `infrastructure.yaml` beside the contract. */
  readonly infrastructure?: Placed<Infrastructure> | undefined;
}

/** What a policy may look at besides the product. */
export interface PolicyContext {
  readonly product: GovernedProduct;
  readonly domain: Domain | undefined;
  /** Absent outside a workspace. */
  readonly mesh: Mesh | undefined;
  /** All products by `domain.product`. */
  readonly products: ReadonlyMap<string, GovernedProduct>;
  readonly options: PolicyOptions;
}

/** A policy's `options` as written, read with a type; what does not fit is as if it were not there. */
export interface PolicyOptions {
  number(key: string): number | undefined;
  text(key: string): string | undefined;
  /** A list, or one text. Empty where there is none. */
  texts(key: string): readonly string[];
}

export interface PolicyFinding {
  /** What is missing or wrong, as a whole sentence. */
  readonly problem: string;
  readonly path: Path;
  /** Point at the key, where the value is what is missing. */
  readonly part?: "key" | "value" | undefined;
  /** The file that `path` is of; the contract's where absent. */
  readonly in?: "contract" | "infrastructure" | undefined;
  readonly help?: string | undefined;
}

export type Verdict =
  | { readonly status: "compliant"; readonly evidence: string }
  | { readonly status: "not-applicable"; readonly reason: string }
  | { readonly status: "violated"; readonly findings: readonly PolicyFinding[] };

export interface Policy {
  readonly name: string;
  /** Other names that documents use, in any case, with `-` or `_`. */
  readonly aliases?: readonly string[] | undefined;
  /** One sentence for the catalog. */
  readonly summary: string;
  /** A policy of one kind of domain: where it is listed for `all`, it holds for that domain alone. */
  readonly about?: string | undefined;
  /** Known keys under `options`, each with its meaning. */
  readonly options?: Readonly<Record<string, string>> | undefined;
  readonly help: string;
  evaluate(context: PolicyContext): Verdict;
}

/** A policy: its file, its page, its test, a line in the registry. */
export const definePolicy = (policy: Policy): Policy => policy;

export const compliant = (evidence: string): Verdict => ({ status: "compliant", evidence });
export const notApplicable = (reason: string): Verdict => ({ status: "not-applicable", reason });
export const violated = (...findings: readonly PolicyFinding[]): Verdict => ({ status: "violated", findings });

/** `orders.order-events`. */
export const nameOf = (contract: Pick<Contract, "domain" | "product">): string =>
  `${contract.domain}.${contract.product}`;

export function optionsOf(written: Readonly<Record<string, unknown>>): PolicyOptions {
  const own = (key: string): unknown => (Object.hasOwn(written, key) ? written[key] : undefined);
  return {
    number: (key) => {
      const value = own(key);
      return typeof value === "number" && Number.isFinite(value) ? value : undefined;
    },
    text: (key) => {
      const value = own(key);
      return typeof value === "string" && value !== "" ? value : undefined;
    },
    texts: (key) => {
      const value = own(key);
      return (Array.isArray(value) ? value : [value]).filter(
        (each): each is string => typeof each === "string" && each !== "",
      );
    },
  };
}

/** A word that says yes in its own way: `AES-256`, `kms`; `none` and its like say no. */
export function statement(word: string | undefined): "yes" | "no" | undefined {
  if (word === undefined || word.trim() === "") return undefined;
  return /^(?:none|no|off|false|disabled|unencrypted|plain|plaintext)$/i.test(word.trim()) ? "no" : "yes";
}

/** Production targets that say something of themselves in their settings; undefined where the mesh has none. */
export function productionTargets(
  mesh: Mesh | undefined,
  says: (settings: Readonly<Record<string, unknown>>) => boolean,
): "all" | "some" | undefined {
  const targets = (mesh?.targets ?? []).filter((target) => target.production);
  if (targets.length === 0) return undefined;
  return targets.every((target) => says(target.settings)) ? "all" : "some";
}

/** A setting by its path, where every step is an own key. */
export function settingAt(settings: unknown, ...steps: readonly string[]): unknown {
  let at = settings;
  for (const step of steps) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string, unknown>)[step];
  }
  return at;
}
