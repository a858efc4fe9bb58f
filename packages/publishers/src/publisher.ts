import type { CatalogWriter } from "@meshwork/catalog-api";
import type { PublishTarget } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import type { ProductSnapshot } from "./snapshot.ts";

/** One thing to send: a value without secrets that can be printed, compared and kept. */
export interface Step {
  /** Kind of the publisher that planned it. */
  readonly kind: string;
  /** Name of the target in mesh.yaml. */
  readonly target: string;
  readonly product: string;
  /** What it does, for people: `publish orders.order-events 2.1.0`. */
  readonly title: string;
  /** Equal keys mean equal effects: a step that was sent need not be sent again. */
  readonly key: string;
  readonly body: unknown;
}

/** What became of a step. */
export interface Receipt {
  readonly step: Step;
  readonly status: "sent" | "unchanged" | "failed";
  /** What the receiver said: `created`, `201`, the file's path. */
  readonly answer?: string | undefined;
  /** Where a person can look at it. */
  readonly url?: string | undefined;
  readonly attempts: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** Opens the embedded catalog of a folder. The caller keeps it open for all steps and closes it. */
export type OpenEmbedded = (
  dir: string,
) => Promise<
  | { readonly ok: true; readonly value: CatalogWriter & { readonly url?: string | undefined } }
  | { readonly ok: false; readonly diagnostic: Diagnostic }
>;

export interface SendContext {
  readonly signal?: AbortSignal | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Waits between tries, in milliseconds of `sleep`; tests give their own. */
  readonly sleep?: ((milliseconds: number) => Promise<void>) | undefined;
  /** Folder that relative paths are taken from: the workspace. */
  readonly root: string;
  readonly openEmbedded?: OpenEmbedded | undefined;
}

/** Where settings that are references get their values. */
export interface SettingSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Content of a file that a setting names, undefined where it cannot be read. */
  readonly readFile: (path: string) => string | undefined;
}

export type Configured<C> =
  | { readonly ok: true; readonly config: C }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** A receiver of product snapshots. A new one is its file, its test and a line in `registry.ts`. */
export interface Publisher<C> {
  /** `kind` of an entry under `publish` in mesh.yaml. */
  readonly kind: string;
  configure(target: PublishTarget, sources: SettingSources): Configured<C>;
  /** Pure: the same snapshot and configuration give the same steps. */
  plan(snapshot: ProductSnapshot, config: C, target: string): Step[];
  send(step: Step, config: C, context: SendContext): Promise<Receipt>;
}

/** A publisher with its configuration: what callers work with. */
export interface ConnectedPublisher {
  readonly kind: string;
  readonly target: string;
  plan(snapshot: ProductSnapshot): Step[];
  send(step: Step, context: SendContext): Promise<Receipt>;
}
