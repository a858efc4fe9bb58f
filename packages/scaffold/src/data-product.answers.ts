/** What a data product is made from. */
export interface DataProductAnswers {
  /** `parcels`, or with its domain: `shipping/parcels`, `shipping.parcels`. */
  readonly name: string;
  readonly domain?: string | undefined;
  /** A shipped preset's name, or the folder of a team's own. `source-aligned` without inputs, else `aggregate`. */
  readonly preset?: string | undefined;
  /** Upstream ports: `orders.order-events`, `orders.order-events.daily-orders`. */
  readonly inputs?: readonly string[] | undefined;
  /** An e-mail address; the domain's owner where absent. */
  readonly owner?: string | undefined;
  readonly description?: string | undefined;
  /** The dialect of the contract; `datamesh` where absent. */
  readonly contractFormat?: ContractFormat | undefined;
}

/** `datamesh` is datamesh.io/v1; `odcs` the Open Data Contract Standard, in a file `<product>.odcs.yaml`. */
export type ContractFormat = "datamesh" | "odcs";
