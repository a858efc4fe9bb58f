import type {
  AccountRow,
  CampaignRow,
  CookieLinkRow,
  DeletionRequestRow,
  Hit,
  OrderLineRow,
  OrderRow,
  PageRow,
  ReturnRow,
} from "./raw.ts";

/** How a column is kept in the Parquet files. Money becomes a decimal, instants a UTC timestamp. */
export type ColumnKind = "text" | "integer" | "bigint" | "instant" | "date" | "money";

export interface ColumnOf<Row> {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly from: keyof Row & string;
}

export interface Table<Row> {
  /** Source system and table: the folder below the data directory. */
  readonly folder: string;
  readonly columns: readonly ColumnOf<Row>[];
}

const column = <Row>(name: string, kind: ColumnKind, from: keyof Row & string): ColumnOf<Row> => ({ name, kind, from });

export const hits: Table<Hit> = {
  folder: "raw_web/hits",
  columns: [
    column("hit_id", "text", "hitId"),
    column("payload_version", "integer", "payloadVersion"),
    column("ts", "bigint", "ts"),
    column("ts_ms", "bigint", "tsMs"),
    column("received_at", "instant", "receivedAt"),
    column("hit_time_local", "instant", "localTime"),
    column("event", "text", "event"),
    column("event_type", "text", "eventType"),
    column("cookie_id", "text", "cookieId"),
    column("user_id", "text", "userId"),
    column("email", "text", "email"),
    column("full_name", "text", "fullName"),
    column("ip", "text", "ip"),
    column("user_agent", "text", "userAgent"),
    column("url", "text", "url"),
    column("page_url", "text", "pageUrl"),
    column("referrer", "text", "referrer"),
    column("utm_source", "text", "utmSource"),
    column("utm_medium", "text", "utmMedium"),
    column("utm_campaign", "text", "utmCampaign"),
    column("device", "text", "device"),
    column("country", "text", "country"),
    column("consent", "text", "consent"),
    column("product_id", "text", "productId"),
    column("quantity", "integer", "quantity"),
    column("unit_price", "money", "unitPrice"),
    column("order_id", "text", "orderId"),
    column("revenue", "money", "revenue"),
    column("search_term", "text", "searchTerm"),
  ],
};

export const orders: Table<OrderRow> = {
  folder: "raw_shop/orders",
  columns: [
    column("order_id", "text", "orderId"),
    column("customer_id", "text", "customerId"),
    column("ordered_at", "instant", "orderedAt"),
    column("payment_method", "text", "paymentMethod"),
    column("currency", "text", "currency"),
    column("total", "money", "total"),
    column("shipping_email", "text", "shippingEmail"),
  ],
};

export const orderLines: Table<OrderLineRow> = {
  folder: "raw_shop/order_lines",
  columns: [
    column("order_id", "text", "orderId"),
    column("line_no", "integer", "lineNo"),
    column("sku", "text", "sku"),
    column("quantity", "integer", "quantity"),
    column("unit_price", "money", "unitPrice"),
  ],
};

export const returns: Table<ReturnRow> = {
  folder: "raw_shop/returns",
  columns: [
    column("return_id", "text", "returnId"),
    column("order_id", "text", "orderId"),
    column("line_no", "integer", "lineNo"),
    column("quantity", "integer", "quantity"),
    column("returned_at", "instant", "returnedAt"),
  ],
};

export const accounts: Table<AccountRow> = {
  folder: "raw_identity/accounts",
  columns: [
    column("customer_id", "text", "customerId"),
    column("email", "text", "email"),
    column("first_name", "text", "firstName"),
    column("last_name", "text", "lastName"),
    column("phone", "text", "phone"),
    column("birth_date", "text", "birthDate"),
    column("country", "text", "country"),
    column("created_at", "instant", "createdAt"),
  ],
};

export const cookieLinks: Table<CookieLinkRow> = {
  folder: "raw_identity/cookie_links",
  columns: [
    column("cookie_id", "text", "cookieId"),
    column("customer_id", "text", "customerId"),
    column("linked_at", "instant", "linkedAt"),
  ],
};

export const deletionRequests: Table<DeletionRequestRow> = {
  folder: "raw_identity/deletion_requests",
  columns: [column("customer_id", "text", "customerId"), column("requested_at", "instant", "requestedAt")],
};

export const pages: Table<PageRow> = {
  folder: "raw_content/pages",
  columns: [
    column("page_id", "text", "pageId"),
    column("path", "text", "path"),
    column("title", "text", "title"),
    column("section", "text", "section"),
    column("changed_at", "instant", "changedAt"),
    column("author_email", "text", "authorEmail"),
  ],
};

export const campaigns: Table<CampaignRow> = {
  folder: "raw_marketing/campaigns",
  columns: [
    column("campaign_id", "text", "campaignId"),
    column("name", "text", "name"),
    column("source", "text", "source"),
    column("medium", "text", "medium"),
    column("utm_campaign", "text", "utmCampaign"),
    column("start_on", "date", "startOn"),
    column("end_on", "date", "endOn"),
    column("budget", "money", "budget"),
    column("owner_email", "text", "ownerEmail"),
  ],
};
