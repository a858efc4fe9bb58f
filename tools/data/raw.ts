/** What the source systems deliver, row by row: times in epoch milliseconds, money in cents. `null` is a missing value. */

/** One row of the web tracker's table, as wide as the monolith left it, personal data included. */
export interface Hit {
  hitId: string;
  payloadVersion: 1 | 2;
  /** Version 1 only: whole seconds. */
  ts: number | null;
  /** Version 2 only: milliseconds. */
  tsMs: number | null;
  receivedAt: number;
  /** The web server's wall clock (Europe/Berlin), as if it were UTC. */
  localTime: number;
  /** Version 1's name of the event. */
  event: string | null;
  /** Version 2's name of the event. */
  eventType: string | null;
  cookieId: string;
  userId: string | null;
  email: string | null;
  fullName: string | null;
  ip: string;
  userAgent: string;
  /** Version 1's address. */
  url: string | null;
  /** Version 2's address. */
  pageUrl: string | null;
  referrer: string | null;
  utmSource: string | null;
  utmMedium: string | null;
  utmCampaign: string | null;
  device: string;
  country: string;
  /** Version 1: "1", "0" or nothing. Version 2: "granted", "denied" or nothing. */
  consent: string | null;
  productId: string | null;
  quantity: number | null;
  unitPrice: number | null;
  orderId: string | null;
  revenue: number | null;
  searchTerm: string | null;
}

export interface OrderRow {
  orderId: string;
  customerId: string | null;
  orderedAt: number;
  paymentMethod: string;
  currency: string;
  total: number;
  shippingEmail: string;
}

export interface OrderLineRow {
  orderId: string;
  lineNo: number;
  sku: string;
  quantity: number;
  unitPrice: number;
}

export interface ReturnRow {
  returnId: string;
  orderId: string;
  lineNo: number;
  quantity: number;
  returnedAt: number;
}

export interface AccountRow {
  customerId: string;
  email: string;
  firstName: string;
  lastName: string;
  phone: string;
  birthDate: string;
  country: string;
  createdAt: number;
}

export interface CookieLinkRow {
  cookieId: string;
  customerId: string;
  linkedAt: number;
}

export interface DeletionRequestRow {
  customerId: string;
  requestedAt: number;
}

export interface PageRow {
  pageId: string;
  path: string;
  title: string;
  section: string;
  changedAt: number;
  authorEmail: string;
}

export interface CampaignRow {
  campaignId: string;
  name: string;
  source: string;
  medium: string;
  utmCampaign: string;
  startOn: number;
  endOn: number;
  budget: number;
  ownerEmail: string;
}

/** Everything that one visitor leaves behind. A visitor's rows never depend on another's. */
export interface Trail {
  readonly hits: Hit[];
  readonly orders: OrderRow[];
  readonly orderLines: OrderLineRow[];
  readonly returns: ReturnRow[];
  readonly accounts: AccountRow[];
  readonly cookieLinks: CookieLinkRow[];
  readonly deletionRequests: DeletionRequestRow[];
}

export function emptyTrail(): Trail {
  return { hits: [], orders: [], orderLines: [], returns: [], accounts: [], cookieLinks: [], deletionRequests: [] };
}
