import type {
  CheckResult,
  ColumnEdge,
  GitState,
  LineageConsumer,
  LineageInput,
  ObservedPort,
  PolicyVerdict,
  Report,
  Run,
} from "@meshwork/catalog-api";
import type { Contract } from "@meshwork/contract";

/** What the product read in this run, with what is known of the relation behind it. */
export interface SnapshotInput extends LineageInput {
  /** As SQL names it: `content.page_catalog_v1`. */
  readonly relation?: string | undefined;
  readonly location?: string | undefined;
  readonly columns?: readonly { readonly name: string; readonly type: string }[] | undefined;
}

/** A model that the run executed. */
export interface SnapshotModel {
  readonly name: string;
  readonly sql: string;
}

/**
 * Everything a receiver may be told about one product at one moment. Publishers only read it; the same snapshot
 * always gives the same steps.
 */
export interface ProductSnapshot {
  /** `domain.product`. */
  readonly product: string;
  readonly contract: Contract;
  /** The contract as authored, and its path in the repository. */
  readonly contractText: string;
  readonly file: string;
  /** Name of the target that was built: `dev`, `prod`. */
  readonly environment: string;
  readonly git?: GitState | undefined;
  /** Where each output port lies; columns, rows and snapshot id where known. Never data. */
  readonly ports: readonly ObservedPort[];
  readonly inputs: readonly SnapshotInput[];
  /** Column lineage, from inputs into ports. */
  readonly columns: readonly ColumnEdge[];
  readonly consumers: readonly LineageConsumer[];
  readonly checks: readonly CheckResult[];
  /** Absent when only the contract is published. `runId` is one for START and COMPLETE. */
  readonly run?: Run | undefined;
  /** Why the run failed, in a sentence. */
  readonly error?: string | undefined;
  readonly compliance: readonly PolicyVerdict[];
  readonly models?: readonly SnapshotModel[] | undefined;
  readonly engine?: { readonly name: string; readonly version: string } | undefined;
  readonly typescript?: Report["typescript"];
}
