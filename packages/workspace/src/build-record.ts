import type { LedgerRecord } from "@meshwork/engine-duckdb";
import type { CheckResult } from "@meshwork/quality";

/** What is kept of the checks of a run, beside the data they speak of. */
export interface RecordedChecks {
  readonly port: string;
  readonly snapshot: string;
  readonly checkedAt: string;
  readonly results: readonly CheckResult[];
}

export const recordedChecks = (record: LedgerRecord | undefined): readonly RecordedChecks[] =>
  (record?.checks ?? []) as readonly RecordedChecks[];
