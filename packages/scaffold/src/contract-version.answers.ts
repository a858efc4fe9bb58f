/** What `nx g contract-version` asks for. */
export interface ContractVersionAnswers {
  /** `shipping.parcels` or `shipping/parcels`. */
  readonly name: string;
  /** From when the older version may be gone: a date, or a length of time from `today` on (`180d`). */
  readonly sunset?: string | undefined;
  /** The major version to start; the next one where absent. */
  readonly major?: number | undefined;
  /** Why the older version goes, for its readers. */
  readonly reason?: string | undefined;
  /** Where its readers are told how to move. */
  readonly guide?: string | undefined;
  /** The host's date, `YYYY-MM-DD`: it is written only where `sunset` is a length of time. */
  readonly today?: string | undefined;
}
